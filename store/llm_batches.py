"""Rows of batches: what was asked for whom, how far it is, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, distinct, exists, func, select
from sqlalchemy.orm import Session

from store.clock import database_now
from store.session import insert_new
from store.tables import llm_batch_questions, llm_batches, tags

CHUNK = 500
"""Values that one statement takes."""


@dataclass(frozen=True)
class BatchNames:
    """What the answers of a batch hold for: a job, a model, an LLM with its prompt and number of samples."""

    job_id: str
    job_version: str
    model_id: str
    llm: str
    prompt: str
    samples: int

    @property
    def condition(self) -> Any:
        """Batches of just these names."""
        conditions = [llm_batches.c[name] == value for name, value in asdict(self).items()]
        return conditions[0] & conditions[1] & conditions[2] & conditions[3] & conditions[4] & conditions[5]


@dataclass(frozen=True)
class Asking:
    """A question of a batch for one contact; contacts that say the same share a question's `number`."""

    contact_pk: int
    number: int
    text_hash: str
    key: str
    candidates: tuple[str, ...]
    had: int


@dataclass(frozen=True)
class Placed:
    """In which batch a text's question is, and whether that is still out."""

    batch_pk: int
    asking: Asking
    out: bool


def save_batch(
    session: Session,
    name: str,
    names: BatchNames,
    asked: Sequence[Asking],
    *,
    requests: int,
    day: date,
    most_usd: float | None,
) -> int:
    """Keep a batch that is about to be sent, with its questions; its row."""
    about = {"name": name, "state": "prepared", "requests": requests, "day": day, "most_usd": most_usd}
    values = {**asdict(names), **about, "created_at": database_now(session)}
    pk = int(session.execute(llm_batches.insert().values(values).returning(llm_batches.c.pk)).scalar_one())
    save_questions(session, pk, asked)
    return pk


def save_questions(session: Session, batch_pk: int, asked: Sequence[Asking]) -> None:
    """More contacts that wait for answers of a batch."""
    insert_new(session, llm_batch_questions, [{"batch_pk": batch_pk, **asdict(one)} for one in asked])


def note_batch(session: Session, batch_pk: int, **values: Any) -> None:
    """Change what is known of a batch."""
    session.execute(llm_batches.update().where(llm_batches.c.pk == batch_pk).values(**values))


def end_batch(session: Session, batch_pk: int, *, outcome: str, answered: int, usd: float | None) -> None:
    """A batch is back, or given up."""
    note_batch(
        session,
        batch_pk,
        state="ended",
        outcome=outcome,
        answered=answered,
        usd=usd,
        ended_at=database_now(session),
    )


def open_batches(session: Session, job_id: str) -> list[Row[Any]]:
    """The batches of a job that have not ended, oldest first."""
    query = select(llm_batches).where(llm_batches.c.job_id == job_id, llm_batches.c.state != "ended")
    return list(session.execute(query.order_by(llm_batches.c.pk)))


def list_batches(session: Session, job_id: str | None = None) -> list[Mapping[str, Any]]:
    """Every batch, newest first."""
    query = select(llm_batches).order_by(llm_batches.c.pk.desc())
    if job_id is not None:
        query = query.where(llm_batches.c.job_id == job_id)
    return [dict(row._mapping) for row in session.execute(query)]


def questions_of(session: Session, batch_pk: int, *, after: int, limit: int = CHUNK) -> list[tuple[int, Asking]]:
    """Questions of a batch with their rows, beyond row `after`."""
    table = llm_batch_questions
    query = select(table).where(table.c.batch_pk == batch_pk, table.c.pk > after).order_by(table.c.pk).limit(limit)
    return [(row.pk, _asking(row)) for row in session.execute(query)]


def placed_questions(session: Session, names: BatchNames) -> dict[str, Placed]:
    """By hash of its text, every question of these names that was put into a batch; of several the newest."""
    joined = llm_batch_questions.join(llm_batches, llm_batches.c.pk == llm_batch_questions.c.batch_pk)
    query = select(llm_batch_questions, llm_batches.c.state).select_from(joined).where(names.condition)
    rows = session.execute(query.order_by(llm_batch_questions.c.pk))
    return {row.text_hash: Placed(row.batch_pk, _asking(row), row.state != "ended") for row in rows}


def waiting_among(session: Session, names: BatchNames, contact_pks: Sequence[int]) -> set[int]:
    """Those of the contacts that wait for a batch of these names."""
    found: set[int] = set()
    joined = llm_batch_questions.join(llm_batches, llm_batches.c.pk == llm_batch_questions.c.batch_pk)
    for at in range(0, len(contact_pks), CHUNK):
        some = llm_batch_questions.c.contact_pk.in_(contact_pks[at : at + CHUNK])
        query = select(llm_batch_questions.c.contact_pk).select_from(joined)
        found |= set(session.scalars(query.where(some, names.condition, llm_batches.c.state != "ended")))
    return found


def count_waiting(session: Session, names: BatchNames) -> int:
    """How many contacts wait for a batch of these names."""
    joined = llm_batch_questions.join(llm_batches, llm_batches.c.pk == llm_batch_questions.c.batch_pk)
    query = select(func.count(distinct(llm_batch_questions.c.contact_pk))).select_from(joined)
    return session.scalar(query.where(names.condition, llm_batches.c.state != "ended")) or 0


def forget_questions(session: Session, names: BatchNames) -> int:
    """Drop the questions of batches that have ended whose contacts are tagged by now; how many."""
    table = llm_batch_questions
    ended = select(llm_batches.c.pk).where(names.condition, llm_batches.c.state == "ended")
    read = exists().where(
        tags.c.contact_pk == table.c.contact_pk,
        tags.c.job_id == names.job_id,
        tags.c.job_version == names.job_version,
        tags.c.model_id == names.model_id,
    )
    gone = session.execute(delete(table).where(table.c.batch_pk.in_(ended), read).returning(table.c.pk))
    return len(gone.all())


def _asking(row: Row[Any]) -> Asking:
    return Asking(row.contact_pk, row.number, row.text_hash, row.key, tuple(row.candidates), row.had)


def too_old(row: Row[Any], now: datetime, hours: float) -> bool:
    """Whether a batch was made longer ago than any endpoint works at one."""
    return bool((now - row.created_at).total_seconds() > hours * 3600)
