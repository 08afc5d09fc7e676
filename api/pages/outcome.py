"""One desired outcome: what customers say of it, what service shows of it, and the contacts behind it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from alignment.effort import scale_of
from api import charts
from api.access import require
from api.address import Links
from api.deps import ReadingOf
from api.figures import SCORE
from api.headers import page_answer
from api.pages.scorecard import outcome_rows
from api.pages.step import ROWS
from api.problems import NotFoundError
from api.rendering import render
from store.browse import list_tagged

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])


@router.get("/jobs/{job}/outcomes/{outcome}")
def outcome(
    request: Request, reading: ReadingOf, outcome: str, cursor: Annotated[str | None, Query()] = None
) -> Response:
    """An outcome's page."""
    job = reading.job
    if outcome not in job.outcome_by_id:
        raise NotFoundError(f"outcome {outcome!r} is not in job {job.id}")
    card, links, step = reading.card, Links(job.id, reading.asked), job.step_by_id[job.step_of[outcome]]
    html = render(
        "outcome.html",
        card=card,
        effort_words=scale_of(card.job).words,
        job=job,
        step=step,
        outcome=job.outcome_by_id[outcome],
        row=next((row for row in outcome_rows(card, links) if row.outcome.id == outcome), None),
        axis=charts.axis(SCORE, low=1.0, high=10.0, count=3),
        mode=next((mode for mode in card.failure_modes if mode.outcome == outcome), None),
        asked=reading.asked,
        choices=reading.choices,
        links=links,
        here="",
        action=Links(job.id).outcome(outcome),
        json_url=links.contacts(step.id, outcome=outcome),
        page=list_tagged(reading.session, job, view=reading.view, outcome=outcome, cursor=cursor or None, limit=ROWS),
        more=lambda after: links.outcome(outcome, cursor=after),
    )
    return page_answer(request, html)
