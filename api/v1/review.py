"""Reviewing over HTTP: claim items, decide, skip, undo; the queue, its statistics and agreement."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.access import require
from api.actors import actor
from api.audited import note
from api.deps import DbSession
from api.headers import json_answer
from api.v1 import review_shapes as shapes
from api.v1.documents import plain
from store.curves import find_curve
from store.jobs import read_job
from store.review_claims import Claim, claim
from store.review_queue import job_of_item, reviewed_job
from store.review_queueing import queue_named
from store.review_reading import ItemDetail, left_for, read_item
from store.review_stats import read_agreement, read_stats
from store.review_work import Answer, decide, flag, skip, undo
from tagger.labels import LabelReader
from tagger.model import Labels
from tagger.review import CANNOT_TELL
from taxonomy.model import Job

router = APIRouter(prefix="/v1/review", tags=["review"], dependencies=[require("leader")])

JobName = Annotated[str | None, Query(description="Whose queue; may be left out where there is one job.")]


@router.post("/claim", response_model=shapes.ClaimsShape, dependencies=[require("analyst")])
def claim_items(request: Request, session: DbSession, body: shapes.ClaimBody) -> Any:
    """Up to `n` items in the order of work; those already in hand come first and are renewed."""
    job, by = reviewed_job(session, body.job), actor(request, body.by)
    now, beyond = datetime.now(UTC), body.beyond_budget
    found = claim(session, job, by, now=now, n=body.n, reasons=body.reasons, beyond_budget=beyond)
    items = [(read_item(session, one.item, by), one) for one in found]
    for detail, _ in items:
        note(request, session, "contact.read", f"contact/{detail.contact_pk}", page="claim", by=by)
    return {"items": [_claimed(detail, one) for detail, one in items]}


@router.post("/ask", response_model=shapes.QueuedShape, dependencies=[require("leader", writes=True)])
def ask(request: Request, session: DbSession, body: shapes.AskBody) -> Any:
    """Put contacts in the queue because a leader asks; they never correct a figure."""
    job, by = reviewed_job(session, body.job), actor(request, body.by)
    return asdict(queue_named(session, body.contacts, "asked", job_id=job, by=by, note=body.why))


@router.post("/{item}/decision", response_model=shapes.RecordedShape, dependencies=[require("analyst")])
def decide_item(request: Request, session: DbSession, item: str, body: shapes.DecisionBody) -> Any:
    """Record a decision; 409 where another analyst holds the item."""
    answer = _answer(body, read_job(session, job_of_item(session, item)))
    by = actor(request, body.by)
    done = decide(session, item, by, answer, now=datetime.now(UTC))
    note(request, session, "review.decide", f"item/{item}", by=by, step=answer.step, outcome=answer.outcome)
    shown = {name: value for name, value in asdict(done).items() if name != "decision"}
    # whoever is measured by a known answer is not told, or they might think again
    return {**shown, "read": "first", "waits_for": "done"} if done.read == "gold" else shown


@router.post("/{item}/skip", response_model=shapes.StateShape, dependencies=[require("analyst")])
def skip_item(request: Request, session: DbSession, item: str, body: shapes.ByBody) -> Any:
    """Pass an item on; 409 where another analyst holds it."""
    now, by = datetime.now(UTC), actor(request, body.by)
    if body.flagged:
        flag(session, item, by, now=now, note=body.note)
    skip(session, item, by, now=now, note=body.note)
    return {"item": item, "state": "skipped"}


@router.post("/{item}/undo", response_model=shapes.StateShape, dependencies=[require("analyst")])
def undo_item(request: Request, session: DbSession, item: str, body: shapes.ByBody) -> Any:
    """Take this analyst's decision back; they hold the item again. 409 where another analyst holds it."""
    by = actor(request, body.by)
    undo(session, item, by, now=datetime.now(UTC))
    note(request, session, "review.undo", f"item/{item}", by=by)
    return {"item": item, "state": "held"}


@router.get("/queue", response_model=shapes.QueueShape)
def queue(
    request: Request, session: DbSession, job: JobName = None, by: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """The queue by reason, and what is open to an analyst."""
    found = read_job(session, reviewed_job(session, job))
    stats, left = read_stats(session, found, now=datetime.now(UTC)), left_for(session, found.id, by)
    reasons = [asdict(reason) for reason in stats.reasons]
    left_to_do = {**asdict(left), "total": left.total}
    return json_answer(request, plain({"job": found.id, "reasons": reasons, "left": left_to_do}))


@router.get("/stats", response_model=shapes.StatsShape)
def stats(request: Request, session: DbSession, job: JobName = None) -> Response:
    """Everything of the statistics page."""
    found = read_job(session, reviewed_job(session, job))
    counted = read_stats(session, found, now=datetime.now(UTC))
    return json_answer(request, plain({"job": found.id, "today": counted.today, **asdict(counted)}))


@router.get("/agreement", response_model=shapes.AgreementsShape)
def agreement(request: Request, session: DbSession, job: JobName = None) -> Response:
    """Krippendorff's alpha by step with intervals, AC1 where a step is rare."""
    found = read_job(session, reviewed_job(session, job))
    rows = read_agreement(session, found, now=datetime.now(UTC))
    return json_answer(request, plain({"job": found.id, "agreement": [asdict(row) for row in rows]}))


@router.get("/curve", response_model=shapes.CurveShape)
def curve(request: Request, session: DbSession, job: JobName = None) -> Response:
    """Accuracy, and the width of figures, against reviews done: of the model trained last; empty where none is."""
    job_id = reviewed_job(session, job)
    found = find_curve(job_id, settings=request.app.state.settings)
    nothing: dict[str, Any] = {"model": None, "points": [], "seconds": None}
    return json_answer(request, plain({"job": job_id, **(asdict(found) if found else nothing)}))


def _claimed(detail: ItemDetail, held: Claim) -> dict[str, Any]:
    tag = None if detail.hidden else detail.tag
    earlier = detail.reads if detail.kind == "adjudicated" else ()
    names = ("step", "outcome", "steps", "outcomes", "secondary", "evidence")
    return {
        "item": detail.item,
        "job": detail.job_id,
        "contact_id": detail.contact.id,
        "reason": None if detail.hidden else detail.reason,
        "drawn": None if detail.hidden else detail.drawn,
        "read": "first" if detail.kind == "gold" else detail.kind,
        "suggestion_hidden": detail.hidden,
        "suggested": {name: value for name, value in asdict(tag).items() if name in names} if tag else None,
        "earlier": [{"step": read.step, "outcome": read.outcome} for read in earlier],
        "turns": [asdict(turn) for turn in detail.contact.turns],
        "lease_until": held.lease_until,
    }


def _answer(body: shapes.DecisionBody, job: Job) -> Answer:
    """Raises UnknownLabelError."""
    labels = LabelReader(job)
    unclear = body.step == CANNOT_TELL
    decided = Labels(CANNOT_TELL) if unclear else labels.resolve(Labels(body.step, body.outcome))
    secondary = labels.others(body.secondary, primary=decided.step)
    return Answer(decided.step, decided.outcome, secondary, body.note, body.flagged)
