"""Task success and the other HEART ratios per step, from product events (METHODS 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.estimate import Estimate
from alignment.intervals import t_quantile, wilson_interval
from alignment.remembered import Remembered
from alignment.scorecard import View
from alignment.survey import inside_filters, known_by, require_columns
from taxonomy.model import Job

EVENT_COLUMNS = ("event_id", "customer", "at", "step", "type", "success")
MIN_ATTEMPTS = 10
_kept: Remembered[pd.DataFrame] = Remembered(32)
_kept_starts: Remembered[_Starts] = Remembered(32)
_ABSENT = "not enough evidence: no product event says that somebody started this step"


@dataclass(frozen=True)
class Heart:
    """Ratios of attempts on one step, and minutes from start to a confident decision.

    task_success: verified completions / starts. error_rate: attempts with an error / starts. engagement:
    attempts per customer. adoption: customers who started / customers seen on any step.
    """

    task_success: Estimate
    error_rate: Estimate
    minutes_to_confident: Estimate
    engagement: Estimate
    adoption: Estimate


def attempts(events: pd.DataFrame, *, view: View) -> pd.DataFrame:
    """One row per start: customer, step, started (time), success, error (bool), minutes (to confident).

    An event belongs to the latest start of the same customer on the same step at or before it. Events before any
    start, and events without a customer, match no start and are left out. A completion is verified where its
    `success` is True. Everything known at `as_of` counts; `in_period` then picks the starts of a period. The view's
    segment filters apply, its channel does not. Duplicate event ids count once. Kept while the events' frame lives.
    """
    require_columns(events, EVENT_COLUMNS, what="events")
    if events.empty:
        return _attempts(events, view)
    # what is known by a moment only grows, so that its size says what it is
    known = int((pd.to_datetime(events["at"], utc=True) <= pd.Timestamp(view.as_of)).sum())
    asked = (known, tuple(sorted(view.filters.items())))
    return _kept.get(events, asked, lambda: _attempts(events, view))


def _attempts(events: pd.DataFrame, view: View) -> pd.DataFrame:
    kept = events[inside_filters(events, view)].drop_duplicates("event_id")
    kept = kept.assign(at=pd.to_datetime(kept["at"], utc=True))
    kept = kept[kept["customer"].notna() & (kept["at"] <= pd.Timestamp(view.as_of))]
    # At the same moment the start comes first, so that an instant completion is not orphaned.
    kept = kept.assign(is_start=kept["type"] == "start", later=kept["type"] != "start")
    kept = kept.sort_values(["customer", "step", "at", "later", "event_id"], kind="stable")
    kept["attempt"] = kept.groupby(["customer", "step"], sort=False)["is_start"].cumsum()
    return _by_attempt(kept[kept["attempt"] > 0])


def _by_attempt(matched: pd.DataFrame) -> pd.DataFrame:
    keys = ["customer", "step", "attempt"]
    verified = (matched["type"] == "complete") & (matched["success"] == True)  # noqa: E712 - missing is not verified
    marked = matched.assign(
        verified=verified,
        error=matched["type"] == "error",
        confident=matched["at"].where(matched["type"] == "confident"),
    )
    table = marked.groupby(keys, sort=False).agg(
        started=("at", "first"), success=("verified", "any"), error=("error", "any"), confident=("confident", "min")
    )
    table["minutes"] = (table["confident"] - table["started"]).dt.total_seconds() / 60
    return table.reset_index()[["customer", "step", "started", "success", "error", "minutes"]]


def in_period(table: pd.DataFrame, view: View) -> pd.DataFrame:
    """The attempts that started from the view's start up to but not including its end; what followed may be later."""
    inside = known_by(table["started"], view)
    if view.start is not None:
        inside &= table["started"] >= pd.Timestamp(view.start, tz="UTC")
    return table[inside]


def task_success(job: Job, table: pd.DataFrame | None, *, view: View) -> dict[str, Estimate]:
    """Verified completions / starts for every step of the job, with Wilson's interval, from `attempts`."""
    if table is None or table.empty:
        return {step: Estimate.missing(_ABSENT, as_of=view.as_of) for step in job.step_by_id}
    starts = _kept_starts.get(table, None, lambda: _Starts.of(table))
    return {step: _ratio(*starts.counted(step, view), view.as_of) for step in job.step_by_id}


@dataclass(frozen=True)
class _Starts:
    """Per step the moments of its starts in order, and running counts of those that succeeded."""

    by_step: Mapping[str, tuple[pd.DatetimeIndex, NDArray[np.intp]]]

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        """The starts of an attempts table."""
        ordered = table.assign(started=pd.to_datetime(table["started"], utc=True)).sort_values("started")
        parts = ordered.groupby("step", sort=False)
        return cls({str(step): (pd.DatetimeIndex(part["started"]), _running(part["success"])) for step, part in parts})

    def counted(self, step: str, view: View) -> tuple[int, int]:
        """Verified completions and starts of a step in a view's period."""
        if step not in self.by_step:
            return 0, 0
        started, succeeded = self.by_step[step]
        last = int(started.searchsorted(pd.Timestamp(view.as_of), side="right"))
        if view.end is not None:
            last = min(last, int(started.searchsorted(pd.Timestamp(view.end, tz="UTC"))))
        first = 0 if view.start is None else int(started.searchsorted(pd.Timestamp(view.start, tz="UTC")))
        return (0, 0) if last <= first else (int(succeeded[last] - succeeded[first]), last - first)


def _running(success: pd.Series[bool]) -> NDArray[np.intp]:
    return np.concatenate([[0], np.cumsum(success.to_numpy(dtype=bool))]).astype(np.intp)


def heart(table: pd.DataFrame, step: str, *, as_of: datetime) -> Heart:
    """The HEART figures of one step from the `attempts` of all steps."""
    mine = table[table["step"] == step]
    starts, customers = len(mine), int(mine["customer"].nunique())
    per_customer = mine.groupby("customer").size().astype(float)
    return Heart(
        _ratio(int(mine["success"].sum()), starts, as_of),
        _ratio(int(mine["error"].sum()), starts, as_of),
        _mean(mine["minutes"].dropna(), as_of),
        _mean(per_customer, as_of),
        _ratio(customers, int(table["customer"].nunique()), as_of),
    )


def _ratio(hits: int, size: int, as_of: datetime) -> Estimate:
    if size < MIN_ATTEMPTS:
        reason = f"not enough evidence: {size} starts of this step, {MIN_ATTEMPTS} are needed" if size else _ABSENT
        return Estimate.missing(reason, as_of=as_of, n=size)
    interval = wilson_interval(hits, size)
    return Estimate(interval.value, interval.low, interval.high, size, 0, "events", as_of)


def _mean(values: pd.Series[float], as_of: datetime) -> Estimate:
    """A plain mean of a value that cannot be negative, with a t interval."""
    size = len(values)
    if size < MIN_ATTEMPTS:
        reason = f"not enough evidence: {size} values on this step, {MIN_ATTEMPTS} are needed"
        return Estimate.missing(reason, as_of=as_of, n=size)
    mean = float(values.mean())
    spread = t_quantile(size - 1) * float(values.std(ddof=1)) / size**0.5
    return Estimate(mean, max(mean - spread, 0.0), mean + spread, size, 0, "events", as_of)
