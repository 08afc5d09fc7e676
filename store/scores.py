"""Index formulas and what was published under them; both are only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alignment.index import IndexFormula
from store.annotations import record_annotation
from store.audit import acting, record_audit
from store.session import insert_new
from store.tables import formulas, published


@dataclass(frozen=True)
class PublishedIndex:
    """One published index with everything needed to redo it. `start` and `end` bound its contacts."""

    as_of: datetime
    start: date | None
    end: date | None
    job_version: str
    model: str
    formula: str
    content: Mapping[str, Any]


def save_formula(session: Session, job_id: str, formula: IndexFormula, *, by: str, why: str) -> None:
    """Keep a formula, with its annotation; the newest is in force. Its content names its version: it is kept once."""
    now = datetime.now(UTC)
    row = {"job_id": job_id, "version": formula.version, "content": formula.to_json(), "by": by, "why": why}
    if insert_new(session, formulas, [{**row, "created_at": now}]):
        detail = {"version": formula.version, "by": by}
        record_audit(session, who=acting(session), action="formula.change", object=f"job/{job_id}", detail=detail)
        text = f"index formula {formula.version} in force: {why}"
        key = f"formula-{formula.version}"
        record_annotation(session, job_id, kind="formula", at=now, text=text, by=by, annotation=key)


def read_formula(session: Session, job_id: str, *, as_of: datetime | None = None) -> IndexFormula | None:
    """The formula in force at a moment, if there is one."""
    query = select(formulas.c.content).where(formulas.c.job_id == job_id).order_by(formulas.c.created_at.desc())
    if as_of is not None:
        query = query.where(formulas.c.created_at <= as_of)
    content = session.scalar(query.limit(1))
    return None if content is None else IndexFormula.from_json(content)


@dataclass(frozen=True)
class FormulaInForce:
    """A formula with who put it in force, when and why."""

    formula: IndexFormula
    by: str
    why: str
    since: datetime


def formula_history(session: Session, job_id: str) -> list[FormulaInForce]:
    """Every formula that was ever in force, the newest first."""
    query = select(formulas).where(formulas.c.job_id == job_id).order_by(formulas.c.created_at.desc())
    return [
        FormulaInForce(IndexFormula.from_json(row.content), row.by, row.why, row.created_at)
        for row in session.execute(query)
    ]


def save_published(session: Session, job_id: str, index: PublishedIndex, *, digest: str) -> bool:
    """Publish; the same inputs (their digest) are not published twice. Whether it was new."""
    row = {
        "job_id": job_id,
        "job_version": index.job_version,
        "model_id": index.model,
        "formula": index.formula,
        "start": index.start,
        "end": index.end,
        "digest": digest,
        "content": dict(index.content),
        "as_of": index.as_of,
    }
    return insert_new(session, published, [row]) > 0


def index_history(session: Session, job_id: str) -> list[PublishedIndex]:
    """Everything published of a job, oldest first."""
    query = select(published).where(published.c.job_id == job_id).order_by(published.c.as_of, published.c.pk)
    return [
        PublishedIndex(row.as_of, row.start, row.end, row.job_version, row.model_id, row.formula, row.content)
        for row in session.execute(query)
    ]
