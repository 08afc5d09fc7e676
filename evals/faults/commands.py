"""Real `headway` processes, each in a process group of its own, that can be stopped, looked at and killed."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

LONGEST_MESSAGE = 600
"""Letters of a message that a person still reads."""

SECONDS = 900.0
"""After so long a command counts as hung."""

HUNG = -99
SECRET = "the same in every fault run"  # noqa: S105 - nobody's: customers here are made up
IMPORTED = (
    "cli.ingest",
    "cli.stages",
    "cli.review",
    "cli.figures",
    "cli.retag",
    "flows.stages",
    "flows.decisions",
    "flows.retag",
    "store.scorecards",
    "alembic.command",
    "alembic.autogenerate",
    "psycopg",
    "onnxruntime",
    "tokenizers",
)
"""What the processes are forked with; by name, since this package stands below those."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (negative: the signal), wall seconds, and what it wrote."""

    code: int
    seconds: float
    out: str
    err: str

    @property
    def well(self) -> bool:
        """Whether it did its work; some input may have been put aside."""
        return self.code in (0, 3)

    @property
    def fair(self) -> bool:
        """Whether a person can make something of the end: well, or one short message and no stack trace."""
        told = self.message
        return self.well or (
            "Traceback" not in self.err and told.startswith("headway: ") and len(told) < LONGEST_MESSAGE
        )

    @property
    def message(self) -> str:
        """The last line on standard error."""
        return (self.err.strip().splitlines() or [""])[-1]


@dataclass(frozen=True)
class Place:
    """A home folder and the database that belongs to it. `address` None: SQLite in the home folder."""

    home: Path
    address: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The environment of a command here: nothing of the caller's own Headway."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("HEADWAY_", "PREFECT_"))}
        mine = {"HEADWAY_HOME": str(self.home), "HEADWAY_SECRET": SECRET, "OMP_NUM_THREADS": "2", **self.settings}
        return {**outside, **mine, **({"HEADWAY_DATABASE_URL": self.address} if self.address else {})}


class Started(Protocol):
    """A process that was started."""

    pid: int

    def wait(self, seconds: float) -> int | None:
        """Its exit code, None if it has not ended after so many seconds."""


class Forked:
    """A process forked from one that has imported Headway already: there like any other, without the second it takes.

    `prepare` runs in it first, and must be something that can be sent there.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path,
                 prepare: Callable[[], None] | None) -> None:  # fmt: skip
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(IMPORTED))
        given = (list(arguments), dict(environment), str(out), str(err), prepare)
        self._process = context.Process(target=be_headway, args=given)
        self._process.start()
        self.pid = int(self._process.pid or 0)

    def wait(self, seconds: float) -> int | None:
        """Its exit code, None if it has not ended after so many seconds."""
        self._process.join(seconds)
        return self._process.exitcode


class Fresh:
    """A process that imports everything itself, with modules of ours to run before the command."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
        with out.open("wb") as told, err.open("wb") as complained:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", *command],
                env=dict(environment),
                stdout=told,
                stderr=complained,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def wait(self, seconds: float) -> int | None:
        """Its exit code, None if it has not ended after so many seconds."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


def be_headway(
    arguments: list[str], environment: dict[str, str], out: str, err: str, prepare: Callable[[], None] | None
) -> None:
    """Become `headway ARGUMENTS` in a session of its own; called in a process just forked."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((os.devnull, 0), (out, 1), (err, 2)):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(file, number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    sys.argv = ["headway", *arguments]
    if prepare is not None:
        prepare()
    # taken up here: which module that is differs between this process and the one it is forked from
    importlib.import_module("cli.main").main()


class Running:
    """A command at work. `prepare` runs in its process first; `hurried`: its clocks run so many times as fast."""

    def __init__(self, place: Place, arguments: Sequence[str], *, prepare: Callable[[], None] | None = None,
                 hurried: float | None = None) -> None:  # fmt: skip
        logs = place.home.parent / f"{place.home.name}-logs"
        logs.mkdir(exist_ok=True)
        self._out, self._err = (logs / f"{time.monotonic_ns()}.{name}" for name in ("out", "err"))
        self._began = time.monotonic()
        ways, around = (self._out, self._err), place.environment()
        self._process: Started = (
            Forked(arguments, around, *ways, prepare)
            if hurried is None
            else Fresh(["evals.faults.hurried", str(hurried), *arguments], around, *ways)
        )

    @property
    def pid(self) -> int:
        """The process, and its group."""
        return self._process.pid

    def over(self, seconds: float = 0.0) -> bool:
        """Whether it has ended, after at most so many seconds."""
        return self._process.wait(seconds) is not None

    def stop(self) -> bool:
        """Hold the whole group where it is; False if it had ended."""
        return self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a held group go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill the whole group at once."""
        self._signal(signal.SIGKILL)
        self._process.wait(SECONDS)

    def end(self, seconds: float = SECONDS) -> Ended:
        """Wait for the end. A command that hangs is killed, and its code says so."""
        if not self.over(seconds):
            self.kill()
        took, code = time.monotonic() - self._began, self._process.wait(0)
        texts = [path.read_text("utf-8", errors="replace") if path.exists() else "" for path in (self._out, self._err)]
        for path in (self._out, self._err):
            path.unlink(missing_ok=True)
        return Ended(HUNG if code is None else code, round(took, 2), *texts)

    def _signal(self, number: signal.Signals) -> bool:
        if self.over():
            return False
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:  # ended just now, or has no group of its own yet
            os.kill(self.pid, number)
        return True


def run(place: Place, *arguments: str) -> Ended:
    """One command from start to end."""
    return Running(place, arguments).end()


class BrokenSetUpError(RuntimeError):
    """A command that nobody disturbed failed: there is nothing to compare with."""


def run_well(place: Place, *arguments: str) -> Ended:
    """One undisturbed command. Raises BrokenSetUpError where it fails."""
    done = run(place, *arguments)
    if not done.well:
        raise BrokenSetUpError(f"headway {' '.join(arguments)}: exit {done.code}: {done.err[-800:]}")
    return done
