"""A command of Headway's run from outside, with what it and every process it started took."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from taxonomy.errors import BadInputError

LOOK_SECONDS = 0.25


class NotInstalledError(BadInputError):
    """What a bench needs besides Headway is not installed."""


@dataclass(frozen=True)
class Watched:
    """One command from start to end: wall and processor seconds, peak memory in MB, and its JSON.

    `peak_mb` is of its largest process, `peak_sum_mb` of all of them at one moment; both are resident sets, seen four
    times a second, in which shared pages count for each process. Processor seconds are those of processes that were
    waited for.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    peak_sum_mb: float
    output: Any


@dataclass
class _Peaks:
    """The most memory seen so far, in bytes."""

    one: int = 0
    together: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def look(self, psutil: Any, pid: int) -> None:
        """Look at a process and all below it until told to stop."""
        root = psutil.Process(pid)
        while not self.done.wait(LOOK_SECONDS):
            sizes = []
            with suppress(psutil.Error):
                for process in (root, *root.children(recursive=True)):
                    with suppress(psutil.Error):
                        sizes.append(process.memory_info().rss)
            self.one = max(self.one, *sizes, 0)
            self.together = max(self.together, sum(sizes))


def watch_command(arguments: Sequence[str], *, home: Path, settings: Mapping[str, str] | None = None) -> Watched:
    """Run `headway ARGUMENTS` in a process of its own with `home` as its home folder, and watch it.

    Exit code 3 (some input quarantined) is no failure; any other raises subprocess.CalledProcessError. Raises
    NotInstalledError without psutil, which comes with Dask.
    """
    psutil = _psutil()
    environment = {**os.environ, **(settings or {}), "HEADWAY_HOME": str(home)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with TemporaryFile() as said:
        command = [sys.executable, "-m", "cli.main", *arguments]
        process = subprocess.Popen(command, env=environment, stdout=said)  # noqa: S603 - our own command
        peaks = _Peaks()
        watcher = threading.Thread(target=peaks.look, args=(psutil, process.pid))
        watcher.start()
        code = process.wait()
        peaks.done.set()
        watcher.join()
        said.seek(0)
        output = said.read().decode()
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 3):
        raise subprocess.CalledProcessError(code, list(arguments), output)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Watched(seconds, cpu, peaks.one / 1e6, peaks.together / 1e6, json.loads(output))


def _psutil() -> Any:
    try:
        return import_module("psutil")
    except ImportError as error:
        raise NotInstalledError("this bench looks at processes with psutil: pip install 'headway[cluster]'") from error
