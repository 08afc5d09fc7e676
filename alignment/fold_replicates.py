"""Contacts folded into bootstrap replicates of their linear sums, week by week."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.fold import Evidence, day_of, measured
from alignment.measures import SUMMED
from alignment.moments import week_of
from alignment.replicates import LINEAR, REPLICATES, Replicated, Replicates, Single, owners, weights
from alignment.targets import Targets

CHUNK = 20_000
"""Contacts weighed at once: 8 MB of weights at 100 replicates."""


def fold_replicates(evidence: Evidence, targets: Targets, *, replicates: int = REPLICATES) -> Replicates:
    """The replicates of one batch; raises EvidenceShapeError. Each week's depend on its own contacts alone."""
    evidence.check(targets)
    frame = evidence.frame
    if frame.empty:
        return Replicates()
    contact = frame["contact"].astype(str).to_numpy(dtype=str)
    weeks, codes = _weeks(frame)
    order = np.lexsort((contact, codes))
    bounds = np.searchsorted(codes[order], np.arange(len(weeks) + 1))
    owner = owners(frame)
    folded = {}
    for number, week in enumerate(weeks):
        rows = order[bounds[number] : bounds[number + 1]]
        parts = [_replicated(evidence, owner, rows[at : at + CHUNK], replicates) for at in range(0, len(rows), CHUNK)]
        folded[week] = sum(parts[1:], start=parts[0])
    return Replicates(folded)


def _weeks(frame: pd.DataFrame) -> tuple[list[date | None], NDArray[np.intp]]:
    """The weeks that have contacts, and which of them each row belongs to."""
    codes, days = pd.factorize(frame["day"], use_na_sentinel=False)
    mondays = [None if (day := day_of(value)) is None else week_of(day) for value in days]
    numbers = {monday: number for number, monday in enumerate(dict.fromkeys(mondays))}
    return list(numbers), np.array([numbers[monday] for monday in mondays], dtype=np.intp)[codes]


def _replicated(evidence: Evidence, owner: NDArray[np.uint64], rows: NDArray[np.intp], replicates: int) -> Replicated:
    """Sums over the rows, each counted as often as its customer was drawn; single precision is ample for errors."""
    times = weights(owner[rows], replicates).T
    weight = evidence.weight[rows]
    model = (evidence.probabilities[rows] * (1.0 - weight)[:, None]).astype(np.float32)
    seen = np.flatnonzero(weight > 0)
    truth = (evidence.truth[rows[seen]] * weight[seen][:, None]).astype(np.float32)
    sums = np.zeros((replicates, model.shape[1], len(SUMMED), len(LINEAR)), dtype=np.float32)
    everyone: tuple[Single, Single] | None = None
    for position, name in enumerate(SUMMED):
        values, factor = measured(evidence, name, rows)
        if (factor == 1).all():
            everyone = everyone or _products(times, truth, model, seen)
            plain = everyone
        else:
            plain = _products(times * factor.astype(np.float32), truth, model, seen)
        # volume's v is 1 for every contact
        valued = plain if position == 0 else _products(times * (factor * values).astype(np.float32), truth, model, seen)
        sums[:, :, position] = np.stack([*plain, *valued], axis=-1)
    return Replicated(sums, times.sum(axis=1))


def _products(times: Single, truth: Single, model: Single, seen: NDArray[np.intp]) -> tuple[Single, Single]:
    """Weighted sums of d and of g, each (replicates, targets)."""
    return times[:, seen] @ truth, times @ model
