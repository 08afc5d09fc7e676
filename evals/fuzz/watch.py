"""Watches the process that runs a reader's cases: ends it when one takes too long, goes on with the next."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from evals.fuzz.case import Fate, Verdict

STARTING = 120.0
"""Seconds that a process may take to begin a case."""

HERE = "evals.fuzz.targets:reading_targets"


@dataclass(frozen=True)
class Limits:
    """What a case may take: seconds, and megabytes by which the process may grow at its peak.

    `grace`: seconds more for making its file.
    """

    seconds: float = 60.0
    megabytes: float = 512.0
    grace: float = 30.0


@dataclass(frozen=True)
class Plan:
    """Which cases of a reader: `count` mutations from seed `first` on, and where its target is found."""

    target: str
    count: int
    first: int = 0
    line_of: int = 1024**3
    found_in: str = HERE


def watch(plan: Plan, *, limits: Limits, say: Callable[[str], None] | None = None) -> Iterator[Verdict]:
    """A verdict for every case of the plan, in order."""
    skip = 0
    while True:
        done = yield from _one_process(plan, skip, limits)
        if done is None:
            return
        skip = done + 1
        if say is not None:
            say(f"{plan.target}: case {done} ended its process; going on with the next")


def _one_process(plan: Plan, skip: int, limits: Limits) -> Any:
    """Verdicts until the process ends; the number of the case that ended it, None where all are done."""
    arguments = [plan.found_in, plan.target, str(plan.first), str(plan.count), str(skip), str(plan.line_of)]
    command = [sys.executable, "-m", "evals.fuzz.child", *arguments]
    # Unbuffered: a line that waited in a buffer would not show as ready.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)  # noqa: S603
    lines = process.stdout
    assert lines is not None  # noqa: S101 - a pipe was asked for
    now: dict[str, Any] | None = None
    try:
        while True:
            text = _line(lines, STARTING if now is None else limits.seconds + limits.grace)
            if text:
                said = json.loads(text)
                now = said if "begin" in said else None
                if now is None:
                    yield _judged(plan.target, said, limits)
                continue
            if now is None:
                if process.wait() != 0:
                    raise ChildProcessError(f"the process of {plan.target} ended before a case began")
                return None
            fate: Fate = "hang" if text is None else "crash"
            yield Verdict(
                plan.target, now["case"], fate, seconds=limits.seconds, detail=f"{fate}: the process was ended"
            )
            return now["begin"]
    finally:
        process.kill()
        process.wait()


def _line(stream: IO[bytes], seconds: float) -> bytes | None:
    """The next line; empty at the end, None where none came in time. Lines are short and come whole."""
    ready, _, _ = select.select([stream], [], [], seconds)
    return stream.readline() if ready else None


def _judged(target: str, said: dict[str, Any], limits: Limits) -> Verdict:
    about = {name: said[name] for name in ("fate", "accepted", "refused", "seconds", "megabytes", "detail")}
    if about["fate"] in ("read", "refused", "lost"):
        if about["seconds"] > limits.seconds:
            about |= {"fate": "hang", "detail": f"took {about['seconds']:.0f} s"}
        elif about["megabytes"] > limits.megabytes:
            about |= {"fate": "memory", "detail": f"grew by {about['megabytes']:.0f} MB"}
    return Verdict(target, said["case"], **about)
