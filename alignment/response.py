"""Who answers the effort question: response propensities and the weights r / rho (METHODS 2).

Those who answer are not everyone. Each answer counts 1 / rho, with rho the probability of an answer given
what is known of the contact whether answered or not.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

Array = NDArray[np.float64]

MIN_ANSWERS = 50
"""Answers (and silences) in a month under which the plain share of that month is used."""

MIN_PROPENSITY = 0.02
"""Rho is clipped here, so that one answer never speaks for more than fifty contacts."""

FOLDS = 5


@dataclass(frozen=True)
class ResponseWeights:
    """Per contact r / rho (0 where unanswered) and rho itself; `models` names each month's model.

    A model's name hashes what it was fitted to: the same contacts and answers give the same weights, and
    new answers in one month leave every other month as it was.
    """

    weights: Array
    propensity: Array
    models: Mapping[str, str]


def response_weights(frame: pd.DataFrame, probabilities: Array) -> ResponseWeights:
    """Cross-fitted logistic propensities, one model per calendar month (undated contacts are one period).

    `frame`: contact, customer, day, channel, effort (NaN = unanswered), fcr, transfers, time.
    `probabilities` (n, any): the tagger's f. Folds are whole customers.
    """
    answered = frame["effort"].notna().to_numpy()
    months = np.array([f"{day:%Y-%m}" if not pd.isna(day) else "undated" for day in frame["day"]], dtype=object)
    features = _features(frame, probabilities)
    folds = _folds(frame)
    rho = np.zeros(len(frame))
    models = {}
    for month in sorted(set(months)):
        rows = np.flatnonzero(months == month)
        rho[rows] = _month(features[rows], answered[rows], folds[rows])
        models[month] = hashlib.sha256(features[rows].tobytes() + answered[rows].tobytes()).hexdigest()[:12]
    rho = np.clip(rho, MIN_PROPENSITY, 1.0)
    return ResponseWeights(answered / rho, rho, models)


def _month(features: Array, answered: NDArray[np.bool_], folds: NDArray[np.intp]) -> Array:
    """Each contact's probability of an answer, from a model fitted without its customer."""
    share = np.full(len(answered), answered.mean())
    if min(answered.sum(), (~answered).sum()) < MIN_ANSWERS:
        return share
    rho = share
    for fold in np.unique(folds):
        out = folds == fold
        if np.unique(answered[~out]).size < 2:
            continue
        scaler = StandardScaler().fit(features[~out])
        model = LogisticRegression(C=1.0, max_iter=300).fit(scaler.transform(features[~out]), answered[~out])
        rho[out] = model.predict_proba(scaler.transform(features[out]))[:, 1]
    return rho


def _features(frame: pd.DataFrame, probabilities: Array) -> Array:
    """Channel, f, resolution, transfers and log handle time; each missing value is marked as such."""
    channels = frame["channel"].fillna("?").to_numpy()
    columns = [probabilities, (channels[:, None] == np.unique(channels.astype(str))[None, :]).astype(float)]
    for name in ("fcr", "transfers", "time"):
        values = frame[name].to_numpy(dtype=float)
        known = np.isfinite(values)
        filled = np.where(known, values, 0.0)
        columns += [np.log1p(np.maximum(filled, 0.0))[:, None], known[:, None].astype(float)]
    return np.hstack(columns)


def _folds(frame: pd.DataFrame) -> NDArray[np.intp]:
    """A stable part per customer, or per contact where the customer is not known."""
    owners = frame["customer"].where(frame["customer"].notna(), frame["contact"]).astype(str)
    return np.array([zlib.crc32(owner.encode()) % FOLDS for owner in owners], dtype=np.intp)
