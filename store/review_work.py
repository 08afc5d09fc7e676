"""What analysts do with an item: decide, undo, skip, flag. Nothing is ever overwritten: all of it is added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from store.review_claims import check_not_held, hold, lease_of, lock_item, release
from store.review_queueing import LONGEST_NOTE, Stamp, queue_contacts
from store.review_standing import read_reads, restage, said
from store.review_tables import review_decisions, review_events, review_items
from tagger.redact import redact
from tagger.review import ReviewError
from tagger.review_reads import Read, ReadKind, kind_of_read, suggestion_hidden
from tagger.review_reasons import GOLD


@dataclass(frozen=True)
class Answer:
    """What an analyst says of a contact. `step` None: fits no step; `_cannot_tell`: the text does not say."""

    step: str | None
    outcome: str | None = None
    secondary: tuple[str, ...] = ()
    note: str | None = None
    flagged: bool = False


@dataclass(frozen=True)
class Recorded:
    """A decision as it was taken: which read it is, and what the item waits for now."""

    item: str
    decision: int
    read: ReadKind
    suggestion_hidden: bool
    waits_for: str


def decide(session: Session, item: str, by: str, answer: Answer, *, now: datetime) -> Recorded:
    """Record an analyst's decision. Raises HeldByAnotherError, UnknownItemError.

    One that comes after its lease ran out is kept: as it is where nobody else decided, else as a second read.
    The same answer sent twice, as by a double click, is recorded once: undo then takes all of it back.
    """
    row = lock_item(session, item)
    lease = lease_of(session, item)
    check_not_held(lease, by, now=now)
    reads = read_reads(session, [item])[item]
    before = next((read for read in reads if read.by == by), None)
    if before is not None and _says_again(session, item, before, answer):
        release(session, item, by, now=now)
        hidden = suggestion_hidden(item, by, kind=before.kind)
        return Recorded(item, before.decision, before.kind, hidden, _waits(session, item))
    kind = kind_of_read(reads, by, gold=row.reason == GOLD)
    hidden = suggestion_hidden(item, by, kind=kind)
    seconds = (now - lease.taken_at).total_seconds() if lease is not None and lease.by == by else None
    decision = {
        "step": answer.step,
        "outcome": answer.outcome,
        "secondary": list(answer.secondary),
        "suggestion_hidden": hidden,
        "seconds": seconds,
    }
    made = session.execute(
        insert(review_decisions).returning(review_decisions.c.pk),
        [{**decision, "item": item, "by": by, "at": now, "recorded_at": now, "read": kind}],
    ).scalar_one()
    event = {"decision": made, "read": kind, "seconds": seconds, "suggestion_hidden": hidden}
    _note(session, row, "decide", by, now=now, before=said(before), after=_answer(answer), note=answer.note, **event)
    if answer.flagged:
        _flag(session, row, by, now=now, note=answer.note)
    release(session, item, by, now=now)
    restage(session, [item])
    return Recorded(item, made, kind, hidden, _waits(session, item))


def undo(session: Session, item: str, by: str, *, now: datetime) -> Read:
    """Take back this analyst's decision on an item; they hold it again. It stays in the record, as does the undo.

    Raises HeldByAnotherError, UnknownItemError, ReviewError where there is nothing of theirs to undo.
    """
    row = lock_item(session, item)
    check_not_held(lease_of(session, item), by, now=now)
    own = next((read for read in read_reads(session, [item])[item] if read.by == by), None)
    if own is None:
        raise ReviewError(f"item {item!r}: {by} has no decision on it to undo")
    _note(session, row, "undo", by, now=now, decision=own.decision, read=own.kind, before=said(own))
    restage(session, [item])
    hold(session, item, by, now=now)
    return own


def skip(session: Session, item: str, by: str, *, now: datetime, note: str | None = None) -> None:
    """Pass an item on; it comes back to this analyst only when nothing else is left. Raises HeldByAnotherError."""
    row = lock_item(session, item)
    check_not_held(lease_of(session, item), by, now=now)
    _note(session, row, "skip", by, now=now, note=note)
    release(session, item, by, now=now)


def flag(session: Session, item: str, by: str, *, now: datetime, note: str | None = None) -> None:
    """Mark a contact for somebody else to look at, decided or not: it enters the queue for that reason.

    Raises UnknownItemError.
    """
    _flag(session, lock_item(session, item), by, now=now, note=note)


def _flag(session: Session, row: Row[Any], by: str, *, now: datetime, note: str | None) -> None:
    _note(session, row, "flag", by, now=now, note=note)
    stamp = Stamp(row.job_id, row.job_version, row.model_id)
    queue_contacts(session, [row.contact_pk], "flagged", stamp=stamp, by=by, note=_kept(note))


def last_decided(session: Session, job_id: str, by: str, *, since: datetime) -> Row[Any] | None:
    """The newest event of an analyst that is a decision not undone since, or None: what `undo` would take back."""
    query = (
        select(review_events)
        .join(review_items, review_items.c.item == review_events.c.item)
        .where(review_items.c.job_id == job_id, review_events.c.by == by, review_events.c.recorded_at >= since)
        .where(review_events.c.kind.in_(("decide", "undo")))
        .order_by(review_events.c.pk.desc())
        .limit(100)
    )
    undone = set()
    for event in session.execute(query):
        if event.kind == "undo":
            undone.add(event.decision)
        elif event.decision not in undone:
            return event
    return None


def _note(
    session: Session, item: Row[Any], kind: str, by: str, *, now: datetime, note: str | None = None, **facts: Any
) -> None:
    stamp = {"job_version": item.job_version, "model_id": item.model_id, "recorded_at": now}
    session.execute(
        insert(review_events), [{"item": item.item, "kind": kind, "by": by, "note": _kept(note), **facts, **stamp}]
    )


def _answer(answer: Answer) -> Mapping[str, Any]:
    return {"step": answer.step, "outcome": answer.outcome, "secondary": list(answer.secondary)}


def _says_again(session: Session, item: str, before: Read, answer: Answer) -> bool:
    """Whether nothing in an answer is new beside the analyst's read before: no other label, note or flag."""
    if before.kind == "bulk" or said(before) != _answer(answer):
        return False
    own = select(review_events.c.kind, review_events.c.note).where(
        review_events.c.item == item, review_events.c.by == before.by
    )
    told = session.execute(own.where(review_events.c.kind.in_(("decide", "flag")))).all()
    note = _kept(answer.note)
    return (note is None or note in {event.note for event in told}) and (
        not answer.flagged or any(event.kind == "flag" for event in told)
    )


def _kept(note: str | None) -> str | None:
    return redact(note.strip()).text[:LONGEST_NOTE] if note and note.strip() else None


def _waits(session: Session, item: str) -> str:
    waits: str = session.execute(select(review_items.c.waits_for).where(review_items.c.item == item)).scalar_one()
    return waits
