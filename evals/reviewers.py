"""Made-up analysts with known error rates: what they say of a contact, alone, twice, and after adjudication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

PLAUSIBLE = 0.5
"""Share of errors that go where the tagger would go next; the others go anywhere. Two analysts who fall for the same
likely step agree without being right, and no second read finds that."""


@dataclass(frozen=True)
class Analyst:
    """Somebody whose answer is wrong with probability `error`."""

    name: str
    error: float


TEAM = (Analyst("ann", 0.02), Analyst("bob", 0.05), Analyst("eve", 0.10))


@dataclass(frozen=True)
class Reading:
    """What a team said of contacts: the step that stands for each (a column of the partition), and reads it took."""

    steps: Codes
    reads: int
    twice: int
    settled: int


def one_answer(truth: Codes, chances: Array, analyst: Analyst, rng: np.random.Generator) -> Codes:
    """One analyst's step of each contact; `chances` (n, steps) is what the tagger said, where likely errors go."""
    rows, steps = chances.shape
    others = chances.copy()
    others[np.arange(rows), truth] = -1.0
    likely = others.argmax(axis=1)
    anywhere = (truth + rng.integers(1, steps, size=rows)) % steps
    wrong = np.where(rng.random(rows) < PLAUSIBLE, likely, anywhere)
    return np.where(rng.random(rows) < analyst.error, wrong, truth)


def team_reading(
    truth: Codes, chances: Array, team: Sequence[Analyst], *, second: float, rng: np.random.Generator
) -> Reading:
    """Contacts read by a team: each by one analyst, a share `second` blind by another, disagreements by a third.

    The third's answer stands where there was one, else the first's. A team of two settles nothing: the first stands.
    """
    rows = len(truth)
    answers = np.stack([one_answer(truth, chances, analyst, rng) for analyst in team])
    order = rng.permuted(np.tile(np.arange(len(team)), (rows, 1)), axis=1)
    everyone = np.arange(rows)
    first = answers[order[:, 0], everyone]
    twice = (rng.random(rows) < second) if len(team) > 1 else np.zeros(rows, dtype=bool)
    other = answers[order[:, min(1, len(team) - 1)], everyone]
    settled = twice & (first != other) if len(team) > 2 else np.zeros(rows, dtype=bool)
    third = answers[order[:, min(2, len(team) - 1)], everyone]
    reads = rows + int(twice.sum()) + int(settled.sum())
    return Reading(np.where(settled, third, first), reads, int(twice.sum()), int(settled.sum()))


def reads_per_contact(truth: Codes, chances: Array, team: Sequence[Analyst], *, second: float) -> float:
    """How many reads a contact takes on average under such a plan."""
    if not len(truth):
        return 1.0
    done = team_reading(truth, chances, team, second=second, rng=np.random.default_rng(0))
    return done.reads / len(truth)
