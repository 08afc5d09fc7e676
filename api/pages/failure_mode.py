"""One failure mode, an outcome as contacts show it: what it costs, where, since when, and whose words say so."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from alignment.effort import scale_of
from api import charts
from api.access import require
from api.address import Links
from api.deps import ReadingOf
from api.figures import FRICTION
from api.headers import page_answer
from api.pages.contact_choice import ChoiceOf
from api.pages.drill import drill_part
from api.problems import NotFoundError
from api.rendering import render

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

LINES = ("friction", "effort", "fcr", "share")


@router.get("/jobs/{job}/failure-modes/{outcome}")
def failure_mode(request: Request, reading: ReadingOf, outcome: str, choice: ChoiceOf) -> Response:
    """A failure mode's page."""
    job = reading.job
    if outcome not in job.outcome_by_id:
        raise NotFoundError(f"outcome {outcome!r} is not in job {job.id}")
    card = reading.card
    mode = next(one for one in card.failure_modes if one.outcome == outcome)
    links, ranked = Links(job.id, reading.asked), [one.outcome for one in card.failure_modes if one.burden.value]
    drill = drill_part(
        reading,
        ("outcome", outcome),
        choice,
        address=lambda to: lambda **more: to.failure_mode(outcome, **more),
        lines=LINES,
    )
    html = render(
        "failure_mode.html",
        card=card,
        job=job,
        step=job.step_by_id[mode.step],
        outcome=job.outcome_by_id[outcome],
        mode=mode,
        rank=ranked.index(outcome) + 1 if outcome in ranked else None,
        effort_words=scale_of(job).words,
        friction_axis=charts.axis(FRICTION, low=0.0, high=100.0, count=charts.tick_count(100.0)),
        first=drill.lines[0] if drill.lines else None,
        drill=replace(drill, lines=drill.lines[1:]),
        asked=reading.asked,
        choices=reading.choices,
        links=links,
        here="",
        stale=reading.stale,
        action=Links(job.id).failure_mode(outcome),
        json_url=links.failure_mode(outcome, api=True),
    )
    return page_answer(request, html)
