"""What models said of contacts. A tag is never changed; another model's tag stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from classifiers.scores import LabelSpace
from store.read_marks import move_mark, read_upto
from store.session import insert_new
from store.tables import contacts, label_spaces, models_in_force, tags, transcripts
from tagger.model import EvidenceSpan, Secondary, Tag

SMALLEST = 5e-4  # probabilities under it are stored as 0, so that slices of moments stay sparse


def save_label_space(session: Session, model_id: str, space: LabelSpace) -> None:
    """Keep the order in which a model's probabilities are stored."""
    pairs = [[label, space.groups[group]] for label, group in zip(space.labels, space.group_of, strict=True)]
    insert_new(session, label_spaces, [{"model_id": model_id, "labels": pairs}])


def read_label_space(session: Session, model_id: str) -> LabelSpace:
    """The order in which a model's probabilities are stored."""
    pairs = session.execute(select(label_spaces.c.labels).where(label_spaces.c.model_id == model_id)).scalar_one()
    return LabelSpace.of([(label, group) for label, group in pairs])


def untagged(session: Session, *, job_id: str, job_version: str, model_id: str, after: int, limit: int) -> list[int]:
    """Rows of contacts that this model has not read yet, in order, beyond row `after`.

    A contact whose words retention removed can be read by nobody any more.
    """
    unread = _unread(job_id=job_id, job_version=job_version, model_id=model_id)
    there = exists().where(transcripts.c.contact_pk == contacts.c.pk)
    query = select(contacts.c.pk).where(contacts.c.pk > after, unread, there)
    return list(session.scalars(query.order_by(contacts.c.pk).limit(limit)))


def untagged_words(
    session: Session, *, job_id: str, job_version: str, model_id: str, after: int, limit: int
) -> list[tuple[int, str]]:
    """The same with what was said, as the JSON that is stored."""
    unread = _unread(job_id=job_id, job_version=job_version, model_id=model_id)
    query = (
        select(contacts.c.pk, cast(transcripts.c.turns, Text))
        .join(transcripts, transcripts.c.contact_pk == contacts.c.pk)
        .where(contacts.c.pk > after, unread)
    )
    return [(pk, turns) for pk, turns in session.execute(query.order_by(contacts.c.pk).limit(limit))]


def _unread(*, job_id: str, job_version: str, model_id: str) -> Any:
    """The condition that a contact may be about the job and that this model has not read it."""
    done = exists().where(
        tags.c.contact_pk == contacts.c.pk,
        tags.c.job_id == job_id,
        tags.c.job_version == job_version,
        tags.c.model_id == model_id,
    )
    return and_(of_job(job_id), ~done)


def count_untagged(session: Session, *, job_id: str, job_version: str, model_id: str) -> int:
    """How many contacts with words this model has still to read: counted behind what it has read whole."""
    names = {"job_id": job_id, "job_version": job_version, "model_id": model_id}
    after = tagged_upto(session, **names)
    worded = contacts.join(transcripts, transcripts.c.contact_pk == contacts.c.pk)
    total = select(func.count()).select_from(worded).where(of_job(job_id), contacts.c.pk > after)
    done = tags.join(transcripts, transcripts.c.contact_pk == tags.c.contact_pk)
    read = select(func.count()).select_from(done).where(tagged(**names), tags.c.contact_pk > after)
    return session.execute(total).scalar_one() - session.execute(read).scalar_one()


def tagged_upto(session: Session, *, job_id: str, job_version: str, model_id: str) -> int:
    """A row of contacts up to which this model has read every one of the job that has words; 0 where nobody knows."""
    return read_upto(session, job_id, _reader(job_version, model_id))


def note_tagged(session: Session, *, job_id: str, job_version: str, model_id: str) -> int:
    """Take down up to where this model has read everything, for the next look; in a unit of work of its own."""
    names = {"job_id": job_id, "job_version": job_version, "model_id": model_id}

    def first(one: Session, after: int) -> int | None:
        return next(iter(untagged(one, **names, after=after, limit=1)), None)

    return move_mark(session, job_id, _reader(job_version, model_id), first_unread=first)


def _reader(job_version: str, model_id: str) -> str:
    return f"{job_version}/{model_id}"


def count_tagged(session: Session, *, job_id: str, job_version: str, model_id: str) -> int:
    """How many contacts this model has read."""
    query = select(func.count()).select_from(tags)
    names = tagged(job_id=job_id, job_version=job_version, model_id=model_id)
    return session.execute(query.where(names)).scalar_one()


def of_job(job_id: str) -> Any:
    """Contacts that may be about a job: those sent for it, and those sent for none in particular."""
    return or_(contacts.c.job_id == job_id, contacts.c.job_id.is_(None))


def add_tags(session: Session, keyed: Sequence[tuple[int, Tag]], probabilities: NDArray[np.float64]) -> int:
    """Store tags by row of contact, with their label probabilities, shape (n, labels); how many were new."""
    now = datetime.now(UTC)
    rows = [
        {
            "contact_pk": pk,
            "job_id": tag.job,
            "job_version": tag.job_version,
            "model_id": tag.model,
            "step": tag.step,
            "outcome": tag.outcome,
            "confidence": tag.confidence,
            "deferred": tag.deferred,
            "source": tag.source,
            "prompt": tag.prompt,
            "scores": _pack(scores),
            "evidence": [[span.turn, span.start, span.end] for span in tag.evidence],
            "secondary": [[one.step, one.outcome, one.confidence] for one in tag.secondary],
            "novelty": tag.novelty,
            "tagged_at": now,
        }
        for (pk, tag), scores in zip(keyed, probabilities, strict=True)
    ]
    return insert_new(session, tags, rows)


def _pack(scores: NDArray[np.float64]) -> bytes:
    kept = np.where(scores < SMALLEST, 0.0, scores)
    packed: bytes = (kept / kept.sum()).astype("<f4").tobytes()
    return packed


def unpack(blobs: Sequence[bytes], labels: int) -> NDArray[np.float64]:
    """Stored probabilities back, shape (n, labels)."""
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(-1, labels).astype(float)


def tagged(*, job_id: str, job_version: str, model_id: str) -> Any:
    """The condition that a tag is by this model under this job version."""
    return and_(tags.c.job_id == job_id, tags.c.job_version == job_version, tags.c.model_id == model_id)


def read_tags(session: Session, contact_pk: int, contact_id: str) -> list[Tag]:
    """Everything that models said of one contact, newest first."""
    query = select(tags).where(tags.c.contact_pk == contact_pk).order_by(tags.c.tagged_at.desc(), tags.c.pk.desc())
    return [tag_of(row, contact_id, read_label_space(session, row.model_id)) for row in session.execute(query)]


def tag_of(row: Row[Any], contact_id: str, space: LabelSpace) -> Tag:
    """A row of tags as a value."""
    probabilities = unpack([row.scores], len(space.labels))
    return Tag(
        contact_id=contact_id,
        step=row.step,
        outcome=row.outcome,
        confidence=row.confidence,
        deferred=row.deferred,
        source=row.source,
        prompt=row.prompt,
        steps=dict(zip(space.groups, space.to_groups(probabilities)[0].tolist(), strict=True)),
        outcomes=dict(zip(space.labels, probabilities[0].tolist(), strict=True)),
        evidence=tuple(EvidenceSpan(*span) for span in row.evidence),
        secondary=tuple(Secondary(*one) for one in row.secondary or ()),
        novelty=row.novelty,
        model=row.model_id,
        job=row.job_id,
        job_version=row.job_version,
    )


def newest_model(session: Session, job_id: str, *, as_of: datetime | None = None) -> tuple[str, str] | None:
    """The (job version, model) that figures came from at a moment; None where nothing is tagged.

    The one measured last; before anything was measured the one whose tags were written last.
    """
    said = select(models_in_force).where(models_in_force.c.job_id == job_id)
    if as_of is not None:
        said = said.where(models_in_force.c.recorded_at <= as_of)
    in_force = session.execute(said.order_by(models_in_force.c.pk.desc()).limit(1)).one_or_none()
    if in_force is not None:
        return in_force.job_version, in_force.model_id
    query = select(tags.c.job_version, tags.c.model_id).where(tags.c.job_id == job_id)
    if as_of is not None:
        query = query.where(tags.c.tagged_at <= as_of)
    row = session.execute(query.order_by(tags.c.pk.desc()).limit(1)).one_or_none()
    return None if row is None else (row.job_version, row.model_id)
