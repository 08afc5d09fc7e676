"""What ran when, what it counted, and how a job's data are doing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.access import require
from api.deps import DbSession
from api.headers import json_answer
from api.v1.documents import plain
from api.v1.responses import problems
from api.v1.shapes import EstimateShape, Shape
from store.data_health import DataHealth, read_data_health
from store.jobs import read_job
from store.runs import list_runs

router = APIRouter(
    prefix="/v1", tags=["runs"], responses=problems(401, 403, 404, 422, 429, 503), dependencies=[require("leader")]
)


class RunShape(Shape):
    """One stage of one run."""

    run_id: str
    stage: str
    job_id: str | None
    started_at: datetime
    ended_at: datetime | None
    status: str = Field(description="running, done, failed or killed")
    counts: dict[str, Any]


class FreshShape(Shape):
    """When things last happened; `sentence` says what is stale, null where nothing is."""

    arrived_at: datetime | None
    measured_at: datetime | None
    published_at: datetime | None
    waiting_since: datetime | None = Field(description="the oldest contact that is in no figure yet")
    stale: bool
    sentence: str | None


class StageShape(Shape):
    """One stage."""

    stage: str
    status: str
    started_at: datetime
    seconds: float | None
    counts: dict[str, Any]


class RunsShape(Shape):
    """Stages that ran together."""

    id: str
    status: str
    seconds: float | None
    failed: list[str]
    stages: list[StageShape]


class RefusedShape(Shape):
    """Input that waits in quarantine; what it said is not here."""

    number: int
    kind: str
    reason: str
    path: str
    line: int | None
    seen_at: datetime


class ModelShape(Shape):
    """The model that figures come from, by its card."""

    id: str
    job_version: str
    made_at: str | None
    documents: int | None
    accuracy: EstimateShape
    max_error: float | None
    kept: float | None


class QueueShape(Shape):
    """Review items by why they are in the queue."""

    reason: str
    open: int
    decided: int
    oldest: datetime | None


class HealthShape(Shape):
    """Everything of the page on data health."""

    job: str
    job_version: str
    fresh: FreshShape
    answered: EstimateShape = Field(description="share of contacts with a survey answer, newest four weeks")
    answered_before: EstimateShape
    model: ModelShape | None
    runs: list[RunsShape]
    quarantine: dict[str, int]
    refused: list[RefusedShape]
    queue: list[QueueShape]


@router.get("/runs", response_model=list[RunShape])
def runs(request: Request, session: DbSession, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
    """The stages that ran, newest first."""
    names = ("run_id", "stage", "job_id", "started_at", "ended_at", "status", "counts")
    return json_answer(request, [plain({name: row[name] for name in names}) for row in list_runs(session, limit=limit)])


@router.get("/jobs/{job}/health", response_model=HealthShape)
def health(request: Request, session: DbSession, job: str) -> Response:
    """Freshness, runs, quarantine, survey answers, the model in use and the review queue of a job."""
    found = read_job(session, job)
    report = read_data_health(session, found, request.app.state.settings, now=datetime.now(UTC))
    return json_answer(request, plain({"job": found.id, "job_version": found.stamp, **_document(report)}))


def _document(report: DataHealth) -> dict[str, Any]:
    runs = [
        {"id": run.id, "status": run.status, "seconds": run.seconds, "failed": run.failed}
        | {"stages": [vars(stage) for stage in run.stages]}
        for run in report.runs
    ]
    model = None if report.model is None else {**vars(report.model), "accuracy": report.model.accuracy.as_json()}
    queue = [
        {"reason": one.reason, "open": one.open, "decided": one.decided, "oldest": one.oldest} for one in report.queue
    ]
    return {
        "fresh": {**vars(report.fresh), "stale": report.fresh.stale},
        "answered": report.answered[0].as_json(),
        "answered_before": report.answered[1].as_json(),
        "model": model,
        "runs": runs,
        "quarantine": dict(report.reasons),
        "refused": [vars(one) for one in report.refused],
        "queue": queue,
    }
