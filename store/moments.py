"""Moments in the database: a slice that changed is written again beside the old one, never over it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from alignment.moments import Array, Moments, Slice, slice_from_bytes, slice_to_bytes
from alignment.targets import Targets
from store.erased import erasure_number, frozen_before
from store.kept import Kept
from store.replicates import newest_replicates, read_replicates
from store.session import insert_new
from store.tables import moments as table
from taxonomy.model import Job

_kept: Kept[Moments] = Kept(8)
_sums: WeakValueDictionary[tuple[str, str], Array] = WeakValueDictionary()
"""Sums in use by job version and digest: one day more changes few slices, so what is kept shares all others."""


def save_slices(
    session: Session, job: Job, *, model_id: str, moments: Moments, within: Collection[Slice] | None = None
) -> list[Slice]:
    """Append the slices that differ from what is stored; which they are.

    A slice that is gone becomes zero: of all that are stored, or of those `within`, where only these were folded.
    """
    slices: dict[Slice, Array] = dict(moments.slices)
    stored = _digests(
        session, job, model_id, None if within is None else {slice_key(where) for where in (*slices, *within)}
    )
    keyed = {slice_key(where): where for where in slices}
    frozen = frozen_before(session)
    for gone in stored.keys() - keyed.keys():
        where = stored[gone][1]
        if frozen is not None and where.day is not None and where.day < frozen:
            continue  # its contacts were removed by retention, its figures stay
        keyed[gone], slices[where] = where, np.zeros(moments.shape)
    now, changed, rows = datetime.now(UTC), [], []
    for key, where in keyed.items():
        sums = slice_to_bytes(slices[where])
        digest = hashlib.sha256(sums).hexdigest()
        if key not in stored or stored[key][0] != digest:
            facts = {"slice_key": key, "digest": digest, "sums": sums, "recorded_at": now}
            rows.append({**_names(job, model_id), **_place(where), **facts})
            changed.append(where)
    for at in range(0, len(rows), 200):
        insert_new(session, table, rows[at : at + 200])
    return changed


def stored_slices(session: Session, job: Job, *, model_id: str) -> list[Slice]:
    """Every slice that has sums, or had."""
    columns = (table.c.day, table.c.channel, table.c.segment, table.c.circumstance)
    last = select(func.max(table.c.pk).label("pk")).where(*_of(job, model_id)).group_by(table.c.slice_key).subquery()
    return [_slice(row) for row in session.execute(select(*columns).join(last, last.c.pk == table.c.pk))]


def read_moments(session: Session, job: Job, *, model_id: str, as_of: datetime | None = None) -> Moments:
    """The moments as they were believed at a moment (default: now).

    Rows are only ever added, so what was read up to one row stays true until somebody is erased: it is kept for the
    next reader.
    """
    newest = newest_moment(session, job, model_id, as_of)
    resampled = newest_replicates(session, job, model_id, as_of)
    erased = erasure_number(session)
    key = (str(session.get_bind().engine.url), job.id, job.stamp, model_id, newest, resampled, erased)
    replicates = partial(read_replicates, session, job, model_id=model_id, as_of=as_of)
    return _kept.get(key, lambda: replace(_read(session, job, model_id, newest), replicates=replicates()))


def newest_moment(session: Session, job: Job, model_id: str, as_of: datetime | None) -> int:
    """The last row of a job's moments at a moment; 0 where there is none."""
    query = select(func.max(table.c.pk)).where(*_of(job, model_id))
    if as_of is not None:
        query = query.where(table.c.recorded_at <= as_of)
    return session.scalar(query) or 0


def _read(session: Session, job: Job, model_id: str, newest: int) -> Moments:
    targets = Targets.of(job)
    last = (
        select(func.max(table.c.pk).label("pk"))
        .where(*_of(job, model_id), table.c.pk <= newest)
        .group_by(table.c.slice_key)
        .subquery()
    )
    query = select(table.c.day, table.c.channel, table.c.segment, table.c.circumstance, table.c.digest, table.c.sums)
    # Always in one order: when contacts came in must not show in sums over slices, not in the last bit either.
    rows = session.execute(query.join(last, last.c.pk == table.c.pk).order_by(table.c.slice_key))
    return Moments(targets, {_slice(row): _shared(row, targets, job) for row in rows})


def _shared(row: Any, targets: Targets, job: Job) -> Array:
    """The sums of a row, the same array for every reader; nobody may change it."""
    key = (job.stamp, row.digest)
    found = _sums.get(key)
    if found is None:
        found = slice_from_bytes(row.sums, targets)
        found.flags.writeable = False
        _sums[key] = found
    return found


def _of(job: Job, model_id: str) -> Any:
    return (and_(table.c.job_id == job.id, table.c.job_version == job.stamp, table.c.model_id == model_id),)


def _digests(session: Session, job: Job, model_id: str, keys: Collection[str] | None) -> dict[str, tuple[str, Slice]]:
    """The newest digest of every stored slice, or of those with these keys."""
    query = select(
        table.c.slice_key, table.c.digest, table.c.day, table.c.channel, table.c.segment, table.c.circumstance
    )
    mine = query.where(*_of(job, model_id)).order_by(table.c.pk)
    wanted = sorted(keys or ())
    parts = [mine.where(table.c.slice_key.in_(wanted[at : at + 500])) for at in range(0, len(wanted), 500)]
    queries = [mine] if keys is None else parts
    return {row.slice_key: (row.digest, _slice(row)) for one in queries for row in session.execute(one)}


def _slice(row: Any) -> Slice:
    return Slice(row.day, row.channel, _pairs(row.segment), _pairs(row.circumstance))


def _pairs(stored: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in stored)


def slice_key(where: Slice) -> str:
    """What a slice is stored under; 32 hex digits."""
    parts = (str(where.day), where.channel, where.segment, where.circumstance)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _names(job: Job, model_id: str) -> Mapping[str, Any]:
    return {"job_id": job.id, "job_version": job.stamp, "model_id": model_id}


def _place(where: Slice) -> Mapping[str, Any]:
    return {
        "day": where.day,
        "channel": where.channel,
        "segment": [list(pair) for pair in where.segment],
        "circumstance": [list(pair) for pair in where.circumstance],
    }
