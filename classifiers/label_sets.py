"""Which labels a reviewer is offered first: split conformal sets that hold the true one with a stated probability.

A label stands in the set if its probability is at least a figure that held-out texts have set (the least ambiguous
sets of Sadinle, Lei & Wasserman 2019, by MAPIE). Texts that the model keeps and texts that it hands over have figures
of their own (Mondrian conformal, Vovk 2003): one figure for both would hold on average and fail just where a reviewer
looks, since most texts are easy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Floats
from classifiers.scores import LabelScores

Level = Literal["label", "group"]
COVERAGE = 0.95
ROUNDING = 1e-6
"""Probabilities of tags are rounded to this."""

UNSTORED = 5e-4
"""Probabilities under this are not stored, so a set that would need them holds every label."""


@dataclass(frozen=True)
class SetRule:
    """A label with a probability of at least `least` is in the set; 0 lets every label in.

    `count` held-out texts have set it; on average their sets hold `size` labels.
    """

    least: float
    count: int
    size: float


@dataclass(frozen=True)
class LabelSets:
    """The rules of one model: the set holds the true label with probability `coverage` or more.

    So it is for new texts like the held-out ones, on average over the kept and over the deferred, not for each label.
    """

    coverage: float
    kept: Mapping[Level, SetRule]
    deferred: Mapping[Level, SetRule]

    def as_json(self) -> dict[str, Any]:
        """Plain values, as they stand on the model's card."""
        parts = {"kept": self.kept, "deferred": self.deferred}
        return {
            "coverage": self.coverage,
            **{part: {level: asdict(rule) for level, rule in rules.items()} for part, rules in parts.items()},
        }


def label_sets_of(card: Mapping[str, Any]) -> LabelSets | None:
    """The rules on a model's card; None for a model that held-out texts have not measured."""
    known = card.get("label_sets")
    if known is None:
        return None
    kept, deferred = ({level: SetRule(**rule) for level, rule in known[part].items()} for part in ("kept", "deferred"))
    return LabelSets(known["coverage"], kept, deferred)


def label_set(scores: Mapping[str, float], sets: LabelSets | None, *, deferred: bool, level: Level) -> tuple[str, ...]:
    """The labels that cannot be ruled out, most probable first; never empty.

    `scores` are a text's probabilities by name: of labels (outcomes), or of groups (steps). Without `sets` nothing was
    measured, so nothing can be ruled out and all of them are returned.
    """
    ranked = sorted(scores, key=lambda name: -scores[name])
    if sets is None:
        return tuple(ranked)
    rule = (sets.deferred if deferred else sets.kept)[level]
    return tuple(name for place, name in enumerate(ranked) if place == 0 or scores[name] >= rule.least - ROUNDING)


def fit_label_sets(
    scores: LabelScores, truth: NDArray[np.int64], deferred: NDArray[np.bool_], *, coverage: float = COVERAGE
) -> LabelSets:
    """Rules from held-out scores of n texts, their true label columns, and which of them are handed over."""
    group_of = np.array(scores.space.group_of)
    levels: dict[Level, tuple[Floats, NDArray[np.int64]]] = {
        "label": (scores.probabilities, truth),
        "group": (scores.by_group, group_of[truth]),
    }
    kept, handed_over = (
        {level: fit_rule(chances[rows], right[rows], coverage=coverage) for level, (chances, right) in levels.items()}
        for rows in (np.flatnonzero(~deferred), np.flatnonzero(deferred))
    )
    return LabelSets(coverage, kept, handed_over)


def fit_rule(chances: Floats, truth: NDArray[np.int64], *, coverage: float) -> SetRule:
    """The rule from probabilities, shape (n, labels), and true columns: with too few texts every label is let in."""
    count, labels = chances.shape
    if ceil((count + 1) * coverage) > count:
        return SetRule(0.0, count, float(labels))
    least = 1.0 - _quantile(chances, truth, coverage=coverage)
    least = least if least >= UNSTORED else 0.0
    size = np.maximum(1, (chances >= least - ROUNDING).sum(axis=1)).mean()
    return SetRule(least, count, float(size))


def _quantile(chances: Floats, truth: NDArray[np.int64], *, coverage: float) -> float:
    """The ceil((n + 1) coverage)-th smallest of 1 - the true label's probability."""
    from mapie.conformity_scores import LACConformityScore

    score = LACConformityScore()
    strangeness = score.get_conformity_scores(truth, chances, y_enc=truth)
    return float(score.get_conformity_score_quantiles(strangeness, np.array([1.0 - coverage]), cv="prefit")[0])
