"""The rows of an erasure, kind by kind: each kind is one unit of work, and removing it twice does no harm."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, delete, func, select, update
from sqlalchemy.orm import Session

from store.erasure import Work, chunks
from store.originals import forget_originals
from store.quarantine_tables import quarantine_people
from store.tables import (
    contact_drivers,
    contacts,
    gap_clusters,
    gap_members,
    outcome_answers,
    product_events,
    quarantine,
    review_decisions,
    review_gold,
    review_items,
    review_probabilities,
    tags,
    transcripts,
)

WORD = re.compile(r"\w\w+")


def remove_groups(session: Session, work: Work) -> dict[str, int]:
    """Out of groups of contacts that fit no step, and out of their names what nobody else of the group said."""
    said = {word for row in _texts(session, work.contacts) for word in WORD.findall(row.lower())}
    clusters = set()
    for some in chunks(work.contacts):
        clusters |= set(session.scalars(select(gap_members.c.cluster).where(gap_members.c.contact_pk.in_(some))))
    gone = remove_where(session, gap_members.c.contact_pk, work.contacts)
    for key in sorted(clusters):
        left = session.scalar(select(func.count()).where(gap_members.c.cluster == key)) or 0
        session.execute(update(gap_clusters).where(gap_clusters.c.pk == key).values(size=left))
    if said and work.contacts:
        _rename_groups(session, said, without=frozenset(work.contacts))
    return {"group members": gone}


def _rename_groups(session: Session, said: set[str], *, without: frozenset[int]) -> None:
    """Earlier runs do not say who was in a group: a word of the erased stays only if somebody else says it today."""
    for row in session.execute(select(gap_clusters.c.pk, gap_clusters.c.terms)).all():
        shared = [term for term in row.terms if set(WORD.findall(term.lower())) & said]
        rare = {term for term in shared if not _said_by_others(session, term, without)}
        if rare:
            kept = [term for term in row.terms if term not in rare]
            session.execute(update(gap_clusters).where(gap_clusters.c.pk == row.pk).values(terms=kept))


def _said_by_others(session: Session, term: str, without: frozenset[int]) -> bool:
    """Whether a remaining contact of some group says a group's word."""
    query = select(transcripts.c.turns, transcripts.c.contact_pk).where(
        transcripts.c.contact_pk.in_(select(gap_members.c.contact_pk))
    )
    wanted = set(WORD.findall(term.lower()))
    for row in session.execute(query):
        if row.contact_pk not in without:
            words = {word for turn in row.turns for word in WORD.findall(turn[1].lower())}
            if wanted <= words:
                return True
    return False


def remove_text(session: Session, work: Work) -> dict[str, int]:
    """Redacted transcripts, unknown fields, and originals where they are kept."""
    return {
        "originals": forget_originals(session, work.contacts),
        "transcripts": remove_where(session, transcripts.c.contact_pk, work.contacts),
    }


def remove_reviews(session: Session, work: Work) -> dict[str, int]:
    """Queue items with suggestions, decisions, leases, notes and events; known answers; chances of being drawn."""
    decided = 0
    for some in chunks(work.contacts):
        mine = select(review_items.c.item).where(review_items.c.contact_pk.in_(some))
        decided += session.scalar(select(func.count()).where(review_decisions.c.item.in_(mine))) or 0
    return {
        "review decisions": decided,
        "review items": remove_where(session, review_items.c.contact_pk, work.contacts),
        "known answers": remove_where(session, review_gold.c.contact_pk, work.contacts),
        "draw probabilities": remove_where(session, review_probabilities.c.contact_pk, work.contacts),
    }


def remove_tags(session: Session, work: Work) -> dict[str, int]:
    """What models said, and what made the contact hard work."""
    return {
        "tags": remove_where(session, tags.c.contact_pk, work.contacts),
        "drivers": remove_where(session, contact_drivers.c.contact_pk, work.contacts),
    }


def remove_answers(session: Session, work: Work) -> dict[str, int]:
    """Outcome surveys and product events of the customer, and what was refused since the erasure was asked for."""
    who = () if work.customer is None else (work.customer,)
    return {
        "survey answers": remove_where(session, outcome_answers.c.respondent, who),
        "product events": remove_where(session, product_events.c.customer, who),
        "quarantined": remove_quarantined(session, (), who),
    }


def remove_contacts(session: Session, work: Work) -> dict[str, int]:
    """The contacts themselves, last: as long as they are there the other kinds can be found."""
    return {"contacts": remove_where(session, contacts.c.pk, work.contacts)}


REMOVALS: Mapping[str, Callable[[Session, Work], dict[str, int]]] = {
    "groups": remove_groups,
    "text": remove_text,
    "reviews": remove_reviews,
    "tags": remove_tags,
    "answers": remove_answers,
    "contacts": remove_contacts,
}
"""In this order, each in a unit of work of its own."""


def remove_quarantined(session: Session, ids: Collection[str], digests: Collection[str]) -> int:
    """Refused input that is about one of these people (keyed hashes), or has one of these ids in it; how many rows."""
    found = {
        pk
        for some in chunks(sorted(digests))
        for pk in session.scalars(select(quarantine_people.c.quarantine_pk).where(quarantine_people.c.digest.in_(some)))
    }
    named = [re.compile(rf"(?<![\w.@-]){re.escape(one)}(?![\w@-])") for one in ids if one]
    if named:
        rows = session.execute(select(quarantine.c.pk, quarantine.c.raw, quarantine.c.message))
        found |= {row.pk for row in rows if any(one.search(row.raw) or one.search(row.message) for one in named)}
    return remove_where(session, quarantine.c.pk, sorted(found))


def _texts(session: Session, keys: Sequence[int]) -> list[str]:
    query = select(transcripts.c.turns)
    return [
        turn[1]
        for some in chunks(keys)
        for turns in session.scalars(query.where(transcripts.c.contact_pk.in_(some)))
        for turn in turns
    ]


def remove_where(session: Session, column: Column[Any], values: Sequence[Any]) -> int:
    """Delete the rows that have one of these values in a column; how many there were."""
    gone = 0
    for some in chunks(values):
        gone += session.scalar(select(func.count()).select_from(column.table).where(column.in_(some))) or 0
        session.execute(delete(column.table).where(column.in_(some)))
    return gone
