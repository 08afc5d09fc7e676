"""How often customers active at a step contact us about it: exposure beside friction (METHODS 4).

Friction is per contact, and those who contact are not everyone. Active are the customers with a product event on the
step in the view's period; their number counts as known, so that the interval is that of the contacts alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from alignment.estimate import Estimate
from alignment.scorecard import StepFigures, View
from alignment.survey import inside_filters, known_by

MIN_CUSTOMERS = 10
"""Fewer active customers than this are no base."""


def with_exposure(
    figures: Sequence[StepFigures], events: pd.DataFrame | None, *, view: View
) -> tuple[StepFigures, ...]:
    """The steps' figures with contacts per active customer, or why that is not known."""
    active = {} if events is None or events.empty else active_customers(events, view=view)
    return tuple(replace(one, exposure=_exposure(one.volume, active.get(one.step, 0))) for one in figures)


def active_customers(events: pd.DataFrame, *, view: View) -> Mapping[str, int]:
    """Customers with an event of any type per step, in the view's period and segments (events know no channel)."""
    inside = known_by(events["at"], view) & inside_filters(events, view) & events["customer"].notna()
    if view.start is not None:
        inside &= pd.to_datetime(events["at"], utc=True) >= pd.Timestamp(view.start, tz="UTC")
    return {str(step): int(count) for step, count in events[inside].groupby("step")["customer"].nunique().items()}


def _exposure(volume: Estimate, active: int) -> Estimate:
    if active < MIN_CUSTOMERS:
        why = f"{active} customers have a product event on this step in this view, {MIN_CUSTOMERS} are needed"
        return Estimate.missing(f"not enough evidence: {why}", as_of=volume.as_of, n=active)
    if volume.value is None:
        return volume
    ends = [None if end is None else end / active for end in (volume.low, volume.high)]
    note = f"{active} active customers"
    reason = f"{note}; {volume.reason}" if volume.reason else note
    return replace(volume, value=volume.value / active, low=ends[0], high=ends[1], reason=reason)
