"""What the review queue looks like from above: how much, how old, how fast, and how far to trust it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from alignment.agreement import Agreement, agreement
from alignment.estimate import Estimate
from alignment.intervals import Interval, share_difference, wilson_interval
from store.erased import erasure_number
from store.kept import Kept
from store.review_gold import GoldScore, gold_scores
from store.review_offers import read_budget, read_today
from store.review_promise import FEWEST_CHECKED, Promise, read_promise
from store.review_standing import not_undone
from store.reviews import latest_decisions
from store.tables import review_decisions, review_events, review_items
from tagger.model import NONE_FITS
from tagger.review import finished_prefix
from tagger.review_reasons import REASONS, Budget
from taxonomy.model import Job

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
class Pull:
    """How often first reads gave the model's step, with its suggestion shown and hidden.

    `pulled`: the difference of the two shares (in -1 to 1), which is how far suggestions lead.
    """

    shown: Estimate
    hidden: Estimate
    pulled: Estimate


@dataclass(frozen=True)
class Stats:
    """The statistics page. `prefix`: the share of the draw's order that is finished without a gap.

    `spent`: reviews of today against the budget, those in hand counted. `seconds`: the median per item.
    """

    reasons: tuple[ReasonCount, ...]
    analysts: tuple[AnalystCount, ...]
    drawn: int
    drawn_decided: int
    prefix: float
    waiting: dict[str, int]
    flags: int
    pull: Pull
    promise: Promise
    gold: tuple[GoldScore, ...]
    budget: Budget
    spent: int
    seconds: float | None

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
        reasons=_reasons(session, job.id, rows),
        analysts=_analysts(session, job.id, standing, now),
        drawn=len(drawn),
        drawn_decided=sum(done),
        prefix=finished_prefix([row.u / row.pi for row in drawn], done) if drawn else 0.0,
        waiting=waiting,
        flags=session.execute(
            flags.where(review_items.c.job_id == job.id, review_events.c.kind == "flag")
        ).scalar_one(),
        pull=_pull(session, job.id, rows, now),
        promise=read_promise(session, job, now=now),
        gold=gold_scores(session, job.id, now=now),
        budget=read_budget(session, job.id),
        spent=read_today(session, job.id, now=now).total,
        seconds=_median_seconds(session, job.id),
    )


def read_agreement(session: Session, job: Job, *, now: datetime) -> tuple[Agreement, ...]:
    """Agreement of first and second reads by step, the overall one first; kept until somebody decides or undoes."""
    tables = (review_decisions, review_events)
    newest = tuple(session.scalar(select(func.max(table.c.pk))) or 0 for table in tables)
    key: tuple[Hashable, ...] = (
        str(session.get_bind().engine.url),
        job.id,
        job.stamp,
        *newest,
        erasure_number(session),
    )
    labels = [*(step.id for step in job.steps), NONE_FITS]
    return _agreement.get(key, lambda: agreement(_pairs(session, job.id), labels, as_of=now))


def _pairs(session: Session, job_id: str) -> list[tuple[str, str]]:
    """The steps that the first and the second reader of each item gave."""
    query = (
        select(review_decisions)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, review_decisions.c.read.in_(("first", "second")), not_undone())
        .order_by(review_decisions.c.pk)
    )
    reads: dict[str, dict[str, str]] = {}
    for row in session.execute(query):
        reads.setdefault(row.item, {})[row.by] = row.step or NONE_FITS
    answers = (list(by.values()) for by in reads.values() if len(by) > 1)
    return [(said[0], said[1]) for said in answers]


def _reasons(session: Session, job_id: str, rows: list[Row[Any]]) -> tuple[ReasonCount, ...]:
    decided = set(
        session.scalars(
            select(review_decisions.c.item)
            .join(review_items, review_items.c.item == review_decisions.c.item)
            .where(review_items.c.job_id == job_id, not_undone())
        )
    )
    found = []
    for reason in [reason for reason in REASONS if any(row.reason == reason for row in rows)]:
        of_reason = [row for row in rows if row.reason == reason]
        waiting = [row.created_at for row in of_reason if row.item not in decided]
        found.append(ReasonCount(reason, len(of_reason), len(of_reason) - len(waiting), min(waiting, default=None)))
    return tuple(found)


def _analysts(session: Session, job_id: str, standing: dict[str, Row[Any]], now: datetime) -> tuple[AnalystCount, ...]:
    query = (
        select(review_decisions)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, review_decisions.c.read != "bulk", not_undone())
    )
    made: dict[str, dict[str, Row[Any]]] = {}
    for row in session.execute(query.order_by(review_decisions.c.pk)):
        made.setdefault(row.by, {})[row.item] = row  # a changed mind is one review: the newest answer counts
    found = []
    for by, newest in sorted(made.items()):
        rows = list(newest.values())
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


def _median_seconds(session: Session, job_id: str) -> float | None:
    """Median seconds per item over all analysts' decisions that stand."""
    query = (
        select(review_decisions.c.seconds)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, review_decisions.c.seconds.is_not(None), not_undone())
    )
    found = list(session.scalars(query))
    return median(found) if found else None


def _pull(session: Session, job_id: str, rows: list[Row[Any]], now: datetime) -> Pull:
    """Every first read that was not undone, whatever a later reader said: those who settle must not hide the pull."""
    suggested = {row.item: row.suggested for row in rows if row.suggested is not None}
    query = (
        select(review_decisions)
        .join(review_items, review_items.c.item == review_decisions.c.item)
        .where(review_items.c.job_id == job_id, review_decisions.c.read == "first", not_undone())
    )
    counts = {True: [0, 0], False: [0, 0]}
    newest = {(row.item, row.by): row for row in session.execute(query.order_by(review_decisions.c.pk))}
    for decision in newest.values():
        if decision.item in suggested:
            count = counts[decision.suggestion_hidden]
            count[0] += decision.step == suggested[decision.item]["step"]
            count[1] += 1
    shown, hidden = counts[False], counts[True]
    return Pull(_share(*shown, now=now), _share(*hidden, now=now), _pulled(shown, hidden, now))


def _pulled(shown: Sequence[int], hidden: Sequence[int], now: datetime) -> Estimate:
    size = shown[1] + hidden[1]
    if min(shown[1], hidden[1]) < FEWEST_CHECKED:
        reason = f"only {min(shown[1], hidden[1])} reads on one side, {FEWEST_CHECKED} are needed on both"
        return Estimate.missing(reason, as_of=now, n=size)
    return _labelled(share_difference((shown[0], shown[1]), (hidden[0], hidden[1])), size, now)


def _share(hits: int, size: int, *, now: datetime) -> Estimate:
    if size < FEWEST_CHECKED:
        return Estimate.missing(f"only {size} such reviews, {FEWEST_CHECKED} are needed", as_of=now, n=size)
    return _labelled(wilson_interval(hits, size), size, now)


def _labelled(found: Interval, size: int, now: datetime) -> Estimate:
    return Estimate(found.value, found.low, found.high, size, size, "labels", now)
