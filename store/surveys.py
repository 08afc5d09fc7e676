"""Outcome surveys and product events: what customers said mattered, and what they managed to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from store.erased import answer_key, erased_among, erasure_number, event_key
from store.kept import Kept
from store.session import insert_new
from store.tables import outcome_answers, product_events

_kept: Kept[pd.DataFrame] = Kept(8)


ANSWER_KEY = ("respondent", "outcome", "answered_at")
ANSWER_FACTS = ("importance", "satisfaction", "scale")
EVENT_KEY = ("event_id",)
EVENT_FACTS = ("customer", "at", "step", "type", "success")

Added = tuple[int, tuple[int, ...]]
"""How many rows were new, and the positions of those whose key is there with other content."""


def add_answers(session: Session, rows: Sequence[Mapping[str, Any]]) -> Added:
    """Store outcome-survey answers by (job, respondent, outcome, moment); what was erased stays out."""
    return _add(session, outcome_answers, rows, ANSWER_KEY, ANSWER_FACTS)


def add_events(session: Session, rows: Sequence[Mapping[str, Any]]) -> Added:
    """Store product events by (job, event id); what was erased stays out."""
    return _add(session, product_events, rows, EVENT_KEY, EVENT_FACTS)


def _add(
    session: Session,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    key: tuple[str, ...],
    facts: tuple[str, ...],
) -> Added:
    known = _known(session, table, rows, key, facts)
    tombs = [answer_key(row) if table is outcome_answers else event_key(row) for row in rows]
    erased = erased_among(session, tombs)
    at_odds, fresh = [], []
    for position, row in enumerate(rows):
        name, content = tuple(row[one] for one in key), tuple(row[one] for one in facts)
        if tombs[position] in erased:
            continue
        if known.setdefault(name, content) != content:
            at_odds.append(position)
        else:
            fresh.append(row)
    now = datetime.now(UTC)
    return insert_new(session, table, [{**row, "recorded_at": now} for row in fresh]), tuple(at_odds)


def _known(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], key: tuple[str, ...], facts: tuple[str, ...]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What is stored under the first part of the rows' keys: key to facts."""
    first, names = key[0], sorted({row[key[0]] for row in rows})
    found = {}
    for at in range(0, len(names), 500):
        query = select(*(table.c[name] for name in (*key, *facts))).where(
            table.c.job_id == rows[0]["job_id"], table.c[first].in_(names[at : at + 500])
        )
        found.update({tuple(row[: len(key)]): tuple(row[len(key) :]) for row in session.execute(query)})
    return found


def read_answers(session: Session, job_id: str, *, as_of: datetime | None = None) -> pd.DataFrame:
    """All answers known at a moment as given; `segment` and `circumstance` are opened into dotted columns."""
    return _read_once(session, outcome_answers, job_id, as_of)


def read_events(session: Session, job_id: str, *, as_of: datetime | None = None) -> pd.DataFrame:
    """All product events known at a moment; `segment` is opened into dotted columns."""
    return _read_once(session, product_events, job_id, as_of)


def _read_once(session: Session, table: Table, job_id: str, as_of: datetime | None) -> pd.DataFrame:
    known = table.c.job_id == job_id
    if as_of is not None:
        known &= table.c.recorded_at <= as_of
    newest = session.scalar(select(func.max(table.c.pk)).where(known)) or 0
    key = (str(session.get_bind().engine.url), table.name, job_id, newest, erasure_number(session))
    return _kept.get(key, lambda: _read(session, table, known & (table.c.pk <= newest)))


def _read(session: Session, table: Table, known: ColumnElement[bool]) -> pd.DataFrame:
    query = select(table).where(known).order_by(table.c.pk)
    rows = [_opened(dict(row._mapping)) for row in session.execute(query)]
    names = [column.name for column in table.c if column.name not in ("segment", "circumstance")]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=names)


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    for group in ("segment", "circumstance"):
        for name, value in (row.pop(group, None) or {}).items():
            row[f"{group}.{name}"] = value
    return row
