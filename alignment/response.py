"""Who answers the effort question: response propensities and the weights r / rho (METHODS 2).

Those who answer are not everyone. Each answer counts 1 / rho, with rho the probability of an answer given
what is known of the contact whether answered or not.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

Array = NDArray[np.float64]

MIN_ANSWERS = 50
"""Answers (and silences) in a month under which the plain share of that month is used."""

MIN_PROPENSITY = 0.02
"""Rho is clipped here, so that one answer never speaks for more than fifty contacts."""

FOLDS = 5
UNDATED = "undated"

MEASURED = ("fcr", "transfers", "time")
"""What is known of a contact whether its customer answered or not, besides its channel and tags."""


@dataclass(frozen=True)
class ResponseModel:
    """The propensity model of one period, as plain numbers: it is stored, and frozen once its period is over.

    Per fold of customers `coefficients` (features) and `intercepts` of a logistic model fitted without them; a fold
    without coefficients takes `share`, the share of the period that answered. `contacts` were there when it was fitted.
    """

    contacts: int
    share: float
    channels: tuple[str, ...] = ()
    coefficients: tuple[tuple[float, ...], ...] = ()
    intercepts: tuple[float, ...] = ()

    @property
    def version(self) -> str:
        """A hash of its numbers: the same contacts and answers give the same name."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:12]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data; `from_json` gives the same model back, bit by bit."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The model that `to_json` wrote."""
        coefficients = tuple(tuple(row) for row in data["coefficients"])
        channels, intercepts = tuple(data["channels"]), tuple(data["intercepts"])
        return cls(data["contacts"], data["share"], channels, coefficients, intercepts)

    def propensity(self, frame: pd.DataFrame, probabilities: Array) -> Array:
        """Rho of each contact, from the model that its customer did not help to fit."""
        rho = np.full(len(frame), self.share)
        if self.coefficients:
            features, folds = _features(frame, probabilities, self.channels), _folds(frame)
            for fold, (row, intercept) in enumerate(zip(self._rows, self.intercepts, strict=True)):
                mine = np.flatnonzero(folds == fold)
                if len(row):
                    # Not a matrix product: a contact's number must not hang on how many others come along.
                    rho[mine] = expit((features[mine] * row).sum(axis=1) + intercept)
        return np.asarray(np.clip(rho, MIN_PROPENSITY, 1.0))

    @cached_property
    def _rows(self) -> tuple[Array, ...]:
        return tuple(np.array(row) for row in self.coefficients)


@dataclass(frozen=True)
class ResponseWeights:
    """Per contact r / rho (0 where unanswered) and rho itself; `models` holds each month's model.

    New answers in one month leave every other month as it was.
    """

    weights: Array
    propensity: Array
    models: Mapping[str, ResponseModel]


def response_weights(
    frame: pd.DataFrame, probabilities: Array, *, models: Mapping[str, ResponseModel] | None = None
) -> ResponseWeights:
    """Cross-fitted logistic propensities, one model per calendar month (undated contacts are one period).

    `frame`: contact, customer, day, channel, effort (NaN = unanswered), fcr, transfers, time.
    `probabilities` (n, any): the tagger's f. Folds are whole customers. Months in `models` are not fitted again.
    """
    answered = frame["effort"].notna().to_numpy()
    months = periods(frame["day"])
    rho = np.zeros(len(frame))
    used = {}
    for month in sorted(set(months)):
        rows = np.flatnonzero(months == month)
        part, f = frame.iloc[rows], probabilities[rows]
        used[month] = (models or {}).get(month) or fit_response(part, f)
        rho[rows] = used[month].propensity(part, f)
    return ResponseWeights(answered / np.where(rho > 0, rho, 1.0), rho, used)


def periods(days: pd.Series[Any]) -> NDArray[np.object_]:
    """The period of each contact: its calendar month, such as 2026-03."""
    codes, distinct = pd.factorize(days, use_na_sentinel=False)
    return np.array([period_of(None if pd.isna(day) else day) for day in distinct], dtype=object)[codes]


def period_of(day: date | None) -> str:
    """The period that a day's contacts belong to."""
    return UNDATED if day is None else f"{day:%Y-%m}"


def fit_response(frame: pd.DataFrame, probabilities: Array) -> ResponseModel:
    """The model of one period's contacts; their plain share where too few answered or too few did not."""
    answered = frame["effort"].notna().to_numpy()
    share = float(answered.mean()) if len(answered) else 0.0
    if not len(answered) or min(answered.sum(), (~answered).sum()) < MIN_ANSWERS:
        return ResponseModel(len(frame), share)
    channels = tuple(sorted(set(frame["channel"].fillna("?").astype(str))))
    features, folds = _features(frame, probabilities, channels), _folds(frame)
    fitted = [_fitted(features[folds != fold], answered[folds != fold]) for fold in range(FOLDS)]
    rows, intercepts = tuple(row for row, _ in fitted), tuple(intercept for _, intercept in fitted)
    return ResponseModel(len(frame), share, channels, rows, intercepts)


def _fitted(features: Array, answered: NDArray[np.bool_]) -> tuple[tuple[float, ...], float]:
    """Coefficients and intercept on the features as they are; none where all answered or none did."""
    if np.unique(answered).size < 2:
        return (), 0.0
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=1.0, max_iter=300).fit(scaler.transform(features), answered)
    row = model.coef_[0] / scaler.scale_
    return tuple(row.tolist()), float(model.intercept_[0] - (row * scaler.mean_).sum())


def _features(frame: pd.DataFrame, probabilities: Array, channels: tuple[str, ...]) -> Array:
    """Channel, f, resolution, transfers and log handle time; each missing value is marked as such."""
    given = frame["channel"].fillna("?").to_numpy().astype(str)
    columns = [probabilities, (given[:, None] == np.array(channels, dtype=str)[None, :]).astype(float)]
    for name in MEASURED:
        values = frame[name].to_numpy(dtype=float)
        known = np.isfinite(values)
        filled = np.where(known, values, 0.0)
        columns += [np.log1p(np.maximum(filled, 0.0))[:, None], known[:, None].astype(float)]
    return np.ascontiguousarray(np.hstack(columns))


def _folds(frame: pd.DataFrame) -> NDArray[np.intp]:
    """A stable part per customer, or per contact where the customer is not known."""
    owners = frame["customer"].where(frame["customer"].notna(), frame["contact"]).astype(str)
    return np.array([zlib.crc32(owner.encode()) % FOLDS for owner in owners], dtype=np.intp)
