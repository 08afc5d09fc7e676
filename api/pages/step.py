"""One step: how much friction, what it is made of, in which channels, and the contacts behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from alignment.effort import scale_of
from alignment.estimate import Estimate
from alignment.scorecard import Scorecard, StepFigures, TrendPoint
from api import charts
from api.access import require
from api.address import Links
from api.deps import Reading, ReadingOf
from api.figures import FRICTION, SHARE
from api.headers import page_answer
from api.marks import marks
from api.movement import movement
from api.pages.scorecard import heat, outcome_rows, week_link
from api.problems import NotFoundError
from api.rendering import render
from store.browse import list_tagged
from store.driver_shares import read_driver_shares
from store.resolution_weeks import read_resolution_weeks
from store.scorecards import read_friction
from taxonomy.model import JobStep

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])


ROWS = 20

DRIVER_WORDS = {
    "transfer": "passed to somebody else",
    "had-to-repeat": "had to say it again",
    "switched-channel": "tried another channel before, or was sent to one",
    "repeat-contact": "came back about it",
    "generic-answer": "got a stock answer",
}


@dataclass(frozen=True)
class SliceRow:
    """One value of a dimension with the step's friction there."""

    value: str
    figures: StepFigures
    href: str
    chart: Markup


@dataclass(frozen=True)
class Breakdown:
    """One dimension with the step's friction by its values."""

    name: str
    rows: tuple[SliceRow, ...]


@dataclass(frozen=True)
class DriverRow:
    """One effort driver with the share of the step's contacts that has it."""

    name: str
    words: str
    share: Estimate
    chart: Markup


@router.get("/jobs/{job}/steps/{step}")
def step(request: Request, reading: ReadingOf, step: str, cursor: Annotated[str | None, Query()] = None) -> Response:
    """A step's page."""
    found = reading.job.step_by_id.get(step)
    card = reading.card
    figures = next((one for one in card.steps if one.step == step), None)
    if found is None or figures is None:
        raise NotFoundError(f"step {step!r} is not in job {reading.job.id}")
    return page_answer(request, _html(reading, card, found, figures=figures, cursor=cursor or None))


def _html(reading: Reading, card: Scorecard, step: JobStep, *, figures: StepFigures, cursor: str | None) -> str:
    links = Links(card.job.id, reading.asked)
    points = card.step_trends.get(step.id, ())
    noted, address = marks(reading.annotations, points, step=step.id), week_link(links, step=step.id)
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
        action=Links(card.job.id).step(step.id),
        json_url=links.contacts(step.id),
        movement=movement(points, name="friction here"),
        trend=charts.trend(points, FRICTION, name=f"Friction, {step.name}", link=address, marks=noted),
        marks=noted,
        weeks=points,
        outcomes=[row for row in outcome_rows(card, links) if row.step.id == step.id],
        modes={mode.outcome: mode for mode in card.failure_modes},
        breakdowns=_breakdowns(reading, card, step),
        friction_axis=charts.axis(FRICTION, low=0.0, high=100.0, count=charts.tick_count(100.0)),
        drivers=_drivers(reading, step),
        resolution=_resolution(reading, step),
        page=list_tagged(reading.session, card.job, view=reading.view, step=step.id, cursor=cursor, limit=ROWS),
        more=lambda after: links.step(step.id, cursor=after),
    )


@dataclass(frozen=True)
class ResolutionLine:
    """First contact resolution by week; `notes` say which of the newest weeks rest on Kaplan-Meier."""

    chart: Markup
    weeks: Sequence[TrendPoint]
    notes: Sequence[str]


def _resolution(reading: Reading, step: JobStep) -> ResolutionLine:
    """Week by week, and with each week that has open windows why it can still be read."""
    weeks = read_resolution_weeks(reading.session, reading.job, reading.view)[step.id]
    points = tuple(week.point for week in weeks)
    link = week_link(Links(reading.job.id, reading.asked), step=step.id)
    notes = [f"Week of {one.week:%-d %B}: {one.estimate.reason}" for one in weeks if one.open]
    return ResolutionLine(charts.trend(points, SHARE, name=f"Resolved, {step.name}", link=link), points, notes)


def _drivers(reading: Reading, step: JobStep) -> list[DriverRow]:
    """What made the step's contacts hard work, the most frequent first."""
    shares = read_driver_shares(reading.session, reading.job, reading.view)[step.id]
    rows = [
        DriverRow(name, DRIVER_WORDS[name], share, charts.interval_row(share, SHARE, name=name, low=0.0, high=1.0))
        for name, share in shares.items()
    ]
    return sorted(rows, key=lambda row: -(row.share.value or 0.0))


def _breakdowns(reading: Reading, card: Scorecard, step: JobStep) -> list[Breakdown]:
    """By every dimension that the address does not fix already and that has at least two values."""
    links = Links(card.job.id, reading.asked)
    found = []
    for name, values in reading.choices.items():
        if name not in reading.asked.filters and len(values) > 1:
            slices = read_friction(reading.session, card.job, reading.view, by=name)
            found.append(Breakdown(name, _slice_rows(slices, name, step, links=links)))
    return found


def _slice_rows(
    slices: Mapping[str, Sequence[StepFigures]], name: str, step: JobStep, *, links: Links
) -> tuple[SliceRow, ...]:
    rows = []
    for value, steps in slices.items():
        figures = next((one for one in steps if one.step == step.id), None)
        if figures is not None and value != "None":
            chart = charts.interval_row(
                figures.friction, FRICTION, name=f"{step.name}, {value}", low=0.0, high=100.0,
                tone=f"tone-{heat(figures.friction)}",
            )  # fmt: skip
            rows.append(SliceRow(value, figures, links.where(name, value, step=step.id), chart))
    return tuple(rows)
