"""How a job's data are doing: what ran, how fresh figures are, what was refused, who answers, which model reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from alignment.estimate import Estimate
from alignment.intervals import wilson_interval
from store.freshness import Freshness, freshness
from store.models import ModelShelf
from store.permitted import seen
from store.review_stats import ReasonCount, read_stats
from store.runs import list_runs
from store.settings import Settings
from store.tables import contacts, quarantine
from store.tags import newest_model, of_job
from taxonomy.model import Job

STAGES = 400
"""So many stages that ran last are read."""

RUNS = 25
REFUSED = 20
WINDOW = timedelta(weeks=4)
FEWEST = 30


@dataclass(frozen=True)
class StageRun:
    """One stage of a run. `status`: running, done, failed or killed; `seconds` None while nobody knows."""

    stage: str
    status: str
    started_at: datetime
    seconds: float | None
    counts: Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """Stages that ran together, in order."""

    id: str
    stages: tuple[StageRun, ...]

    @property
    def status(self) -> str:
        """What became of it: the worst that became of a stage."""
        said = {stage.status for stage in self.stages}
        return next((one for one in ("failed", "killed", "running") if one in said), "done")

    @property
    def failed(self) -> tuple[str, ...]:
        """The stages that did not end well."""
        return tuple(stage.stage for stage in self.stages if stage.status in ("failed", "killed"))

    @property
    def seconds(self) -> float | None:
        """All stages together; None while one has no end."""
        known = [stage.seconds for stage in self.stages]
        return None if None in known else sum(one for one in known if one is not None)


@dataclass(frozen=True)
class Refused:
    """Input that was refused and waits: why and where, never what it said."""

    number: int
    kind: str
    reason: str
    path: str
    line: int | None
    seen_at: datetime


@dataclass(frozen=True)
class ModelInUse:
    """The model that figures come from, with the figures of its card; `accuracy` on labelled texts it had not seen."""

    id: str
    job_version: str
    made_at: str | None
    documents: int | None
    accuracy: Estimate
    max_error: float | None
    kept: float | None


@dataclass(frozen=True)
class DataHealth:
    """Everything of the page. `answered`: share of contacts with a survey answer, newest four weeks, those before."""

    fresh: Freshness
    runs: tuple[Run, ...]
    reasons: Mapping[str, int]
    refused: tuple[Refused, ...]
    answered: tuple[Estimate, Estimate]
    model: ModelInUse | None
    queue: tuple[ReasonCount, ...]


def read_data_health(session: Session, job: Job, settings: Settings, *, now: datetime) -> DataHealth:
    """A job's data health as known now."""
    allowed, silence = timedelta(hours=settings.stale_hours), timedelta(days=settings.alert_silence_days)
    return DataHealth(
        fresh=freshness(session, job.id, now=now, allowed=allowed, silence=silence),
        runs=read_runs(session, job.id),
        reasons=_reasons(session, job.id),
        refused=_refused(session, job.id),
        answered=_answered(session, job.id, now),
        model=_model(session, job, settings, now),
        queue=read_stats(session, job, now=now).reasons,
    )


def read_runs(session: Session, job_id: str) -> tuple[Run, ...]:
    """The runs that began last, the newest first."""
    grouped: dict[str, list[StageRun]] = {}
    for row in list_runs(session, job_id=job_id, limit=STAGES):
        ended, started = row["ended_at"], row["started_at"]
        seconds = None if ended is None else (ended - started).total_seconds()
        stage = StageRun(row["stage"], row["status"], started, seconds, row["counts"])
        grouped.setdefault(row["run_id"], []).insert(0, stage)
    return tuple(Run(run_id, tuple(stages)) for run_id, stages in list(grouped.items())[:RUNS])


def _waiting(session: Session, job_id: str) -> tuple[Any, ...]:
    """Refused input of this job that waits, or of none in particular: the latter not for who is held to some jobs."""
    mine = or_(quarantine.c.job_id == job_id, quarantine.c.job_id.is_(None))
    return (mine, seen(session, quarantine.c.job_id), quarantine.c.resolved_at.is_(None))


def _reasons(session: Session, job_id: str) -> dict[str, int]:
    query = select(quarantine.c.reason, func.count()).where(*_waiting(session, job_id)).group_by(quarantine.c.reason)
    counted = {reason: count for reason, count in session.execute(query)}
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def _refused(session: Session, job_id: str) -> tuple[Refused, ...]:
    """The newest of them. Their messages may quote the input, so they stay in `headway quarantine show`."""
    names = ("pk", "input_kind", "reason", "path", "line", "seen_at")
    query = select(*(quarantine.c[name] for name in names)).where(*_waiting(session, job_id))
    rows: Iterable[Any] = session.execute(query.order_by(quarantine.c.pk.desc()).limit(REFUSED))
    return tuple(Refused(*row) for row in rows)


def _answered(session: Session, job_id: str, now: datetime) -> tuple[Estimate, Estimate]:
    last = session.scalar(select(func.max(contacts.c.started_at)).where(of_job(job_id))) or now
    newest, before = ((last - WINDOW * (part + 1), last - WINDOW * part) for part in (0, 1))
    return _share(session, job_id, newest, now), _share(session, job_id, before, now)


def _share(session: Session, job_id: str, window: tuple[datetime, datetime], now: datetime) -> Estimate:
    inside = (contacts.c.started_at > window[0], contacts.c.started_at <= window[1])
    query = select(func.count(), func.count(contacts.c.effort)).where(of_job(job_id), *inside)
    size, hits = session.execute(query).one()
    if size < FEWEST:
        return Estimate.missing(f"only {size} contacts in these weeks, {FEWEST} are needed", as_of=now, n=size)
    found = wilson_interval(hits, size)
    return Estimate(found.value, found.low, found.high, size, 0, "events", now)


def _model(session: Session, job: Job, settings: Settings, now: datetime) -> ModelInUse | None:
    newest = newest_model(session, job.id)
    if newest is None:
        return None
    shelf = ModelShelf(settings.models, job.id)
    card = shelf.card(newest[1]) if newest[1] in shelf.known() else {}
    deferral, bare = (
        card.get("deferral", {}),
        ModelInUse(newest[1], newest[0], None, None, _accuracy({}, 0, now), None, None),
    )
    if not card:
        return bare
    documents = card.get("trained_on", {}).get("documents")
    kept = None if "decided" not in deferral else 1 - deferral["decided"]["nobody"]
    measured = _accuracy(card.get("held_out", {}).get("cascade", {}).get("group", {}), documents or 0, now)
    facts = {"made_at": card.get("made_at"), "documents": documents, "accuracy": measured}
    return replace(bare, **facts, max_error=deferral.get("max_error"), kept=kept)


def _accuracy(figures: Mapping[str, float], size: int, now: datetime) -> Estimate:
    """The share of steps that were right, as the card has it."""
    if "accuracy" not in figures:
        return Estimate.missing("the card of this model has no figures: nobody measured it on labels", as_of=now)
    ends = figures.get("low"), figures.get("high")
    return Estimate(figures["accuracy"], ends[0], ends[1], size, size, "labels", now)
