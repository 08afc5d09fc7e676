"""Which process does a piece of work, written so that another process can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

PROC = Path("/proc")
GONE = frozenset("ZX")
"""States of a process that has ended and only waits to be noticed."""


def this_process() -> str:
    """Machine, number and start of this process: no other one is ever called the same."""
    return f"{_machine()}/{os.getpid()}/{_start_of(os.getpid())}"


def surely_dead(process: str | None) -> bool:
    """Whether a process is known to have ended; False where nobody here can know (another machine or container)."""
    if process is None or process.count("/") != 2:
        return False
    machine, number, start = process.split("/")
    return machine == _machine() and _start_of(int(number)) != start


@cache
def _machine() -> str:
    """Name, boot and process namespace: a container sees none of its host's processes, nor a boot the one before."""
    boot = PROC / "sys/kernel/random/boot_id"
    space = PROC / "self/ns/pid"
    booted = boot.read_text("ascii")[:8] if boot.exists() else "-"
    inside = str(space.readlink()).strip("pid:[]") if space.is_symlink() else "-"
    return f"{socket.gethostname().replace('/', '-')}:{booted}:{inside}"


def _start_of(number: int) -> str:
    """When a process started (clock ticks since boot), `up` where only its life can be seen, empty if it has ended."""
    if not (PROC / "self").exists():
        return _answering(number)
    try:
        fields = (PROC / str(number) / "stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in GONE else fields[19]


def _answering(number: int) -> str:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "up"
    return "up"
