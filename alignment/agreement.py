"""How far analysts agree on contacts that two of them read (METHODS 2): Krippendorff's alpha, Gwet's AC1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from alignment.estimate import Estimate
from alignment.intervals import wilson_interval

FEWEST = 10
"""Contacts read twice, or of these on a step by any reader, under which no agreement is published."""

RARE = 0.05
"""Share of readings under which alpha says more of rarity than of readers; AC1 stands beside it."""

GOOD, TENTATIVE = 0.8, 0.67
"""Krippendorff's own marks for alpha."""

REPLICATES = 200
SEED = 20260501

Pair = tuple[str, str]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Agreement:
    """Agreement on one step against all others, or over all steps (`step` None).

    `share`: of contacts read twice, those on which both readers said the same. `alpha` and `ac1` are 1 where they
    always agree and 0 where they do so only as often as by chance; `ac1` is None where the step is not rare.
    """

    step: str | None
    readings: int
    share: Estimate
    alpha: Estimate
    ac1: Estimate | None


def agreement(pairs: Sequence[Pair], labels: Sequence[str], *, as_of: datetime) -> tuple[Agreement, ...]:
    """Agreement over all labels, then on each label that was given at all.

    `pairs` holds, for each contact read twice, the two labels. Intervals: percentile bootstrap over contacts.
    """
    seen = [label for label in labels if any(label in pair for pair in pairs)]
    extra = sorted({label for pair in pairs for label in pair} - set(seen))
    known = [*seen, *extra]
    codes = np.array([[known.index(label) for label in pair] for pair in pairs], dtype=np.int64).reshape(-1, 2)
    everything = _one(None, _counts(codes, len(known)), len(codes), as_of=as_of)
    steps = [
        _one(label, _counts((codes == code).astype(np.int64), 2), int((codes == code).any(axis=1).sum()), as_of=as_of)
        for code, label in enumerate(known)
    ]
    return (everything, *steps)


def alpha_of(counts: Counts) -> float | None:
    """Krippendorff's alpha for nominal labels; `counts` (contacts, labels): readings per label. None: one label only.

    Krippendorff, Content Analysis (2013), chapter 12: 1 - disagreement observed / expected, over contacts with two
    readings or more.
    """
    read = counts[counts.sum(axis=1) > 1]
    readings, labels = read.sum(axis=1), read.sum(axis=0)
    if (labels > 0).sum() < 2:
        return None
    n = readings.sum()
    observed = ((readings**2 - (read**2).sum(axis=1)) / (readings - 1)).sum() / n
    expected = (n**2 - (labels**2).sum()) / (n * (n - 1))
    return float(1 - observed / expected)


def ac1_of(counts: Counts) -> float | None:
    """Gwet's AC1 of two readers: (agreed - chance) / (1 - chance), chance = sum p (1 - p) / (labels - 1). Gwet 2008."""
    share = counts.sum(axis=0) / counts.sum()
    chance = float((share * (1 - share)).sum() / (counts.shape[1] - 1))
    agreed = float((counts.max(axis=1) == 2).mean())
    return (agreed - chance) / (1 - chance)


def _counts(codes: Counts, labels: int) -> Counts:
    return np.stack([(codes == label).sum(axis=1) for label in range(labels)], axis=1) if len(codes) else codes


def _one(step: str | None, counts: Counts, readings: int, *, as_of: datetime) -> Agreement:
    contacts = len(counts)
    if readings < FEWEST:
        what = "contacts were read twice" if step is None else "contacts read twice were put on it"
        none = Estimate.missing(f"only {readings} {what}, {FEWEST} are needed", as_of=as_of, n=readings)
        return Agreement(step, readings, none, none, None)
    same = wilson_interval(float((counts.max(axis=1) == 2).sum()), contacts)
    share = Estimate(same.value, same.low, same.high, contacts, contacts, "labels", as_of)
    rare = step is not None and float(counts[:, 1].sum()) < RARE * float(counts.sum())
    ac1 = _estimate(counts, ac1_of, as_of=as_of) if rare else None
    return Agreement(step, readings, share, _estimate(counts, alpha_of, as_of=as_of), ac1)


def _estimate(counts: Counts, statistic: Callable[[Counts], float | None], *, as_of: datetime) -> Estimate:
    value = statistic(counts)
    if value is None:
        return Estimate.missing("every reader gave the same label", as_of=as_of, n=len(counts))
    rng = np.random.default_rng(SEED)
    draws = (statistic(counts[rng.integers(0, len(counts), len(counts))]) for _ in range(REPLICATES))
    # a resample with one label only says nothing of chance: readers agreed on all of it
    spread = [1.0 if draw is None else draw for draw in draws]
    low, high = (float(end) for end in np.quantile(spread, (0.025, 0.975)))
    return Estimate(value, min(low, value), max(high, value), len(counts), len(counts), "labels", as_of)
