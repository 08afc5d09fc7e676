"""Annotations of a job's trend lines: added, edited and withdrawn as events, never overwritten."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alignment.annotations import KINDS, Annotation
from store.session import insert_new
from store.tables import annotation_events as table
from tagger.redact import redact
from taxonomy.errors import BadInputError


class AnnotationError(BadInputError):
    """An annotation that cannot be kept, or is not there."""


def record_annotation(
    session: Session,
    job_id: str,
    *,
    kind: str,
    at: datetime,
    text: str,
    by: str,
    step: str | None = None,
    annotation: str | None = None,
    anew: bool = False,
) -> str:
    """Keep an annotation and give its id; the same one twice is kept once. Raises AnnotationError.

    `annotation` names it (a caller's own key); without, its content does. `anew`: a person says it now, so where the
    same words were withdrawn or changed since they were first said, they stand as another annotation.
    """
    _check(kind, text)
    now = datetime.now(UTC)
    key = annotation or _id(job_id, kind, at, step, text)
    one = Annotation(key, kind, at, redact(text.strip()).text, by, step, now)
    found = _newest(session, job_id, key)
    if found is not None and anew and (found[1] or replace(found[0], by=by, recorded_at=now) != one):
        one, found = replace(one, id=_id(job_id, kind, at, step, f"{text}\n{now.isoformat()}")), None
    if found is None:
        _append(session, job_id, one)
    return one.id


def edit_annotation(
    session: Session,
    job_id: str,
    annotation: str,
    *,
    by: str,
    at: datetime | None = None,
    text: str | None = None,
    step: str | None = None,
    whole_job: bool = False,
    withdrawn: bool = False,
) -> None:
    """Put a changed form of an annotation beside the old one, or withdraw it. Raises AnnotationError if unknown.

    What is None stays as it is; `whole_job` takes it off its step.
    """
    found = _newest(session, job_id, annotation)
    if found is None or found[1]:
        raise AnnotationError(f"job {job_id!r} has no annotation {annotation!r}: see `headway annotations list`")
    old = found[0]
    changed = replace(
        old,
        at=at or old.at,
        text=redact((text or old.text).strip()).text,
        step=None if whole_job else step or old.step,
        by=by,
    )
    _check(changed.kind, changed.text)
    if changed != replace(old, by=by) or withdrawn:
        _append(session, job_id, replace(changed, recorded_at=datetime.now(UTC)), withdrawn=withdrawn)


def read_annotations(session: Session, job_id: str, *, as_of: datetime | None = None) -> tuple[Annotation, ...]:
    """The annotations of a job as known at a moment (default: now), oldest first, without those withdrawn."""
    last = select(table.c.annotation, func.max(table.c.number).label("number")).where(table.c.job_id == job_id)
    if as_of is not None:
        last = last.where(table.c.recorded_at <= as_of)
    newest = last.group_by(table.c.annotation).subquery()
    query = (
        select(table)
        .join(newest, (newest.c.annotation == table.c.annotation) & (newest.c.number == table.c.number))
        .where(table.c.job_id == job_id, table.c.withdrawn.is_(False))
        .order_by(table.c.at, table.c.annotation)
    )
    return tuple(_annotation(row) for row in session.execute(query))


@dataclass(frozen=True)
class AnnotationEvent:
    """One thing said of an annotation: as it stood from then on, or that it was withdrawn. `number` 0 added it."""

    number: int
    annotation: Annotation
    withdrawn: bool


def annotation_history(session: Session, job_id: str) -> dict[str, tuple[AnnotationEvent, ...]]:
    """Everything that was ever said of each annotation of a job, the oldest event first."""
    query = select(table).where(table.c.job_id == job_id).order_by(table.c.annotation, table.c.number)
    found: dict[str, tuple[AnnotationEvent, ...]] = {}
    for row in session.execute(query):
        event = AnnotationEvent(row.number, _annotation(row), row.withdrawn)
        found[row.annotation] = (*found.get(row.annotation, ()), event)
    return found


def _annotation(row: Any) -> Annotation:
    return Annotation(row.annotation, row.kind, row.at, row.text, row.by, row.step, row.recorded_at)


def _check(kind: str, text: str) -> None:
    if kind not in KINDS:
        raise AnnotationError(f"unknown kind {kind!r}: use {', '.join(KINDS)}")
    if not text.strip():
        raise AnnotationError("an annotation needs a text that says what happened")


def _newest(session: Session, job_id: str, annotation: str) -> tuple[Annotation, bool] | None:
    query = select(table).where(table.c.job_id == job_id, table.c.annotation == annotation)
    row = session.execute(query.order_by(table.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return _annotation(row), row.withdrawn


def _append(session: Session, job_id: str, one: Annotation, *, withdrawn: bool = False) -> None:
    """Raises AnnotationError if somebody else changed it in the same moment."""
    said = select(func.max(table.c.number)).where(table.c.job_id == job_id, table.c.annotation == one.id)
    newest = session.scalar(said)
    row = {
        "job_id": job_id,
        "annotation": one.id,
        "number": 0 if newest is None else newest + 1,
        "kind": one.kind,
        "at": one.at,
        "step": one.step,
        "text": one.text,
        "withdrawn": withdrawn,
        "by": one.by,
        "recorded_at": one.recorded_at,
    }
    if not insert_new(session, table, [row]) and newest is not None:
        raise AnnotationError(f"annotation {one.id!r} was changed by somebody else just now: read it and try again")


def _id(job_id: str, kind: str, at: datetime, step: str | None, text: str) -> str:
    said = "\n".join((job_id, kind, at.astimezone(UTC).isoformat(), step or "", text.strip()))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
