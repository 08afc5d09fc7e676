"""How long each kind of data is kept: what is past its days is found and removed, figures stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from alignment.moments import week_of
from store.erased import frozen_before
from store.erasure_rows import remove_where
from store.erasure_tables import frozen_figures
from store.original_tables import originals
from store.originals import forget_originals
from store.settings import Settings
from store.tables import (
    contacts,
    gap_members,
    outcome_answers,
    product_events,
    quarantine,
    review_events,
    review_gold,
    review_items,
    review_leases,
    transcripts,
)

KINDS: Mapping[str, str] = {
    "text": "redacted transcripts, with the vectors and answers made from them; tags and figures stay",
    "originals": "unredacted originals, where they are kept at all",
    "embeddings": "sentence vectors that are kept to read faster",
    "llm": "answers of an LLM that are kept to pay once",
    "quarantine": "refused input",
    "notes": "what reviewers wrote beside their decisions",
    "exports": "files that were exported for review",
    "models": "trained models that are not in use",
    "logs": "lines of the log",
    "contacts": "contacts with tags, decisions and all; their figures stay as sums",
    "surveys": "outcome surveys and product events by customer; figures from them go",
}
"""Kinds of data with a number of days of their own, HEADWAY_RETENTION_KIND_DAYS; unset: kept."""


def days_kept(settings: Settings) -> dict[str, float]:
    """The kinds that are not kept for ever, with their days."""
    found = {kind: getattr(settings, f"retention_{kind}_days") for kind in KINDS}
    return {kind: days for kind, days in found.items() if days is not None}


def before(moment: datetime, days: float) -> datetime:
    """What is older than this is past its days."""
    return moment - timedelta(days=days)


def old_texts(session: Session, limit: datetime, *, most: int) -> list[int]:
    """Rows of contacts whose text is past its days, by when they began, else when they came in."""
    began = func.coalesce(contacts.c.started_at, contacts.c.ingested_at)
    query = select(transcripts.c.contact_pk).join(contacts, contacts.c.pk == transcripts.c.contact_pk)
    return list(session.scalars(query.where(began < limit).order_by(contacts.c.pk).limit(most)))


def count_old_texts(session: Session, limit: datetime) -> int:
    """How many transcripts are past their days."""
    began = func.coalesce(contacts.c.started_at, contacts.c.ingested_at)
    joined = transcripts.join(contacts, contacts.c.pk == transcripts.c.contact_pk)
    return session.scalar(select(func.count()).select_from(joined).where(began < limit)) or 0


def remove_texts(session: Session, keys: Sequence[int]) -> dict[str, int]:
    """The transcripts of contacts, and what only makes sense beside them: open queue items, places in groups.

    A drawn item that nobody decided is closed, not removed: what was drawn and never read must go on holding back the
    prefix of its draw that counts, or the figures would lean.
    """
    waiting = (review_items.c.contact_pk.in_(keys)) & (review_items.c.waits_for != "done")
    rows = session.execute(select(review_items.c.item, review_items.c.drawn).where(waiting)).all()
    drawn, others = ([row.item for row in rows if bool(row.drawn) is wanted] for wanted in (True, False))
    remove_where(session, review_leases.c.item, [*drawn, *others])
    session.execute(update(review_items).where(review_items.c.item.in_(drawn)).values(waits_for="done"))
    return {
        "drawn items closed unread": len(drawn),
        "open review items": remove_where(session, review_items.c.item, others),
        "group members": remove_where(session, gap_members.c.contact_pk, keys),
        "originals": forget_originals(session, keys),
        "transcripts": remove_where(session, transcripts.c.contact_pk, keys),
    }


def old_originals(limit: datetime) -> ColumnElement[bool]:
    """The condition that an original is past its days."""
    return originals.c.kept_at < limit


def remove_originals(session: Session, limit: datetime) -> dict[str, int]:
    """Originals past their days; the redacted words stay."""
    keys = list(session.scalars(select(originals.c.contact_pk).where(old_originals(limit))))
    return {"originals": forget_originals(session, keys)}


def old_quarantine(limit: datetime) -> ColumnElement[bool]:
    """The condition that refused input is past its days."""
    return quarantine.c.seen_at < limit


def old_notes(limit: datetime) -> ColumnElement[bool]:
    """The condition that a reviewer's note is past its days."""
    return (review_events.c.note.is_not(None)) & (review_events.c.recorded_at < limit)


def count_where(session: Session, condition: ColumnElement[bool]) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).where(condition)) or 0


def remove_quarantine(session: Session, limit: datetime) -> dict[str, int]:
    """Refused input past its days."""
    keys = list(session.scalars(select(quarantine.c.pk).where(old_quarantine(limit))))
    return {"quarantined": remove_where(session, quarantine.c.pk, keys)}


def remove_notes(session: Session, limit: datetime) -> dict[str, int]:
    """Notes past their days; decisions and events stay."""
    gone = count_where(session, old_notes(limit))
    session.execute(update(review_events).where(old_notes(limit)).values(note=None))
    gold = (review_gold.c.note.is_not(None)) & (review_gold.c.recorded_at < limit)
    gone += count_where(session, gold)
    session.execute(update(review_gold).where(gold).values(note=None))
    return {"notes": gone}


def first_kept_day(limit: datetime) -> date:
    """The Monday from which contacts are kept: figures are frozen by whole weeks, as replicates are kept by week."""
    return week_of(limit.date())


def old_contacts(session: Session, monday: date, *, most: int) -> list[int]:
    """Rows of contacts that began before a day; those without a date are kept, since their slice has no day."""
    query = select(contacts.c.pk).where(_began_before(monday)).order_by(contacts.c.pk)
    return list(session.scalars(query.limit(most)))


def count_old_contacts(session: Session, monday: date) -> int:
    """How many contacts are past their days."""
    return count_where(session, _began_before(monday))


def freeze_figures(session: Session, monday: date, *, now: datetime) -> bool:
    """Let the figures of earlier days stand as they are for good; whether that is news."""
    known = frozen_before(session)
    if known is not None and known >= monday:
        return False
    session.execute(insert(frozen_figures), [{"before": monday, "recorded_at": now}])
    return True


def remove_old_contacts(session: Session, keys: Sequence[int]) -> dict[str, int]:
    """Contacts with everything that hangs on them."""
    return {"contacts": remove_where(session, contacts.c.pk, keys)}


def remove_surveys(session: Session, limit: datetime) -> dict[str, int]:
    """Outcome surveys answered, and product events that happened, before a moment."""
    answers = list(session.scalars(select(outcome_answers.c.pk).where(outcome_answers.c.answered_at < limit)))
    events = list(session.scalars(select(product_events.c.pk).where(product_events.c.at < limit)))
    return {
        "survey answers": remove_where(session, outcome_answers.c.pk, answers),
        "product events": remove_where(session, product_events.c.pk, events),
    }


def count_surveys(session: Session, limit: datetime) -> int:
    """How many survey answers and product events are past their days."""
    return count_where(session, outcome_answers.c.answered_at < limit) + count_where(
        session, product_events.c.at < limit
    )


def _began_before(monday: date) -> ColumnElement[bool]:
    return contacts.c.started_at < datetime.combine(monday, time(), UTC)
