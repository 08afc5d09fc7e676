"""Labels that are likely wrong: what a model that had not seen them says against them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Floats
from taxonomy.errors import BadInputError

FEWEST = 40
"""Under so many labelled texts nothing is said: the thresholds per label would rest on a handful."""


class SuspectsError(BadInputError):
    """Probabilities and labels do not belong together."""


@dataclass(frozen=True)
class Suspect:
    """One label that is likely wrong.

    `row` counts the texts; `chance` is what the model gives the label, `instead` the label it holds for likeliest.
    """

    row: int
    label: str
    chance: float
    instead: str


def suspects(probabilities: Floats, labels: Sequence[str], names: Sequence[str]) -> tuple[Suspect, ...]:
    """Likely wrong labels, the likeliest first, by confident learning (Northcutt et al. 2021, as cleanlab has it).

    `probabilities`, shape (n, names), must be out of sample: a model that learned a wrong label defends it. `labels`
    are what people said, one of `names` each. Labels nobody used take no part. Raises SuspectsError.
    """
    if probabilities.shape != (len(labels), len(names)):
        raise SuspectsError(f"{len(labels)} labels of {len(names)} names came with scores {probabilities.shape}")
    unknown = sorted(set(labels) - set(names))
    if unknown:
        raise SuspectsError(f"labels without a column of scores: {', '.join(unknown[:5])}")
    used = [name for name in names if name in set(labels)]
    if len(labels) < FEWEST or len(used) < 2:
        return ()
    columns = [list(names).index(name) for name in used]
    chances = probabilities[:, columns] + 1e-9
    chances = chances / chances.sum(axis=1, keepdims=True)
    codes = np.array([used.index(label) for label in labels])
    return tuple(
        Suspect(row, labels[row], float(chances[row, codes[row]]), used[int(chances[row].argmax())])
        for row in _found(codes, chances)
        if chances[row].argmax() != codes[row]
    )


def _found(codes: NDArray[np.int64], chances: Floats) -> list[int]:
    from cleanlab.filter import find_label_issues

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # rare labels are passed over, which is what we want
        rows = find_label_issues(codes, chances, return_indices_ranked_by="self_confidence", n_jobs=1)
    return [int(row) for row in rows]
