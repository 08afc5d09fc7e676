"""What `headway measure` costs on stored contacts: the first time, again, and after one more day."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from evals.measures_world import FIRST, TaggedRows, labels_of, shards, twelve_steps
from flows.measure import measure
from flows.workspace import Workspace
from store.session import insert_new
from store.settings import Settings
from store.tables import contacts as contact_table
from store.tables import tags
from store.tags import save_label_space

DAYS = 180
MODEL = "bench"
BATCH = 5000


def stored_measures(folder: Path, *, contacts: int) -> dict[str, Any]:
    """Seconds of each measurement on SQLite in `folder`; the new day's customers are partly those of before."""
    job = twelve_steps()
    workspace = Workspace(Settings(home=folder), job)
    workspace.database.upgrade()
    with workspace.database.session() as session:
        save_label_space(session, MODEL, labels_of(job))
    for rows in shards(contacts, days=DAYS, pieces=6):
        _store(workspace, rows, shift=_shift())
    end = datetime.now(UTC) + timedelta(minutes=10)
    first = _timed(workspace, end)
    again = _timed(workspace, end)
    day = next(iter(shards(contacts // DAYS, days=1, pieces=1, seed=2)))
    customers = next(iter(shards(contacts, days=DAYS, pieces=6))).frame["customer"]
    day = replace(day, frame=day.frame.assign(customer=customers.to_numpy()[: len(day.frame)]))
    _store(workspace, day, shift=_shift() + DAYS)
    after = _timed(workspace, end + timedelta(days=1))
    whole = _timed(workspace, end + timedelta(days=1), full=True)
    return {
        "contacts": contacts,
        "first_seconds": first["seconds"],
        "nothing_new_seconds": again["seconds"],
        "one_day_seconds": after["seconds"],
        "one_day_read": after["read"],
        "one_day_slices": after["slices"],
        "whole_again_seconds": whole["seconds"],
        "whole_again_slices": whole["slices"],
        "one_day_over_whole": round(after["seconds"] / whole["seconds"], 4),
    }


def _timed(workspace: Workspace, as_of: datetime, *, full: bool = False) -> Mapping[str, Any]:
    began = time.perf_counter()
    done = measure(workspace, as_of=as_of, full=full)
    return {
        "seconds": round(time.perf_counter() - began, 2),
        "read": done.contacts,
        "slices": done.slices_written,
    }


def _shift() -> int:
    """Days by which the contacts are moved, so that the last of them are of yesterday."""
    return (datetime.now(UTC).date() - FIRST).days - DAYS


def _store(workspace: Workspace, rows: TaggedRows, *, shift: int) -> None:
    frame, job = rows.frame, workspace.job
    minute = np.random.default_rng(3).integers(0, 24 * 60 - 60, len(frame))
    named = {"job_id": job.id, "job_version": job.stamp, "model_id": MODEL}
    tag = {"confidence": 0.9, "deferred": False, "source": "model", "evidence": [], "novelty": 0.0, **named}
    with workspace.database.session() as session:
        for at in range(0, len(frame), BATCH):
            part = frame.iloc[at : at + BATCH]
            made = [_contact(dict(row), int(minute[at + n]), shift) for n, row in enumerate(part.to_dict("records"))]
            insert_new(session, contact_table, made)
            keys = _keys(session, [row["contact_id"] for row in made])
            now = datetime.now(UTC)
            scored = zip(made, rows.scores[at : at + BATCH], strict=True)
            new = [
                {"contact_pk": keys[row["contact_id"]], "scores": one.tobytes(), "tagged_at": now, **tag}
                for row, one in scored
            ]
            insert_new(session, tags, new)


def _keys(session: Session, ids: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in range(0, len(ids), 500):
        query = select(contact_table.c.contact_id, contact_table.c.pk)
        rows = session.execute(query.where(contact_table.c.contact_id.in_(ids[at : at + 500])))
        found |= {row.contact_id: row.pk for row in rows}
    return found


def _contact(row: Mapping[Any, Any], minute: int, shift: int) -> dict[str, Any]:
    day = row["day"] + timedelta(days=shift)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    return {
        "source": "bench",
        "contact_id": f"{shift}-{row['contact']}",
        "content_hash": "",
        "customer": row["customer"],
        "channel": row["channel"],
        "started_at": start,
        "ended_at": start + timedelta(minutes=row["time"]),
        "transfers": int(row["transfers"]),
        "cost": row["cost"],
        "segment": dict(row["segment"]),
        "circumstance": {},
        "effort": None if np.isnan(row["effort"]) else row["effort"],
        "effort_scale": "ces2-7",
        "u": 0.5,
        "ingested_at": datetime.now(UTC),
    }
