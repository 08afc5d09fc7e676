"""The result of every classifier: calibrated probabilities over named labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

NONE_LABEL = "_none"


@dataclass(frozen=True)
class LabelSpace:
    """Labels a head may give, each inside a group; `_none` is a label and a group of its own.

    A label stands for a job's outcome and a group for its step, though nothing here knows that.
    """

    labels: tuple[str, ...]
    groups: tuple[str, ...]
    group_of: tuple[int, ...]

    @classmethod
    def of(cls, group_of_label: Sequence[tuple[str, str]]) -> LabelSpace:
        """The space of (label, group) pairs, in their order, with `_none` added last if absent."""
        pairs = list(group_of_label)
        if NONE_LABEL not in [label for label, _ in pairs]:
            pairs.append((NONE_LABEL, NONE_LABEL))
        groups = tuple(dict.fromkeys(group for _, group in pairs))
        return cls(tuple(label for label, _ in pairs), groups, tuple(groups.index(group) for _, group in pairs))

    def to_groups(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum label probabilities, shape (n, labels), to group probabilities, shape (n, groups)."""
        summed = np.zeros((len(probabilities), len(self.groups)))
        for column, group in enumerate(self.group_of):
            summed[:, group] += probabilities[:, column]
        return summed


@dataclass(frozen=True)
class LabelScores:
    """Calibrated probabilities, shape (n, labels), each row summing to 1, and strangeness in [0, 1]."""

    space: LabelSpace
    probabilities: NDArray[np.float64]
    novelty: NDArray[np.float64]

    def at_least_as_strange(self, novelty: NDArray[np.float64]) -> LabelScores:
        """The same scores, each row at least as strange as it is said to be, shape (n,)."""
        return replace(self, novelty=np.maximum(self.novelty, novelty))

    @property
    def by_group(self) -> NDArray[np.float64]:
        """Probabilities of the groups, shape (n, groups)."""
        return self.space.to_groups(self.probabilities)

    @property
    def best(self) -> NDArray[np.int64]:
        """The chosen label of each row: the best group, then the best label inside it, so that the two agree."""
        group_of = np.array(self.space.group_of)
        inside = group_of[None, :] == self.by_group.argmax(axis=1)[:, None]
        return np.asarray(np.where(inside, self.probabilities, -1.0).argmax(axis=1))

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of the chosen label, shape (n,)."""
        return self.probabilities[np.arange(len(self.probabilities)), self.best]
