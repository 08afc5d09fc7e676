"""First contact resolution, assumed from silence (METHODS 2, "First contact resolution")."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

LONG_WINDOW_DAYS = 30
"""The second window, always shown beside the job's own."""


def first_contact_resolution(frame: pd.DataFrame, *, window_days: float, as_of: datetime) -> pd.Series[float]:
    """1 where the first contact of a chain ended the matter, 0 where not, NaN where that is unknown or not asked.

    `frame` holds all contacts of one job: contact, customer, started_at, ended_at (UTC, may be missing),
    abandoned (True, False or missing). A chain is a customer's contacts, each begun within `window_days` after an
    earlier one ended. Its first contact counts 1 if nothing followed within the window and it was not abandoned.
    NaN: later contacts of a chain, no customer or date, window not closed at `as_of` (immature), after `as_of`.
    This is *assumed* resolution; confirmed and agent-marked resolution are other measures.
    """
    result = np.full(len(frame), np.nan)
    ordered = _in_order(frame, as_of)
    if ordered.empty:
        return pd.Series(result, index=frame.index)
    window = pd.Timedelta(days=window_days)
    first = ~(ordered["start"] <= _ended_before(ordered) + window)
    following = ordered.groupby("customer", sort=False)["start"].shift(-1)
    repeated = following <= ordered["end"] + window
    mature = ordered["end"] + window <= pd.Timestamp(as_of)
    resolved = (~repeated & ~ordered["abandoned"]).astype(float)
    values = resolved.where(first & mature)
    result[ordered["row"].to_numpy()] = values.to_numpy()
    return pd.Series(result, index=frame.index)


def chain_starts(frame: pd.DataFrame, *, window_days: float, as_of: datetime) -> pd.DataFrame:
    """First contacts of chains: end, abandoned, and when the customer's next contact began (`following`, may be NaT).

    `row` is the position in `frame`; chains as for `first_contact_resolution`.
    """
    ordered = _in_order(frame, as_of)
    following = ordered.groupby("customer", sort=False)["start"].shift(-1)
    first = ~(ordered["start"] <= _ended_before(ordered) + pd.Timedelta(days=window_days))
    return ordered.assign(following=following)[first & (ordered["end"] <= pd.Timestamp(as_of))]


def immature(frame: pd.DataFrame, *, window_days: float, as_of: datetime) -> int:
    """Contacts of known customer and date whose window is not yet closed at `as_of`."""
    ordered = _in_order(frame, as_of)
    if ordered.empty:
        return 0
    return int((ordered["end"] + pd.Timedelta(days=window_days) > pd.Timestamp(as_of)).sum())


def _in_order(frame: pd.DataFrame, as_of: datetime) -> pd.DataFrame:
    """Contacts of known customer begun by `as_of`, by customer and start; ties by contact id."""
    frame = frame.reset_index(drop=True)
    start = pd.to_datetime(frame["started_at"], utc=True)
    end = pd.to_datetime(frame["ended_at"], utc=True).fillna(start)
    contacts = pd.DataFrame(
        {
            "row": np.arange(len(frame)),
            "contact": frame["contact"],
            "customer": frame["customer"],
            "start": start,
            "end": end.where(end >= start, start),
            "abandoned": frame["abandoned"] == True,  # noqa: E712 - missing is not abandoned
        }
    )
    known = contacts["customer"].notna() & contacts["start"].notna() & (contacts["start"] <= pd.Timestamp(as_of))
    return contacts[known].sort_values(["customer", "start", "contact"], kind="stable")


def _ended_before(ordered: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """The latest end among a customer's earlier contacts; missing at the first one."""
    return ordered.groupby("customer", sort=False)["end"].cummax().groupby(ordered["customer"], sort=False).shift(1)
