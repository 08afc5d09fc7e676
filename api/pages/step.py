"""One step: how much friction, what it is made of, in which channels, and the contacts behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from alignment.counted import start_counts
from alignment.effort import scale_of
from alignment.scorecard import Scorecard, StepFigures, TrendPoint
from api import charts
from api.access import require
from api.address import Links
from api.deps import Reading, ReadingOf
from api.figures import FRICTION, SHARE
from api.headers import page_answer
from api.marks import Mark, marks
from api.movement import movement
from api.pages.contact_choice import Choice, ChoiceOf
from api.pages.drill import drill_part
from api.pages.scorecard_rows import heat, outcome_rows, week_link
from api.problems import NotFoundError
from api.rendering import render
from store.resolution_weeks import read_resolution_weeks
from store.surveys import read_events
from taxonomy.model import JobStep

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

LINES = ("effort", "share")
"""Friction stands at the top of the page, and resolution has a line of its own that reads the newest weeks too."""


@router.get("/jobs/{job}/steps/{step}")
def step(request: Request, reading: ReadingOf, step: str, choice: ChoiceOf) -> Response:
    """A step's page."""
    found = reading.job.step_by_id.get(step)
    if found is None:
        raise NotFoundError(f"step {step!r} is not in job {reading.job.id}")
    card = reading.card
    figures = next(one for one in card.steps if one.step == step)
    return page_answer(request, _html(reading, card, found, figures=figures, choice=choice))


def _html(reading: Reading, card: Scorecard, step: JobStep, *, figures: StepFigures, choice: Choice) -> str:
    links = Links(card.job.id, reading.asked)
    return render(
        "step.html",
        card=card,
        effort_words=scale_of(card.job).words,
        job=card.job,
        step=step,
        figures=figures,
        heat=heat(figures.friction),
        asked=reading.asked,
        choices=reading.choices,
        links=links,
        here="",
        stale=reading.stale,
        action=Links(card.job.id).step(step.id),
        json_url=links.step(step.id, api=True),
        **_friction(reading, card, step),
        outcomes=[row for row in outcome_rows(card, links) if row.step.id == step.id],
        modes={mode.outcome: mode for mode in card.failure_modes},
        friction_axis=charts.axis(FRICTION, low=0.0, high=100.0, count=charts.tick_count(100.0)),
        resolution=_resolution(reading, step),
        success=card.task_success.get(step.id),
        starts=_starts(reading, step),
        drill=drill_part(
            reading,
            ("step", step.id),
            choice,
            address=lambda to: lambda **more: to.step(step.id, **more),
            lines=LINES,
        ),
    )


def _friction(reading: Reading, card: Scorecard, step: JobStep) -> Mapping[str, Any]:
    points = card.step_trends.get(step.id, ())
    noted = marks(reading.annotations, points, step=step.id)
    address = week_link(Links(card.job.id, reading.asked), step=step.id)
    return {
        "movement": movement(points, name="friction here"),
        "trend": charts.trend(points, FRICTION, name=f"Friction, {step.name}", link=address, marks=noted),
        "marks": noted,
        "weeks": points,
    }


def _starts(reading: Reading, step: JobStep) -> Sequence[Any]:
    """Starts and completions by month, so that task success can be counted again."""
    events = read_events(reading.session, reading.job.id, as_of=reading.view.as_of)
    return start_counts(events, step=step.id, view=reading.view)


@dataclass(frozen=True)
class ResolutionLine:
    """First contact resolution by week; `notes` say which of the newest weeks rest on Kaplan-Meier."""

    chart: Markup
    weeks: Sequence[TrendPoint]
    marks: Sequence[Mark]
    notes: Sequence[str]


def _resolution(reading: Reading, step: JobStep) -> ResolutionLine:
    """Week by week, and with each week that has open windows why it can still be read."""
    weeks = read_resolution_weeks(reading.session, reading.job, reading.view)[step.id]
    points = tuple(week.point for week in weeks)
    link = week_link(Links(reading.job.id, reading.asked), step=step.id)
    noted = marks(reading.annotations, points, step=step.id)
    notes = [f"Week of {one.week:%-d %B}: {one.estimate.reason}" for one in weeks if one.open]
    chart = charts.trend(points, SHARE, name=f"Resolved, {step.name}", link=link, marks=noted)
    return ResolutionLine(chart, points, noted, notes)
