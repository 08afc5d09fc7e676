"""First contact resolution of the newest days, whose windows are still open: Kaplan-Meier (METHODS 2).

A contact of yesterday cannot yet say whether it will be followed within seven days. Counting only closed windows leaves
the newest days out; counting open ones as resolved flatters them. The estimator of Kaplan & Meier (1958) uses each
contact for as long as it has been watched; scipy's `ecdf` on right-censored data computes it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from alignment.estimate import Estimate
from alignment.intervals import exact_interval
from alignment.resolution import chain_starts

Array = NDArray[Any]

WINDOWS = tuple(range(1, 31))
"""Days after the end of a contact, for which the curve is given."""

MIN_CONTACTS = 30
"""Fewer first contacts than this give no curve."""


@dataclass(frozen=True)
class ResolutionCurve:
    """The share of first contacts that nothing followed within 1 to 30 days; `open` windows count them as watched.

    `share[w - 1]` is the window of w days. `closed` contacts have had the job's whole window, `open` ones not yet.
    """

    channel: str | None
    share: tuple[Estimate, ...]
    closed: int
    open: int
    step: str | None = None


def resolution_curve(
    frame: pd.DataFrame,
    *,
    window_days: float,
    as_of: datetime,
    newest_days: float,
    windows: Sequence[int] = WINDOWS,
    channel: str | None = None,
    step: str | None = None,
) -> ResolutionCurve:
    """The curve of first contacts that ended in the newest days before `as_of`.

    `frame`: as for `resolution.first_contact_resolution`, all contacts of the job. A chain begins after `window_days`
    without contact on any channel; `channel` picks chains by that of their first contact. An abandoned contact counts
    as followed at once. Windows longer than anybody has been watched have no figure. `step` picks chains by what the
    tagger calls their first contact (column `step`): no review corrects that, so that there is no interval.
    """
    firsts = chain_starts(frame, window_days=window_days, as_of=as_of)
    if channel is not None:
        firsts = firsts[(frame["channel"].to_numpy() == channel)[firsts["row"].to_numpy()]]
    if step is not None:
        firsts = firsts[(frame["step"].to_numpy() == step)[firsts["row"].to_numpy()]]
    firsts = firsts[firsts["end"] > pd.Timestamp(as_of - timedelta(days=newest_days))]
    watched = (pd.Timestamp(as_of) - firsts["end"]).dt.total_seconds().to_numpy() / 86400
    until = (firsts["following"] - firsts["end"]).dt.total_seconds().to_numpy() / 86400
    followed = np.isfinite(until)
    until = np.where(followed, np.maximum(until, 0.0), watched)
    abandoned = firsts["abandoned"].to_numpy(dtype=bool)
    days, event = np.where(abandoned, 0.0, until), followed | abandoned
    share = _shares(days, event, watched, windows, as_of)
    share = share if step is None else tuple(_as_tagged(one) for one in share)
    closed = int((watched >= window_days).sum())
    return ResolutionCurve(channel, share, closed, len(firsts) - closed, step)


def _as_tagged(share: Estimate) -> Estimate:
    """A share among contacts that the tagger calls a step: without the interval of those truly on it."""
    if share.value is None:
        return share
    why = "among contacts that the tagger calls this step: no review corrects which they are"
    note = f"{why}; {share.reason}" if share.reason else why
    return replace(share, low=None, high=None, method="uncorrected", reason=note)


def _shares(days: Array, event: Array, watched: Array, windows: Sequence[int], as_of: datetime) -> tuple[Estimate, ...]:
    count = len(days)
    if count < MIN_CONTACTS:
        why = f"not enough evidence: {count} first contacts in these days, {MIN_CONTACTS} are needed"
        return tuple(Estimate.missing(why, as_of=as_of, n=count) for _ in windows)
    fitted = stats.ecdf(stats.CensoredData(uncensored=days[event], right=days[~event])).sf
    with warnings.catch_warnings():
        # where nobody or everybody has been followed the band is not defined: `_share` takes the exact one
        warnings.filterwarnings("ignore", message="The confidence interval is undefined")
        band = fitted.confidence_interval(method="log-log")
    return tuple(_share(fitted, band, window, watched, as_of) for window in windows)


def _share(fitted: Any, band: Any, window: int, watched: Array, as_of: datetime) -> Estimate:
    count = len(watched)
    if watched.max() < window:
        why = f"not enough evidence: nobody has been watched for {window} days yet"
        return Estimate.missing(why, as_of=as_of, n=count)
    value = float(fitted.evaluate(window))
    low, high = float(band.low.evaluate(window)), float(band.high.evaluate(window))
    if not 0 < value < 1 or not np.isfinite([low, high]).all():
        exact = exact_interval(value, float((watched >= window).sum()))
        low, high = exact.low, exact.high
    return Estimate(value, min(low, value), max(high, value), count, 0, "events", as_of, _note(watched, window))


def _note(watched: Array, window: int) -> str | None:
    """How many of the contacts have not been watched for the whole window."""
    short = int((watched < window).sum())
    return f"{short} of {len(watched)} contacts not yet watched for {window} days" if short else None
