"""The Alignment Index: what it is made of, with the numbers put in, and what was published before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from alignment.estimate import Estimate
from alignment.index import IndexFormula, explain
from alignment.scorecard import Scorecard
from alignment.sensitivity import Sensitivity, sensitivity
from api import charts
from api.access import require
from api.address import Links
from api.deps import ReadingOf
from api.figures import INDEX
from api.headers import page_answer
from api.marks import marks
from api.movement import movement
from api.pages.index_change import address, change_view, recent
from api.pages.index_words import input_words
from api.pages.scorecard_rows import component_rows, week_link
from api.rendering import render
from store.scores import PublishedIndex, formula_history, index_history, read_formula

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])


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
    link: float | None


@router.get("/jobs/{job}/index")
def index(request: Request, reading: ReadingOf) -> Response:
    """The index's page."""
    card, links = reading.card, Links(reading.job.id, reading.asked)
    formula = read_formula(reading.session, card.job.id, as_of=reading.view.as_of)
    arithmetic = formula is not None and formula.aggregation == "arithmetic"
    weights = formula.weights if formula else card.job.index.weights
    history = index_history(reading.session, card.job.id)
    noted = marks(reading.annotations, card.index_trend)
    between = recent(reading)
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
        epochs=formula_history(reading.session, card.job.id),
        change=change_view(reading, between),
        change_url=address(links, between),
        sensitivity=sensitivity_rows(formula, card, links),
        export_url=links.to("index", "export", api=True),
        movement=movement(card.index_trend, name="the index"),
        trend=charts.trend(card.index_trend, INDEX, name="Alignment Index", link=week_link(links), marks=noted),
        marks=noted,
        weeks=card.index_trend,
        asked=reading.asked,
        choices=reading.choices,
        links=links,
        here="index",
        stale=reading.stale,
        action=Links(card.job.id).index(),
        json_url=links.index(api=True),
    )
    return page_answer(request, html)


def input_row(row: Mapping[str, Any], card: Scorecard, links: Links, *, weights: Mapping[str, float]) -> InputRow:
    """An input with its name in words and the page behind it; the points of a geometric index do not add up."""
    words = input_words(card.job, str(row["id"]), links)
    estimate = Estimate(
        row["value"], row["low"], row["high"], row["n"], row["reviewed"], row["method"], card.view.as_of, row["reason"]
    )
    share = weights.get(row["component"])
    points = None if share is None or row["norm"] is None else 100 * share * row["weight"] * row["norm"]
    return InputRow(
        words.name, words.kind, words.href, words.scale, estimate, row["worst"], row["best"], row["norm"], points
    )


@dataclass(frozen=True)
class SensitivityView:
    """What other choices would make of the index: `without` names inputs in words, the largest effect first."""

    found: Sensitivity
    without: tuple[tuple[str, float], ...]


def sensitivity_rows(formula: IndexFormula | None, card: Scorecard, links: Links) -> SensitivityView | None:
    """The index under other reasonable choices; None where it is not published."""
    found = None if formula is None else sensitivity(formula, card.index)
    if found is None:
        return None
    words = [(input_words(card.job, one.id, links), one.value) for one in found.without[:3]]
    return SensitivityView(found, tuple((f"{one.name} ({one.kind.lower()})", value) for one, value in words))


def past_row(row: PublishedIndex) -> PastRow:
    """A published index from the document that was kept of it."""
    found = {**row.content["index"]}
    found["as_of"] = datetime.fromisoformat(found["as_of"])
    return PastRow(
        row.as_of, row.start, row.end, row.formula, row.job_version, Estimate(**found), row.content.get("link_factor")
    )
