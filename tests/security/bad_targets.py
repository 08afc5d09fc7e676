"""Readers that misbehave, to see that the watch over readers sees it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from evals.fuzz.bombs import written
from evals.fuzz.case import Case, Counts, Target


def _read(path: Path) -> Counts:
    match path.read_text():
        case "crash":
            raise KeyError("not a HeadwayError")
        case "hang":
            time.sleep(60)
        case "die":
            os._exit(3)
        case "hoard":
            hoard = b"x" * (80 * 1024 * 1024)
            return Counts(len(hoard) and 1, 0)
        case "lose":
            return Counts(0, 1)
    return Counts(1, 0)


def _cases() -> Iterator[Case]:
    for name in ("fine", "crash", "hang", "fine again", "die", "hoard", "lose", "let through", "last"):
        yield Case(name, written("a.txt", name), good=int(name == "lose"), refuse=name == "let through")


def targets(*, line_of: int) -> dict[str, Target]:
    """One reader."""
    return {"bad": Target("bad", _read, _cases, partial(_mutated, line_of))}


def _mutated(line_of: int, number: int) -> Case:
    return Case(f"mutation {number} of {line_of}", written("a.txt", "fine"))
