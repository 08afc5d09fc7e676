"""Groups of contacts that fit no step: each run's groups stay, under names that go on from run to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, delete, exists, insert, select
from sqlalchemy.orm import Session

from alignment.estimate import Estimate
from alignment.gaps import Gap, GapExample, GapReport, Known
from store.permitted import seen
from store.review_standing import not_undone
from store.tables import contacts, gap_clusters, gap_members, gap_runs, review_decisions, review_items, transcripts
from taxonomy.errors import BadInputError

LONGEST = 300


class UnknownGapError(BadInputError):
    """No group of that name was found in the last run."""


@dataclass(frozen=True)
class Member:
    """A contact of a group: its row, and the number of its most telling turn (-1: it has none)."""

    contact_pk: int
    turn: int


@dataclass(frozen=True)
class Found:
    """A group to keep; members nearest to the centre first, `centre` (dimension,) float32."""

    gap: Gap
    members: tuple[Member, ...]
    centre: NDArray[np.float32]


def save_gaps(session: Session, report: GapReport, found: Sequence[Found], *, encoder: str) -> None:
    """Keep a run. Only the newest run keeps who is in which group; earlier ones keep their figures."""
    head = {name: getattr(report, name) for name in ("job_version", "decided", "novel", "alone", "made_at")}
    earlier = select(gap_clusters.c.pk).join(gap_runs).where(gap_runs.c.job_id == report.job)
    session.execute(delete(gap_members).where(gap_members.c.cluster.in_(earlier)))
    values = {**head, "job_id": report.job, "model_id": report.model, "encoder": encoder}
    run = session.execute(insert(gap_runs).returning(gap_runs.c.pk), [values]).scalar_one()
    for one in found:
        row = _cluster_row(run, one)
        key = session.execute(insert(gap_clusters).returning(gap_clusters.c.pk), [row]).scalar_one()
        rows = [
            {"cluster": key, "contact_pk": member.contact_pk, "place": place, "turn": member.turn}
            for place, member in enumerate(one.members)
        ]
        session.execute(insert(gap_members), rows)


def _cluster_row(run: int, one: Found) -> Mapping[str, Any]:
    gap = one.gap
    facts = {name: getattr(gap, name) for name in ("gap", "size", "decided", "first_at", "last_at")}
    centre: bytes = one.centre.astype("<f4").tobytes()
    return {**facts, "run": run, "terms": list(gap.terms), "share": gap.share.as_json(), "centre": centre}


def read_gaps(session: Session, job_id: str, *, examples: int = 5) -> GapReport | None:
    """The groups of the newest run with examples in their own words; None where there was no run yet."""
    run = _newest_run(session, job_id)
    if run is None:
        return None
    query = select(gap_clusters).where(gap_clusters.c.run == run.pk)
    rows = session.execute(query.order_by(gap_clusters.c.size.desc(), gap_clusters.c.gap)).all()
    shown = _examples(session, [row.pk for row in rows], most=examples)
    gaps = tuple(_gap_of(row, shown.get(row.pk, ())) for row in rows)
    return GapReport(job_id, run.job_version, run.model_id, run.made_at, run.decided, run.novel, run.alone, gaps)


def read_gap(session: Session, job_id: str, gap: str, *, examples: int = 8) -> Gap:
    """One group of the newest run. Raises UnknownGapError."""
    report = read_gaps(session, job_id, examples=examples)
    names = {one.gap: one for one in report.gaps} if report else {}
    if gap not in names:
        raise UnknownGapError(f"job {job_id!r} has no group {gap!r} (there are: {', '.join(names) or 'none'})")
    return names[gap]


def known_gaps(session: Session, job_id: str, *, encoder: str) -> tuple[list[Known], int]:
    """The groups of the newest run, and the largest number that a group of this job ever had."""
    run = _newest_run(session, job_id)
    ever = session.scalars(
        select(gap_clusters.c.gap).join(gap_runs).where(gap_runs.c.job_id == job_id).distinct()
    ).all()
    used = max((int(name.removeprefix("gap-")) for name in ever), default=0)
    if run is None:
        return [], used
    known = []
    for row in session.execute(select(gap_clusters).where(gap_clusters.c.run == run.pk)):
        members = session.scalars(select(gap_members.c.contact_pk).where(gap_members.c.cluster == row.pk))
        centre = np.frombuffer(row.centre, dtype="<f4").astype(np.float32) if run.encoder == encoder else None
        known.append(Known(row.gap, frozenset(members), centre))
    return known, used


def _newest_run(session: Session, job_id: str) -> Row[Any] | None:
    query = select(gap_runs).where(gap_runs.c.job_id == job_id).order_by(gap_runs.c.pk.desc())
    return session.execute(query.limit(1)).one_or_none()


def _gap_of(row: Row[Any], examples: tuple[GapExample, ...]) -> Gap:
    share = {**row.share, "as_of": datetime.fromisoformat(row.share["as_of"])}
    return Gap(row.gap, tuple(row.terms), row.size, row.decided, Estimate(**share), row.first_at, row.last_at, examples)


def _examples(session: Session, keys: Sequence[int], *, most: int) -> dict[int, tuple[GapExample, ...]]:
    """The members nearest to each group's centre, read from their transcripts: what was erased is gone here too."""
    query = (
        select(
            gap_members,
            contacts.c.contact_id,
            contacts.c.source,
            contacts.c.started_at,
            transcripts.c.turns,
            _said_to_fit_nothing().label("decided"),
        )
        .join(contacts, contacts.c.pk == gap_members.c.contact_pk)
        .join(transcripts, transcripts.c.contact_pk == gap_members.c.contact_pk)
        .where(gap_members.c.cluster.in_(keys), gap_members.c.place < 4 * most, seen(session, contacts.c.job_id))
        .order_by(gap_members.c.cluster, gap_members.c.place)
    )
    found: dict[int, list[GapExample]] = {}
    for row in session.execute(query):
        said = _words(row)
        shown = found.setdefault(row.cluster, [])
        # Twice the same words show nothing new.
        if len(shown) < most and said not in {one.text for one in shown}:
            shown.append(GapExample(row.contact_id, row.source, said, row.decided, row.started_at))
    return {key: tuple(shown) for key, shown in found.items()}


def _said_to_fit_nothing() -> ColumnElement[bool]:
    """Whether a decision that the member fits no step stands."""
    joined = review_decisions.join(review_items, review_items.c.item == review_decisions.c.item)
    return (
        exists()
        .select_from(joined)
        .where(review_items.c.contact_pk == gap_members.c.contact_pk, review_decisions.c.step.is_(None), not_undone())
    )


def _words(row: Row[Any]) -> str:
    text = " ".join(row.turns[row.turn][1].split()) if 0 <= row.turn < len(row.turns) else ""
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
