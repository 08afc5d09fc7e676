"""What each contact says of a Kaplan-Meier share, so that reviews can correct it like any other mean.

The share that the estimator of Kaplan & Meier gives is no mean over contacts, since some have been watched for a part
of the window only. Its leave-one-out pseudo-values are: their mean is the share, and where it does not hang on a
contact's step how long it has been watched, their mean over the contacts of a step estimates that step's own share
(Andersen, Klein & Rosthoj 2003, Biometrika 90; Graw, Gerds & Schumacher 2009). For contacts whose windows are all
closed they are 0 and 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def pseudo_values(days: Array, event: NDArray[np.bool_], *, window: float) -> Array:
    """N S - (n - 1) S without i, per contact, for S = the Kaplan-Meier share without an event up to `window` days.

    `days`: how long each contact was watched, or until its event where `event`. Contacts censored on the day of an
    event count as watched through it. Values may lie a little outside 0 to 1.
    """
    count = len(days)
    if count < 2:
        return np.full(count, np.nan)
    times = np.unique(days[event & (days <= window)])
    if not len(times):
        return np.ones(count)
    risk, died = _at_risk(days, times), _at_risk(days[event], times)
    died = died - np.append(_at_risk(days[event], times)[1:], (days[event] > times[-1]).sum())
    whole = 1 - died / risk
    before = np.concatenate([[1.0], np.cumprod(_kept(died, risk - 1))])
    after = np.append(np.cumprod(whole[::-1])[::-1], 1.0)
    # i is at risk at the first `reached` event times, and fails at the last of them where its event is one
    reached = np.searchsorted(times, days, side="right")
    fails = event & (days <= window)
    last = np.maximum(reached - 1, 0)
    own = np.where(fails, _kept(died[last] - 1, risk[last] - 1), 1.0)
    without = np.where(fails, before[last] * own, before[reached]) * after[reached]
    values: Array = count * whole.prod() - (count - 1) * without
    return values


def _at_risk(days: Array, times: Array) -> Array:
    """How many were watched up to each time."""
    return len(days) - np.searchsorted(np.sort(days), times, side="left").astype(float)


def _kept(died: Array, risk: Array) -> Array:
    """1 - died / risk, and 1 where nobody is left to be at risk."""
    return 1 - np.divide(died, risk, out=np.zeros_like(risk), where=risk > 0)
