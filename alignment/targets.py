"""What is estimated: every step, `_none`, and every outcome of a job, in one order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classifiers.scores import LabelSpace
from tagger.labels import outcome_of
from tagger.model import NONE_FITS
from taxonomy.errors import BadInputError
from taxonomy.model import Job

NONE = NONE_FITS
"""The target of contacts that fit no step."""

Kind = Literal["step", "outcome"]


class UnknownTargetError(BadInputError):
    """A figure was asked for a step or outcome that these moments do not hold."""


@dataclass(frozen=True)
class Targets:
    """Columns of moments: the steps, then `_none` (fits no step), then the outcomes.

    Steps and `_none` are a partition: each contact is truly on exactly one of them.
    """

    steps: tuple[str, ...]
    outcomes: tuple[str, ...]

    @classmethod
    def of(cls, job: Job) -> Targets:
        """The targets of a job, in its own order."""
        return cls(tuple(job.step_by_id), tuple(job.outcome_by_id))

    @cached_property
    def names(self) -> tuple[tuple[Kind, str], ...]:
        """(kind, id) of every column."""
        steps: tuple[tuple[Kind, str], ...] = tuple(("step", step) for step in (*self.steps, NONE))
        return steps + tuple(("outcome", outcome) for outcome in self.outcomes)

    @cached_property
    def _positions(self) -> dict[tuple[Kind, str], int]:
        return {name: position for position, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def index(self, kind: Kind, target: str) -> int:
        """The column of a step (or `_none`) or an outcome; raises UnknownTargetError."""
        try:
            return self._positions[kind, target]
        except KeyError as error:
            message = f"these moments hold no {kind} {target!r}; they were made for another version of the job"
            raise UnknownTargetError(message) from error

    def only(self, outcomes: Collection[str]) -> Targets:
        """The same steps with these outcomes only, in the same order."""
        return Targets(self.steps, tuple(outcome for outcome in self.outcomes if outcome in outcomes))

    def columns(self, outcomes: Collection[str]) -> list[int]:
        """The columns that `only` keeps."""
        return [self._positions[name] for name in self.only(outcomes).names]

    @property
    def partition(self) -> slice:
        """The columns of the steps and `_none`, of which each contact has exactly one."""
        return slice(0, len(self.steps) + 1)


def label_targets(space: LabelSpace, targets: Targets) -> NDArray[np.float64]:
    """Which labels sum to which target, shape (labels, targets), of 0 and 1."""
    matrix = np.zeros((len(space.labels), len(targets)))
    for row, (label, group) in enumerate(zip(space.labels, space.group_of, strict=True)):
        matrix[row, targets.index("step", space.groups[group])] = 1.0
        outcome = outcome_of(label)
        if outcome is not None:
            matrix[row, targets.index("outcome", outcome)] = 1.0
    return matrix
