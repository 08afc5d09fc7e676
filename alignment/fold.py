"""Contacts with their tags, reviews and measured values, folded into moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from alignment.measures import ANSWERED, ANSWERS, MEASURES, SUMMED
from alignment.moments import SUMS, Array, Moments, Pairs, Slice
from alignment.targets import Targets
from taxonomy.errors import BadInputError

CHUNK = 20_000
"""Contacts multiplied out at once: about 7 MB per matrix at 40 targets."""

_AT = {name: position for position, name in enumerate(SUMS)}


class EvidenceShapeError(BadInputError):
    """The parts of an evidence batch do not describe the same contacts and targets."""


@dataclass(frozen=True)
class Evidence:
    """One batch of contacts, ready to fold.

    `frame` has a row per contact: contact, customer, day (date or None), channel, segment and circumstance
    (sorted tuples of (name, value)), and a float column per measure but volume (NaN = not measured).
    `probabilities` (n, targets): the tagger's calibrated f_i(target). `truth` (n, targets): 1{Y_i = target},
    read only where reviewed. `weight` (n,): xi / pi, 0 where not drawn and reviewed. `response` (n,): r / rho
    of the effort answer, 0 where there is none.
    """

    frame: pd.DataFrame
    probabilities: Array
    truth: Array
    weight: Array
    response: Array

    def check(self, targets: Targets) -> None:
        """Raise EvidenceShapeError unless every part has the frame's rows and the targets' columns."""
        rows = len(self.frame)
        for name, part, shape in (
            ("probabilities", self.probabilities, (rows, len(targets))),
            ("truth", self.truth, (rows, len(targets))),
            ("weight", self.weight, (rows,)),
            ("response", self.response, (rows,)),
        ):
            if part.shape != shape:
                raise EvidenceShapeError(f"evidence: {name} has shape {part.shape}, expected {shape}")
        for name in ("probabilities", "weight", "response"):
            if not np.isfinite(getattr(self, name)).all():
                raise EvidenceShapeError(f"evidence: {name} holds a number that is not finite")


def fold(evidence: Evidence, targets: Targets) -> Moments:
    """The moments of one batch; raises EvidenceShapeError. Each slice's sums depend on its own contacts alone.

    Rows are put in the order of (slice, contact) first, so that the same contacts give the same bits.
    """
    evidence.check(targets)
    frame = evidence.frame
    keys, codes = _slices(frame)
    order = np.lexsort((frame["contact"].astype(str).to_numpy(dtype=str), codes)) if len(frame) else codes
    sums = np.zeros((len(keys), len(targets), len(SUMMED), len(SUMS)))
    for chunk in _chunks(np.bincount(codes, minlength=len(keys))):
        _add_rows(sums, order[chunk], codes, evidence)
    return Moments(targets, dict(zip(keys, sums, strict=True)))


def part_of(evidence: Evidence, which: Sequence[bool]) -> Evidence:
    """The contacts of a batch for which `which` holds."""
    rows = np.flatnonzero(np.asarray(which, dtype=bool))
    return Evidence(
        evidence.frame.iloc[rows].reset_index(drop=True),
        evidence.probabilities[rows],
        evidence.truth[rows],
        evidence.weight[rows],
        evidence.response[rows],
    )


def slices_in(evidence: Evidence) -> list[Slice]:
    """The slice of every contact."""
    keys, codes = _slices(evidence.frame)
    return [keys[code] for code in codes]


def _slices(frame: pd.DataFrame) -> tuple[list[Slice], NDArray[np.intp]]:
    columns = [frame[name].to_list() for name in ("day", "channel", "segment", "circumstance")]
    codes: dict[tuple[object, object, Pairs, Pairs], int] = {}
    of_row = np.fromiter((codes.setdefault(key, len(codes)) for key in zip(*columns, strict=True)), np.intp, len(frame))
    keys = [Slice(day_of(day), _text(channel), segment, matter) for day, channel, segment, matter in codes]
    # Two spellings of "no value" (None and NaN) are one slice.
    distinct = {key: position for position, key in enumerate(dict.fromkeys(keys))}
    renumber = np.array([distinct[key] for key in keys], dtype=np.intp)
    return list(distinct), renumber[of_row] if len(frame) else of_row


def day_of(value: object) -> date | None:
    """A cell of the `day` column as a date; pandas' missing times are no day."""
    if isinstance(value, datetime):  # pandas timestamps too
        return None if pd.isna(value) else value.date()
    return value if isinstance(value, date) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _chunks(sizes: NDArray[np.intp]) -> Iterator[slice]:
    """Runs of rows of about CHUNK, cut only at places counted from the start of a slice."""
    start = 0
    end = 0
    for size in sizes:
        for piece in [CHUNK] * (int(size) // CHUNK) + [int(size) % CHUNK]:
            if end + piece - start > CHUNK:
                yield slice(start, end)
                start = end
            end += piece
    if end > start:
        yield slice(start, end)


def _add_rows(sums: Array, rows: NDArray[np.intp], codes: NDArray[np.intp], evidence: Evidence) -> None:
    """Add the rows of one chunk, sorted by slice, to the slices' sums in place."""
    weight = evidence.weight[rows]
    model = evidence.probabilities[rows] * (1.0 - weight)[:, None]
    slices, starts = np.unique(codes[rows], return_index=True)
    seen = np.flatnonzero(weight > 0)
    truth = evidence.truth[rows[seen]] * weight[seen][:, None]
    products = {
        "g": (model, None),
        "gg": (model * model, None),
        "d": (truth, seen),
        "dd": (truth * truth, seen),
        "dg": (truth * model[seen], seen),
    }
    for measure, name in enumerate(SUMMED):
        values, times = measured(evidence, name, rows)
        block = sums[slices, :, measure]
        block[:, :, _AT["n"]] += np.add.reduceat(times > 0, starts, dtype=float)[:, None]
        block[:, :, _AT["reviewed"]] += np.add.reduceat((times > 0) & (weight > 0), starts, dtype=float)[:, None]
        for product, (matrix, subset) in products.items():
            _add_product(block, product, matrix, _Powers(values, times, starts, subset))
        sums[slices, :, measure] = block


def measured(evidence: Evidence, name: str, rows: NDArray[np.intp]) -> tuple[Array, Array]:
    """v_i (0 where not measured) and the factor of z_i: r / rho for effort, else 1 where measured."""
    response = evidence.response[rows]
    if name == MEASURES[0]:
        return np.ones(len(rows)), np.ones(len(rows))
    if name == ANSWERED:
        return (response > 0).astype(float), np.ones(len(rows))
    if name not in evidence.frame:
        return np.zeros(len(rows)), np.zeros(len(rows))
    values = evidence.frame[name].to_numpy(dtype=float)[rows]
    times = np.isfinite(values) * (response if name in ANSWERS else 1.0)
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), times


@dataclass(frozen=True)
class _Powers:
    """v^k times the factor of z, and which of the chunk's sorted rows fall in which slice."""

    values: Array
    times: Array
    starts: NDArray[np.intp]
    subset: NDArray[np.intp] | None

    def sums(self, matrix: Array, *, powers: int, squared: bool) -> Array:
        """sum_i a_i v_i^k x_i per power k, slice and target, shape (powers, slices, targets)."""
        factor = self.times**2 if squared else self.times
        rows = np.arange(len(self.times)) if self.subset is None else self.subset
        bounds = np.searchsorted(rows, np.append(self.starts, len(self.times)))
        indptr = np.concatenate([bounds[:-1] + power * len(rows) for power in range(powers)] + [[powers * len(rows)]])
        data = np.concatenate([(factor * self.values**power)[rows] for power in range(powers)])
        columns = np.tile(np.arange(len(rows)), powers)
        picked = csr_matrix((data, columns, indptr), shape=(powers * len(self.starts), len(rows)))
        return np.asarray(picked @ matrix).reshape(powers, len(self.starts), matrix.shape[1])


def _add_product(block: Array, product: str, matrix: Array, powers: _Powers) -> None:
    squared = len(product) == 2
    for power, summed in enumerate(powers.sums(matrix, powers=3 if squared else 2, squared=squared)):
        block[:, :, _AT["v" * power + product]] += summed
