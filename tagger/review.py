"""Who is drawn for review, with which probability, and what a half-finished draw still proves.

METHODS 2, "Review draws". Every contact has a permanent uniform number U. It is drawn if U < pi, and
drawn contacts are worked in the order of U / pi: whatever prefix t of that order has been finished is
itself a sample with probabilities pi t, so that work left undone biases nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taxonomy.errors import BadInputError

CANNOT_TELL = "_cannot_tell"
"""What an analyst answers when the text does not say: a category of its own, not a missing review."""

SMALLEST_TAU = 0.2
SUREST = 0.99
ANSWERED_EFFECT = 3.0


class ReviewError(BadInputError):
    """A review draw or a decision that cannot be used."""


def analyst_name(given: str, *, longest: int = 60) -> str:
    """A name as decisions keep it, so that a stray space makes nobody a second reader of their own work.

    Without what cannot be printed, white space in a row as one space. Raises ReviewError where nothing is left.
    """
    found = " ".join("".join(c for c in given if c.isprintable() or c.isspace()).split())[:longest].strip()
    if not found:
        raise ReviewError("name: say who is reviewing; decisions carry it")
    return found


@dataclass(frozen=True)
class Policy:
    """How a draw was made. `tau` is the share of the budget that is spread uniformly."""

    job: str
    job_version: str
    model: str
    budget: int
    population: int
    tau: float = 0.5

    def __post_init__(self) -> None:
        if self.budget < 1:
            raise ReviewError(f"budget {self.budget}: a draw needs a budget of at least one review")
        if not SMALLEST_TAU <= self.tau <= 1:
            raise ReviewError(f"tau {self.tau}: must be between {SMALLEST_TAU} and 1")

    @property
    def version(self) -> str:
        """A short hash that names the policy on every item drawn under it."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Decision:
    """What an analyst said of a contact. `step` None: fits no step; `_cannot_tell`: the text does not say."""

    step: str | None
    outcome: str | None
    by: str
    at: datetime
    secondary: tuple[str, ...] = ()
    seconds: float | None = None
    suggestion_hidden: bool = False


@dataclass(frozen=True)
class ReviewItem:
    """One contact waiting for, or done by, an analyst. `u`, `pi` and `policy` only where it was drawn."""

    item: str
    contact_id: str
    reason: str
    drawn: bool
    u: float | None
    pi: float | None
    policy: str | None
    suggested: Mapping[str, Any] | None
    decision: Decision | None

    def as_json(self) -> dict[str, Any]:
        """The line of `headway review export`."""
        decision = None
        if self.decision is not None:
            decision = {**asdict(self.decision), "at": self.decision.at.isoformat()}
            decision["secondary"] = list(self.decision.secondary)
        return {**asdict(self), "decision": decision}


def expected_effect(top: NDArray[np.float64], answered: NDArray[np.bool_]) -> NDArray[np.float64]:
    """u_i: how much a review of contact i is expected to sharpen the figures, on a relative scale.

    sqrt(f (1 - f)) of the top step's probability, f cut at 0.99 since the tagger may be surer than it is right;
    more where the customer answered the survey, since effort rests on those contacts alone.
    """
    unsure = np.sqrt(np.maximum(top * (1 - top), SUREST * (1 - SUREST)))
    return np.where(answered, ANSWERED_EFFECT * unsure, unsure)


def draw_probabilities(effect: NDArray[np.float64], *, budget: float, tau: float) -> NDArray[np.float64]:
    """pi_i = min(1, tau n / N + (1 - tau) n u_i / sum u) for a population with these expected effects u."""
    if not len(effect):
        return np.zeros(0)
    return np.asarray(np.minimum(1.0, tau * budget / len(effect) + (1 - tau) * budget * effect / effect.sum()))


def finished_prefix(order: Sequence[float], done: Sequence[bool]) -> float:
    """The largest t in [0, 1] such that every drawn item with U / pi < t has been decided.

    `order` holds U / pi of each drawn item, `done` whether it was decided.
    """
    waiting = [position for position, finished in zip(order, done, strict=True) if not finished]
    return min([1.0, *waiting])
