"""Curves over ranked answers, each as one number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def area_under_risk(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Mean error of the k most confident answers over every k (Geifman & El-Yaniv 2017); 0 = never wrong."""
    return float(risk_by_coverage(confidence, right)[1].mean())


def risk_by_coverage(confidence: Floats, right: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Share kept and error among the kept, as one keeps the k most confident answers, k = 1 to n."""
    errors = ~right[np.argsort(-confidence, kind="stable")]
    kept = np.arange(1, len(errors) + 1)
    return kept / len(errors), np.cumsum(errors) / kept


def ranked_auroc(score: Floats, positive: NDArray[Any]) -> float:
    """Chance that a positive scores above a negative, ties counting half (Mann & Whitney 1947)."""
    from scipy.stats import rankdata

    ranks = rankdata(score)
    wanted = int(positive.sum())
    others = len(positive) - wanted
    return float((ranks[positive].sum() - wanted * (wanted + 1) / 2) / (wanted * others))


def share_flagged(score: Floats, positive: NDArray[Any], *, recall: float) -> float:
    """Share of negatives at or above the score that finds this share of the positives (FPR at that recall)."""
    ranked = np.sort(score[positive])[::-1]
    limit = ranked[int(np.ceil(recall * len(ranked))) - 1]
    return float((score[~positive] >= limit).mean())
