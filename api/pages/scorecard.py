"""A job's scorecard: the one page that a leader reads in five minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from alignment.annotations import Annotation
from alignment.effort import scale_of
from alignment.scorecard import Scorecard
from api import charts
from api.access import require
from api.address import Asked, Links
from api.deps import ReadingOf
from api.figures import FRICTION, INDEX, SCORE
from api.headers import page_answer
from api.index_sentence import index_movement, period
from api.marks import marks
from api.pages.alerts import alert_rows
from api.pages.comparison_rows import side_by_side
from api.pages.scorecard_rows import (
    by_burden,
    component_rows,
    friction_ceiling,
    mode_rows,
    outcome_rows,
    stage_columns,
    step_rows,
    success_rows,
    week_link,
)
from api.rendering import render
from store.alerts import Alert
from store.comparisons import Compared, read_comparison

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

SHOWN_OUTCOMES = 8
NOT_COMPARED = Compared(None, "nothing was compared")


@router.get("/jobs/{job}")
def scorecard(request: Request, reading: ReadingOf) -> Response:
    """The scorecard of a job."""
    html = scorecard_html(
        reading.card,
        asked=reading.asked,
        choices=reading.choices,
        annotations=reading.annotations,
        alerts=reading.alerts,
        stale=reading.stale,
        compared=read_comparison(reading.session, reading.job, reading.view, before=reading.asked.before),
    )
    return page_answer(request, html)


def scorecard_html(
    card: Scorecard,
    *,
    asked: Asked,
    choices: Mapping[str, Sequence[str]],
    annotations: Sequence[Annotation] = (),
    alerts: Sequence[Alert] = (),
    compared: Compared = NOT_COMPARED,
    stale: str | None = None,
) -> str:
    """The page. `choices` gives the values offered for each filter name; `stale` says why figures are not fresh."""
    links = Links(card.job.id, asked)
    return render(
        "scorecard.html",
        card=card,
        job=card.job,
        asked=asked,
        choices=choices,
        links=links,
        here="scorecard",
        stale=stale,
        action=Links(card.job.id).scorecard(),
        json_url=links.scorecard(api=True),
        alerts=alert_rows(card.job, list(alerts)),
        **_index_part(card, links, annotations, compared),
        **_steps_part(card, links, annotations, compared),
        **_outcomes_part(card, links),
        successes=success_rows(card, links),
    )


def _index_part(
    card: Scorecard, links: Links, annotations: Sequence[Annotation], compared: Compared
) -> Mapping[str, Any]:
    noted = marks(annotations, card.index_trend)
    return {
        "gauge": charts.gauge(card.index.index, INDEX, name="Alignment Index", method_band=card.index.method_band),
        "movement": index_movement(card.job, compared.comparison, compared.reason),
        "trend": charts.trend(card.index_trend, INDEX, name="Alignment Index", link=week_link(links), marks=noted),
        "marks": noted,
        "weeks": card.index_trend,
        "components": component_rows(card, links),
    }


def _steps_part(
    card: Scorecard, links: Links, annotations: Sequence[Annotation], compared: Compared
) -> Mapping[str, Any]:
    found, modes = compared.comparison, mode_rows(card, links)
    rows = step_rows(card, links, compared=found, annotations=annotations)
    top = friction_ceiling(card, found if links.asked.before else None)
    shown = [row.mode.outcome for row in modes]
    return {
        "stages": stage_columns(rows),
        "rows": by_burden(rows),
        "axis": charts.axis(FRICTION, low=0.0, high=top, count=charts.tick_count(top)),
        "spans": (period(found.before), period(found.after)) if found else None,
        "why_not": compared.reason,
        "pairs": side_by_side(card, found, links, modes=shown) if found and links.asked.before else None,
        "modes": modes,
        "effort_words": scale_of(card.job).words,
    }


def _outcomes_part(card: Scorecard, links: Links) -> Mapping[str, Any]:
    outcomes = outcome_rows(card, links)
    serviced = [row for row in outcomes if row.figures.service is not None]
    doubts = {one.reason for row in serviced if (one := row.figures.service) and one.satisfaction.value is not None}
    return {
        "outcomes": outcomes,
        "serviced": serviced,
        "doubts": sorted(filter(None, doubts)),
        "outcome_axis": charts.axis(SCORE, low=1.0, high=10.0, count=3),
        "shown_outcomes": SHOWN_OUTCOMES,
    }
