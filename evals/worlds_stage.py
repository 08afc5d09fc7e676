"""What never changes within a world: the job, the spec, the names and numbers that draws refer to."""

from __future__ import annotations

from collections.abc import Mapping
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
        """Segments and circumstances that the job gives values for; arrays hold positions in these."""
        return {**self.segments, **self.circumstances}

    @property
    def segments(self) -> dict[str, tuple[str, ...]]:
        """The attributes of customers."""
        return {name: values for name, values in self.job.segments.items() if values}

    @property
    def circumstances(self) -> dict[str, tuple[str, ...]]:
        """The attributes of a contact."""
        return {name: values for name, values in self.job.circumstances.items() if values}

    def profile(self, name: str) -> NDArray[np.float64]:
        """One number of every step's profile, in the order of `steps`."""
        return np.array([getattr(self.wordings.steps[step], name) for step in self.steps], dtype=float)

    def shares(self, attribute: str) -> NDArray[np.float64]:
        """The population's shares of an attribute's values."""
        return shares_of(self.attributes[attribute], self.spec.shares.get(attribute, {}))

    def effect(self, attribute: str, names: tuple[str, ...]) -> NDArray[np.float64]:
        """What each value of an attribute (or channel) adds to effort."""
        shifts = self.spec.experience.by.get(attribute, {})
        return np.array([shifts.get(name, 0.0) for name in names])


def shares_of(values: tuple[str, ...], given: Mapping[str, float]) -> NDArray[np.float64]:
    """Shares of values as given; equal ones where not every value has one (as in another job's world)."""
    return normalised(np.array([given[value] if set(values) <= set(given) else 1.0 for value in values]))


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
