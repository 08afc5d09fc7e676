"""Runs the cases of one reader in a process of its own and says on standard output what became of each.

Started by `evals.fuzz.watch`, which ends it when a case takes too long and starts it again at the next one.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from typing import Any

from evals.fuzz.case import Case, Counts, Fate, Target
from taxonomy.errors import HeadwayError

ADDRESS_SPACE = 12 * 1024**3
"""Bytes of address space a reader gets: a safety net for this machine, far above what is allowed."""


def cases(target: Target, *, first: int, count: int) -> Iterator[Case]:
    """All cases of a reader in order: those made by hand, then `count` mutations from seed `first` on."""
    return chain(target.by_hand(), (target.mutated(seed) for seed in range(first, first + count)))


def run_case(target: Target, case: Case) -> dict[str, Any]:
    """What became of one case; whether it took too long or too much is judged elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="headway-fuzz-"))
    try:
        path = case.make(folder)
        before = _fresh_peak()
        began = time.perf_counter()
        fate, counts, detail = _fate(target, case, path)
        seconds = time.perf_counter() - began
        grown = max(0.0, _peak() - before)
        return {"fate": fate, **asdict(counts), "seconds": seconds, "megabytes": grown, "detail": detail}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fate(target: Target, case: Case, path: Path) -> tuple[Fate, Counts, str]:
    nothing = Counts(0, 0)
    try:
        counts = target.read(path)
    except HeadwayError as error:
        return ("lost" if case.good else "refused"), nothing, str(error)[:200]
    except MemoryError:
        return "memory", nothing, "no memory left"
    except BaseException as error:  # whatever it is, it must not come out of a reader
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return (
            "crash",
            nothing,
            f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}: {str(error)[:120]}",
        )
    if case.refuse and counts.accepted:
        return "through", counts, "was accepted"
    if counts.accepted < case.good:
        return "lost", counts, f"{counts.accepted} of {case.good} good records kept"
    return "read", counts, ""


def _fresh_peak() -> float:
    """Resident megabytes now, with the process's high-water mark set back to them where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return _peak()
    return _status("VmRSS") or _peak()


def _peak() -> float:
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _status(name: str) -> float:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":")), 0.0)


def main(arguments: list[str]) -> None:
    """`MODULE:FUNCTION TARGET FIRST COUNT SKIP LINE_OF`: a line before each case and one after it."""
    where, name, first, count, skip, line_of = arguments
    module, function = where.split(":")
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    target: Target = getattr(importlib.import_module(module), function)(line_of=int(line_of))[name]
    for number, case in enumerate(
        islice(cases(target, first=int(first), count=int(count)), int(skip), None), int(skip)
    ):
        _say({"begin": number, "case": case.name})
        _say({"end": number, "case": case.name, **run_case(target, case)})


def _say(line: dict[str, Any]) -> None:
    # Past `sys.stdout`, which a reader under test may have taken.
    os.write(1, (json.dumps(line) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1:])
