"""One desired outcome: what customers say of it, what service shows of it, and the contacts behind it."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from alignment.counted import answer_counts
from alignment.effort import scale_of
from alignment.scorecard import OutcomeFigures
from api import charts
from api.access import require
from api.address import Links
from api.deps import Reading, ReadingOf
from api.figures import FRICTION, SCORE
from api.headers import page_answer
from api.pages.contact_choice import ChoiceOf
from api.pages.drill import drill_part
from api.pages.scorecard_rows import outcome_rows
from api.problems import NotFoundError
from api.rendering import render
from store.scorecards import read_outcomes
from store.surveys import read_answers

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

LINES = ("friction", "effort", "fcr")
Group = tuple[str, Sequence[tuple[str, OutcomeFigures]]]
"""A dimension, and the outcome's scores in each of its values."""


@router.get("/jobs/{job}/outcomes/{outcome}")
def outcome(request: Request, reading: ReadingOf, outcome: str, choice: ChoiceOf) -> Response:
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
        friction_axis=charts.axis(FRICTION, low=0.0, high=100.0, count=charts.tick_count(100.0)),
        mode=next((mode for mode in card.failure_modes if mode.outcome == outcome), None),
        answers=answer_counts(
            read_answers(reading.session, job.id, as_of=reading.view.as_of), outcome=outcome, view=reading.view
        ),
        groups=_groups(reading, outcome),
        drill=drill_part(
            reading,
            ("outcome", outcome),
            choice,
            address=lambda to: lambda **more: to.outcome(outcome, **more),
            lines=LINES,
        ),
        asked=reading.asked,
        choices=reading.choices,
        links=links,
        here="",
        stale=reading.stale,
        action=Links(job.id).outcome(outcome),
        json_url=links.outcome(outcome, api=True),
    )
    return page_answer(request, html)


def _groups(reading: Reading, outcome: str) -> list[Group]:
    """The outcome's survey scores by every segment and circumstance that people were asked about."""
    found: list[Group] = []
    for name, values in reading.choices.items():
        if name == "channel" or name in reading.asked.filters or len(values) < 2:
            continue
        slices = read_outcomes(reading.session, reading.job, reading.view, by=name)
        rows = [(value, one) for value, figures in slices.items() for one in figures if one.outcome == outcome]
        if rows:
            found.append((name, rows))
    return found
