"""Experiments (METHODS 8): customers in two or more arms, what each measure is in each, and what the difference is.

An experiment is registered before its read-out, with its primary measure. The read-out is blocked where the arms have
sizes that chance alone does not give (sample ratio mismatch): then the arms are not comparable, whatever differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
from scipy import stats

from alignment.differences import difference
from alignment.estimate import Estimate
from taxonomy.errors import BadInputError

Assignment = Literal["field", "customer"]
MISMATCH = 0.001
FEWEST = 8
"""Customers per arm under which the chi-square test of sizes says nothing."""


class ExperimentError(BadInputError):
    """An experiment that cannot be registered, or is not there."""


@dataclass(frozen=True)
class Arm:
    """One way of doing the step. `weight`: its share of the customers, relative to the other arms'."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True)
class Experiment:
    """What was registered. The first arm is what the others are compared with.

    `by` field: `segment.NAME` of contact and event holds the arm's name. `by` customer: the arm is drawn by a hash of
    experiment and customer, as `arm_of` gives it. `end`: the first day after it; None while it runs.
    """

    id: str
    title: str
    step: str
    arms: tuple[Arm, ...]
    start: date
    end: date | None
    by: Assignment
    segment: str | None
    primary: str
    registered_at: datetime
    registered_by: str

    def __post_init__(self) -> None:
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names) or len(names) < 2:
            raise ExperimentError("arms: name at least two, each once; the first is compared with")
        if any(not 0 < arm.weight < float("inf") for arm in self.arms):
            raise ExperimentError("arms: each weight must be above 0")
        if (self.by == "field") != (self.segment is not None):
            raise ExperimentError("segment: name it where arms are told by a field, and only there")
        if self.end is not None and self.end <= self.start:
            raise ExperimentError(f"end: {self.end} is not after {self.start}")


@dataclass(frozen=True)
class Compared:
    """One measure in one arm against the first: arm - first arm, with the interval that joins both."""

    measure: str
    arm: str
    value: Estimate
    first: Estimate
    difference: Estimate


@dataclass(frozen=True)
class Sizes:
    """Customers by arm, and the chance of sizes as uneven as these (chi-square); None where there are too few."""

    customers: Mapping[str, int]
    chance: float | None

    @property
    def mismatch(self) -> bool:
        """Whether the sizes are not what the weights say: nothing may be read out then."""
        return self.chance is not None and self.chance < MISMATCH


def arm_of(experiment: str, customer: str, arms: Sequence[Arm]) -> str:
    """The arm of a customer (a keyed hash): the same for ever, shares as the weights say, apart for each experiment."""
    drawn = int.from_bytes(hashlib.sha256(f"{experiment}\x1f{customer}".encode()).digest()[:7], "big") / 2**56
    shares = np.cumsum([arm.weight for arm in arms]) / sum(arm.weight for arm in arms)
    return arms[min(int(np.searchsorted(shares, drawn, side="right")), len(arms) - 1)].name


def sizes_of(arms: Sequence[Arm], customers: Mapping[str, int]) -> Sizes:
    """Whether so many customers in each arm are what the weights say."""
    counts = np.array([customers.get(arm.name, 0) for arm in arms], dtype=float)
    if counts.min() < FEWEST:
        return Sizes({arm.name: customers.get(arm.name, 0) for arm in arms}, None)
    weights = np.array([arm.weight for arm in arms])
    found = stats.chisquare(counts, counts.sum() * weights / weights.sum())
    return Sizes({arm.name: int(count) for arm, count in zip(arms, counts, strict=True)}, float(found.pvalue))


def compared(arms: Sequence[Arm], measured: Mapping[str, Mapping[str, Estimate]], *, as_of: datetime) -> list[Compared]:
    """Every measure of every arm but the first against the first; `measured` holds estimates by arm and measure."""
    first = measured[arms[0].name]
    found = []
    for arm in arms[1:]:
        for measure, value in measured[arm.name].items():
            found.append(
                Compared(measure, arm.name, value, first[measure], difference(first[measure], value, as_of=as_of))
            )
    return found


def blocked(
    sizes: Sizes, measured: Mapping[str, Mapping[str, Estimate]], *, as_of: datetime
) -> dict[str, dict[str, Estimate]]:
    """The same measures without values, where the arms cannot be compared."""
    reason = f"not comparable: arms of these sizes come by chance less than {MISMATCH:g} of the time ({_said(sizes)})"
    return {
        arm: {name: Estimate.missing(reason, as_of=as_of, n=one.n) for name, one in found.items()}
        for arm, found in measured.items()
    }


def _said(sizes: Sizes) -> str:
    return ", ".join(f"{arm} {count}" for arm, count in sizes.customers.items())
