"""The result of every classifier: calibrated probabilities over named labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

NONE_LABEL = "_none"

LIKELY = 0.5
"""The least chance that a document is about a group besides its first one, for that to be said."""

OPEN = (0.1, 0.9)
"""A chance in between leaves open whether it will be said."""


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
    """Calibrated probabilities, shape (n, labels), each row summing to 1, and strangeness in [0, 1].

    `besides`, where anybody learned that, is the chance that a document is about each group, whatever else it is about,
    shape (n, groups).
    """

    space: LabelSpace
    probabilities: NDArray[np.float64]
    novelty: NDArray[np.float64]
    besides: NDArray[np.float64] | None = None

    def at_least_as_strange(self, novelty: NDArray[np.float64]) -> LabelScores:
        """The same scores, each row at least as strange as it is said to be, shape (n,)."""
        return replace(self, novelty=np.maximum(self.novelty, novelty))

    def rows(self, chosen: NDArray[np.int64]) -> LabelScores:
        """The scores of some documents."""
        besides = None if self.besides is None else self.besides[chosen]
        return LabelScores(self.space, self.probabilities[chosen], self.novelty[chosen], besides)

    @property
    def others(self) -> NDArray[np.float64]:
        """The chances `besides` of the groups other than the first one, others 0, shape (n, groups).

        A document that fits nothing is about nothing else.
        """
        first, none = self.by_group.argmax(axis=1), self.space.groups.index(NONE_LABEL)
        if self.besides is None:
            return np.zeros((len(first), len(self.space.groups)))
        chances = np.where(first[:, None] == none, 0.0, self.besides)
        chances[np.arange(len(first)), first] = 0.0
        chances[:, none] = 0.0
        return chances

    @property
    def given_besides(self) -> NDArray[np.bool_]:
        """Which groups a document is said to be about besides its first one, shape (n, groups)."""
        return np.asarray(self.others >= LIKELY)

    @property
    def settled(self) -> NDArray[np.bool_]:
        """Whether what else a document is about is all but certain, shape (n,); so it is where nobody learned that."""
        if self.besides is None:
            return np.ones(len(self.probabilities), dtype=bool)
        low, high = OPEN
        others = self.others
        return np.asarray(((others <= low) | (others >= high)).all(axis=1))

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
