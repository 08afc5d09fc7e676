"""How long the whole flow takes on many contacts, and how much memory: measured from outside, by the command."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Say = Callable[[str], None]


@dataclass(frozen=True)
class Timed:
    """One command from start to end: wall seconds, peak memory in MB of its largest process, and its JSON."""

    command: str
    seconds: float
    peak_mb: float
    output: Any


def run_command(
    arguments: Sequence[str], *, home: Path, stdin: Path | None = None, settings: Mapping[str, str] | None = None
) -> Timed:
    """Run `headway ARGUMENTS` in a process of its own with `home` as its home folder, fed from a `.gz` file.

    `settings` are added to its environment. Exit code 3 (some input quarantined) is no failure; any other raises
    subprocess.CalledProcessError.
    """
    environment = {**os.environ, **(settings or {}), "HEADWAY_HOME": str(home)}
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli.main", *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    output, _ = process.communicate(gzip.decompress(stdin.read_bytes()).decode() if stdin else None)
    seconds = time.perf_counter() - began
    if process.returncode not in (0, 3):
        raise subprocess.CalledProcessError(process.returncode, list(arguments), output)
    # ru_maxrss of the children is that of the largest one so far, in kB on Linux
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Timed(" ".join(arguments), seconds, peak, json.loads(output) if "--json" in arguments else output)


def scale(folder: Path, *, contacts: int, say: Say) -> dict[str, Any]:
    """Generate short contacts (40 words), train on the sample, and run the whole flow on them twice.

    The second run has nothing to do: its time against the first says what repeating costs.
    """
    home, world = folder / "home", folder / "world"
    job = "online-order"
    say(f"generating {contacts:,} contacts of 40 words")
    made = run_command(
        ["world", "--job", job, "--contacts", str(contacts), "--words", "40", "--out", str(world), "--json"], home=home
    )
    say("training")
    trained = run_command(
        ["train", "--job", job, "--data", str(world / "labelled.jsonl.gz"), "--fast", "--json"], home=home
    )
    say("headway run")
    first = run_command(["run", "--job", job, str(world / "contacts.jsonl.gz"), "--json"], home=home)
    say("headway run, again")
    second = run_command(["run", "--job", job, str(world / "contacts.jsonl.gz"), "--json"], home=home)
    return {
        "contacts": contacts,
        "generate_seconds": round(made.seconds, 1),
        "train_seconds": round(trained.seconds, 1),
        "run_seconds": round(first.seconds, 1),
        "contacts_per_second": round(contacts / first.seconds, 1),
        "peak_mb": round(first.peak_mb),
        "stages": first.output["stages"],
        "again_seconds": round(second.seconds, 1),
        "again_over_first": round(second.seconds / first.seconds, 3),
        "again_stages": second.output["stages"],
        "database_mb": round((home / "headway.db").stat().st_size / 1e6, 1),
    }
