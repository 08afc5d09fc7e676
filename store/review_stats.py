"""What the review queue looks like from above: how much, how old, how fast, and how far to trust it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from alignment.agreement import Agreement, agreement
from alignment.estimate import Estimate
from alignment.intervals import Interval, exact_interval, wilson_interval
from store.kept import Kept
from store.review_standing import not_undone
from store.reviews import latest_decisions
from store.tables import review_decisions, review_draws, review_events, review_items, tags
from tagger.model import NONE_FITS
from tagger.review import finished_prefix
from taxonomy.model import Job

FEWEST_CHECKED = 20
"""Kept tags of the uniform part that must be reviewed before anything is said of the promise."""

_agreement: Kept[tuple[Agreement, ...]] = Kept(16)


@dataclass(frozen=True)
class ReasonCount:
    """Items that are in the queue for one reason. `oldest`: since when the oldest open one waits."""

    reason: str
    items: int
    decided: int
    oldest: datetime | None

    @property
    def open(self) -> int:
        """Items without a first read."""
        return self.items - self.decided


@dataclass(frozen=True)
class AnalystCount:
    """One analyst: decisions that stand today and in all, median seconds, agreement with what others settled."""

    by: str
    today: int
    total: int
    seconds: float | None
    settled: int
    settled_alike: int


@dataclass(frozen=True)
class Promise:
    """Errors among kept tags against the job's promise (METHODS 9), on the uniform part of draws alone.

    `state`: "holds" (the interval reaches down to the promise or under it), "breach" (all of it lies above), "unknown".
    """

    error: Estimate
    max_error: float
    state: str


@dataclass(frozen=True)
class Pull:
    """How often first reads gave the model's step, with its suggestion shown and hidden."""

    shown: Estimate
    hidden: Estimate


@dataclass(frozen=True)
class Stats:
    """The statistics page. `prefix`: the share of the draw's order that is finished without a gap."""

    reasons: tuple[ReasonCount, ...]
    analysts: tuple[AnalystCount, ...]
    drawn: int
    drawn_decided: int
    prefix: float
    waiting: dict[str, int]
    flags: int
    pull: Pull
    promise: Promise

    @property
    def today(self) -> int:
        """Decisions of today that stand."""
        return sum(analyst.today for analyst in self.analysts)


def read_stats(session: Session, job: Job, *, now: datetime) -> Stats:
    """Everything of the statistics page but agreement."""
    rows = list(session.execute(select(review_items).where(review_items.c.job_id == job.id)))
    standing = latest_decisions(session, job.id)
    drawn = [row for row in rows if row.drawn]
    done = [row.item in standing for row in drawn]
    waiting: dict[str, int] = {}
    for row in rows:
        waiting[row.waits_for] = waiting.get(row.waits_for, 0) + 1
    flags = select(func.count()).select_from(review_events.join(review_items))
    return Stats(
        reasons=_reasons(rows, standing),
        analysts=_analysts(session, job.id, standing, now),
        drawn=len(drawn),
        drawn_decided=sum(done),
        prefix=finished_prefix([row.u / row.pi for row in drawn], done) if drawn else 0.0,
        waiting=waiting,
        flags=session.execute(
            flags.where(review_items.c.job_id == job.id, review_events.c.kind == "flag")
        ).scalar_one(),
        pull=_pull(rows, standing, now),
        promise=_promise(session, job, drawn, standing, now),
    )


def read_agreement(session: Session, job: Job, *, now: datetime) -> tuple[Agreement, ...]:
    """Agreement of first and second reads by step, the overall one first; kept until somebody decides or undoes."""
    tables = (review_decisions, review_events)
    newest = tuple(session.scalar(select(func.max(table.c.pk))) or 0 for table in tables)
    key: tuple[Hashable, ...] = (str(session.get_bind().engine.url), job.id, job.stamp, *newest)
    labels = [*(step.id for step in job.steps), NONE_FITS]
    return _agreement.get(key, lambda: agreement(_pairs(session, job.id), labels, as_of=now))


def _pairs(session: Session, job_id: str) -> list[tuple[str, str]]:
    """The steps that the first and the second reader of each item gave."""
    query = (
        select(review_decisions)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, review_decisions.c.read != "adjudicated", not_undone())
        .order_by(review_decisions.c.pk)
    )
    reads: dict[str, dict[str, str]] = {}
    for row in session.execute(query):
        reads.setdefault(row.item, {})[row.by] = row.step or NONE_FITS
    answers = (list(by.values()) for by in reads.values() if len(by) > 1)
    return [(said[0], said[1]) for said in answers]


def _reasons(rows: list[Row[Any]], standing: dict[str, Row[Any]]) -> tuple[ReasonCount, ...]:
    found = []
    for reason in sorted({row.reason for row in rows}):
        of_reason = [row for row in rows if row.reason == reason]
        waiting = [row.created_at for row in of_reason if row.item not in standing]
        found.append(ReasonCount(reason, len(of_reason), len(of_reason) - len(waiting), min(waiting, default=None)))
    return tuple(found)


def _analysts(session: Session, job_id: str, standing: dict[str, Row[Any]], now: datetime) -> tuple[AnalystCount, ...]:
    query = (
        select(review_decisions)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, not_undone())
    )
    made: dict[str, list[Row[Any]]] = {}
    for row in session.execute(query):
        made.setdefault(row.by, []).append(row)
    found = []
    for by, rows in sorted(made.items()):
        seconds = [row.seconds for row in rows if row.seconds is not None]
        others = [(row, standing[row.item]) for row in rows if row.read != "adjudicated" and row.item in standing]
        settled = [(row, last) for row, last in others if last.read == "adjudicated"]
        found.append(
            AnalystCount(
                by,
                sum(row.recorded_at.date() == now.date() for row in rows),
                len(rows),
                median(seconds) if seconds else None,
                len(settled),
                sum((row.step, row.outcome) == (last.step, last.outcome) for row, last in settled),
            )
        )
    return tuple(found)


def _pull(rows: list[Row[Any]], standing: dict[str, Row[Any]], now: datetime) -> Pull:
    counts = {True: [0, 0], False: [0, 0]}
    for row in rows:
        decision = standing.get(row.item)
        if decision is None or decision.read != "first" or row.suggested is None:
            continue
        count = counts[decision.suggestion_hidden]
        count[0] += decision.step == row.suggested["step"]
        count[1] += 1
    return Pull(_share(*counts[False], now=now), _share(*counts[True], now=now))


def _share(hits: int, size: int, *, now: datetime) -> Estimate:
    if size < FEWEST_CHECKED:
        return Estimate.missing(f"only {size} such reviews, {FEWEST_CHECKED} are needed", as_of=now, n=size)
    return _labelled(wilson_interval(hits, size), size, now)


def _promise(
    session: Session, job: Job, drawn: list[Row[Any]], standing: dict[str, Row[Any]], now: datetime
) -> Promise:
    """Kept tags of the uniform part: drawn items with U < tau n / N, inside the finished prefix of the order."""
    draws = {row.policy: row for row in session.execute(select(review_draws).where(review_draws.c.job_id == job.id))}
    t = finished_prefix([row.u / row.pi for row in drawn], [row.item in standing for row in drawn])
    uniform = {}
    for row in drawn:
        policy = draws.get(row.policy)
        if policy is not None and row.u < t * policy.tau * policy.budget / policy.population:
            uniform[row.contact_pk, row.model_id] = standing.get(row.item)
    wrong, checked = 0, 0
    kept = select(tags.c.contact_pk, tags.c.model_id, tags.c.step).where(tags.c.job_id == job.id, ~tags.c.deferred)
    for tag in session.execute(kept):
        decision = uniform.get((tag.contact_pk, tag.model_id))
        if decision is not None:
            checked += 1
            wrong += decision.step != tag.step
    limit = job.tagging.max_error
    if checked < FEWEST_CHECKED:
        reason = f"only {checked} kept tags of the uniform part are reviewed, {FEWEST_CHECKED} are needed"
        return Promise(Estimate.missing(reason, as_of=now, n=checked), limit, "unknown")
    error = _labelled(exact_interval(wrong / checked, checked), checked, now)
    return Promise(error, limit, "breach" if error.low is not None and error.low > limit else "holds")


def _labelled(found: Interval, size: int, now: datetime) -> Estimate:
    return Estimate(found.value, found.low, found.high, size, size, "labels", now)
