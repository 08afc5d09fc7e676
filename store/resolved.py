"""Which contacts were resolved at first contact, worked out customer by customer (METHODS 2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from alignment.resolution import LONG_WINDOW_DAYS, first_contact_resolution
from store.tables import contacts
from store.tags import of_job
from taxonomy.model import Job

CHUNK = 500
"""Customers asked for at once."""

CUSTOMERS = 5000
"""Customers worked out at once."""

ROWS = 50_000
"""Contacts worked out at once, unless one customer has more."""

HISTORY = ("pk", "contact_id", "customer", "started_at", "ended_at", "abandoned")
"""What first contact resolution needs of a contact."""

UNKNOWN = -1

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Resolved:
    """First contact resolution by row of the contact, in ascending order: 9 bytes each for a row and both windows.

    `values` has shape (2, n), the job's own window first: 1, 0, or UNKNOWN.
    """

    rows: NDArray[np.int64]
    values: NDArray[np.int8]

    def of(self, keys: pd.Series[int]) -> Floats:
        """The values of these rows, shape (2, len(keys)); NaN where unknown or not asked."""
        wanted = keys.to_numpy(dtype=np.int64)
        found: Floats = np.full((2, len(wanted)), np.nan)
        if len(self.rows):
            place = np.minimum(np.searchsorted(self.rows, wanted), len(self.rows) - 1)
            known = (self.rows[place] == wanted) & (self.values[:, place] != UNKNOWN)
            found[known] = self.values[:, place][known]
        return found


def read_resolved(session: Session, job: Job, *, as_of: datetime, customers: Iterable[str | None] | None) -> Resolved:
    """The resolution of the contacts of these customers, or of all (None), tagged or not; nobody known has none."""
    if customers is None:
        histories = _all_histories(session, job)
    else:
        wanted = sorted({one for one in customers if isinstance(one, str)})
        parts = range(0, len(wanted), CUSTOMERS)
        histories = (read_history(session, job, wanted[at : at + CUSTOMERS]) for at in parts)
    windows = (job.friction.fcr.window_days, LONG_WINDOW_DAYS)
    rows, values = [np.zeros(0, np.int64)], [np.zeros((2, 0), np.int8)]
    for history in histories:
        each = [first_contact_resolution(history, window_days=days, as_of=as_of).to_numpy() for days in windows]
        rows.append(history["pk"].to_numpy(dtype=np.int64))
        values.append(np.nan_to_num(np.stack(each), nan=UNKNOWN).astype(np.int8))
    keys = np.concatenate(rows)
    order = np.argsort(keys)
    return Resolved(keys[order], np.concatenate(values, axis=1)[:, order])


def read_history(session: Session, job: Job, customers: Collection[str]) -> pd.DataFrame:
    """When the contacts of these customers began and ended, tagged or not, in the order of their rows."""
    query, wanted = _query(job), sorted(customers)
    rows = [
        row
        for at in range(0, len(wanted), CHUNK)
        for row in session.execute(query.where(contacts.c.customer.in_(wanted[at : at + CHUNK])))
    ]
    return _frame(sorted(rows, key=lambda row: row[0]))


def resolution_by_key(history: pd.DataFrame, *, window_days: float, as_of: datetime) -> pd.Series[float]:
    """First contact resolution by row of the contact."""
    values = first_contact_resolution(history, window_days=window_days, as_of=as_of)
    return pd.Series(values.to_numpy(), index=history["pk"].to_numpy())


def _all_histories(session: Session, job: Job) -> Iterator[pd.DataFrame]:
    """The histories of all customers, ROWS contacts or so at a time, each customer's in one piece."""
    query = _query(job).where(contacts.c.customer.is_not(None)).order_by(contacts.c.customer)
    part: list[Row[Any]] = []
    for _, rows in groupby(session.execute(query.execution_options(yield_per=5000)), key=lambda row: row.customer):
        part.extend(rows)
        if len(part) >= ROWS:
            yield _frame(part)
            part = []
    if part:
        yield _frame(part)


def _query(job: Job) -> Any:
    return select(*(contacts.c[name] for name in HISTORY)).where(of_job(job.id))


def _frame(rows: Collection[Row[Any]]) -> pd.DataFrame:
    """Rows of HISTORY as `first_contact_resolution` reads them."""
    return pd.DataFrame([tuple(row) for row in rows], columns=["pk", "contact", *HISTORY[2:]])
