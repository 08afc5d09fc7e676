"""What never changes within a world: the job, the spec, the names and numbers that draws refer to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evals.worlds_spec import Change, WorldSpec
from evals.worlds_wordings import Wordings
from taxonomy.model import Job

Columns: TypeAlias = dict[str, NDArray[Any]]

DAY = 86_400


@dataclass(frozen=True)
class Stage:
    """What never changes within a world: names in their order, the job, the spec, the profiles."""

    spec: WorldSpec
    job: Job
    wordings: Wordings

    @property
    def steps(self) -> tuple[str, ...]:
        """Step ids; arrays hold positions in this tuple, -1 = fits no step."""
        return tuple(self.job.step_by_id)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcome ids; arrays hold positions in this tuple, -1 = fits no step."""
        return tuple(self.job.outcome_by_id)

    @property
    def channels(self) -> tuple[str, ...]:
        """Channel names; arrays hold positions in this tuple."""
        return tuple(self.spec.channels)

    @property
    def attributes(self) -> dict[str, tuple[str, ...]]:
        """Segments and circumstances of the job with their values; arrays hold positions in them."""
        return {**self.job.segments, **self.job.circumstances}

    def profile(self, name: str) -> NDArray[np.float64]:
        """One number of every step's profile, in the order of `steps`."""
        return np.array([getattr(self.wordings.steps[step], name) for step in self.steps], dtype=float)

    def shares(self, attribute: str) -> NDArray[np.float64]:
        """The population's shares of an attribute's values; equal where the spec names none."""
        values = self.attributes[attribute]
        given = self.spec.shares.get(attribute, {})
        return normalised(np.array([given.get(value, 0.0 if given else 1.0) for value in values]))

    def effect(self, attribute: str, names: tuple[str, ...]) -> NDArray[np.float64]:
        """What each value of an attribute (or channel) adds to effort."""
        shifts = self.spec.experience.by.get(attribute, {})
        return np.array([shifts.get(name, 0.0) for name in names])


def normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights made to sum to 1."""
    return np.asarray(weights / weights.sum())


def moment_of(change: Change) -> int:
    """When a change begins, in seconds since 1970."""
    return int(datetime.combine(change.since, time(), tzinfo=UTC).timestamp())


def changed(stage: Stage, change: Change, columns: Columns) -> NDArray[np.bool_]:
    """Rows that a change has reached by time and channel (whatever their step)."""
    reached = columns["started"] >= moment_of(change)
    if change.channel is not None:
        reached &= columns["channel"] == stage.channels.index(change.channel)
    return np.asarray(reached)


def within(columns: Columns, keep: NDArray[Any]) -> Columns:
    """The chosen rows of every column."""
    return {name: values[keep] for name, values in columns.items()}
