"""The Alignment Index: what it is made of, with the numbers put in, and what was published before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from alignment.estimate import Estimate
from alignment.index import explain
from alignment.scorecard import Scorecard
from api import charts
from api.access import require
from api.address import Links
from api.deps import ReadingOf
from api.figures import INDEX
from api.headers import page_answer
from api.marks import marks
from api.movement import movement
from api.pages.scorecard_rows import component_rows, week_link
from api.rendering import render
from store.scores import PublishedIndex, index_history, read_formula

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

KINDS = {
    "opportunity": ("opportunity", "Opportunity"),
    "task_success": ("share", "Task success"),
    "effort": ("effort", "Effort"),
    "fcr": ("share", "Resolved on first contact"),
}


@dataclass(frozen=True)
class InputRow:
    """One input of the index: `norm` is its attainment between the goalposts, `points` what it adds to the index."""

    name: str
    kind: str
    href: str
    scale: str
    estimate: Estimate
    worst: float
    best: float
    norm: float | None
    points: float | None


@dataclass(frozen=True)
class PastRow:
    """One index as it was published."""

    as_of: datetime
    start: date | None
    end: date | None
    formula: str
    job_version: str
    estimate: Estimate


@router.get("/jobs/{job}/index")
def index(request: Request, reading: ReadingOf) -> Response:
    """The index's page."""
    card, links = reading.card, Links(reading.job.id, reading.asked)
    formula = read_formula(reading.session, card.job.id, as_of=reading.view.as_of)
    arithmetic = formula is not None and formula.aggregation == "arithmetic"
    weights = formula.weights if formula else card.job.index.weights
    history = index_history(reading.session, card.job.id)
    noted = marks(reading.annotations, card.index_trend)
    html = render(
        "index.html",
        card=card,
        job=card.job,
        formula=formula,
        weights=weights,
        explanation=explain(formula, card.index) if formula else "",
        gauge=charts.gauge(card.index.index, INDEX, name="Alignment Index", method_band=card.index.method_band),
        components=component_rows(card, links),
        inputs=[input_row(row, card, links, weights=weights if arithmetic else {}) for row in card.index.inputs],
        history=[past_row(row) for row in reversed(history)],
        movement=movement(card.index_trend, name="the index"),
        trend=charts.trend(card.index_trend, INDEX, name="Alignment Index", link=week_link(links), marks=noted),
        marks=noted,
        weeks=card.index_trend,
        asked=reading.asked,
        choices=reading.choices,
        links=links,
        here="index",
        action=Links(card.job.id).index(),
        json_url=links.index(api=True),
    )
    return page_answer(request, html)


def input_row(row: Mapping[str, Any], card: Scorecard, links: Links, *, weights: Mapping[str, float]) -> InputRow:
    """An input with its name in words and the page behind it; the points of a geometric index do not add up."""
    measure, _, what = str(row["id"]).partition(":")
    outcome = what.rpartition("/")[2]
    scale, kind = KINDS.get(measure, ("score", measure))
    if measure == "task_success":
        name, href = _step_name(card, what), links.step(what)
    else:
        found = card.job.outcome_by_id.get(outcome)
        name, href = found.statement if found else outcome, links.outcome(outcome)
    estimate = Estimate(
        row["value"], row["low"], row["high"], row["n"], row["reviewed"], row["method"], card.view.as_of, row["reason"]
    )
    share = weights.get(row["component"])
    points = None if share is None or row["norm"] is None else 100 * share * row["weight"] * row["norm"]
    return InputRow(name, kind, href, scale, estimate, row["worst"], row["best"], row["norm"], points)


def _step_name(card: Scorecard, step: str) -> str:
    return card.job.step_by_id[step].name if step in card.job.step_by_id else step


def past_row(row: PublishedIndex) -> PastRow:
    """A published index from the document that was kept of it."""
    found = {**row.content["index"]}
    found["as_of"] = datetime.fromisoformat(found["as_of"])
    return PastRow(row.as_of, row.start, row.end, row.formula, row.job_version, Estimate(**found))
