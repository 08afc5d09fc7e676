"""A job's scorecard: the one page that a leader reads in five minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from alignment.annotations import Annotation
from alignment.effort import scale_of
from alignment.estimate import Estimate
from alignment.scorecard import FailureMode, OutcomeFigures, Scorecard, StepFigures, TrendPoint
from api import charts
from api.access import require
from api.address import Asked, Links
from api.deps import Reading, ReadingOf
from api.figures import FRICTION, INDEX, SCORE, SHARE
from api.headers import page_answer
from api.marks import marks
from api.movement import movement
from api.pages.alerts import alert_rows
from api.rendering import render
from store.alerts import Alert
from taxonomy.model import DesiredOutcome, JobStage, JobStep

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

HEAT = (15.0, 25.0, 35.0, 50.0)
SHOWN_OUTCOMES = 8
COMPONENTS = {
    "opportunity": ("Outcomes", "how far the most under-served outcomes have come towards their targets"),
    "task_success": ("Task success", "how often customers complete the critical steps"),
    "service": ("Service", "effort and first contact resolution where service fails most"),
}


@dataclass(frozen=True)
class StepRow:
    """One step as the map and the friction chart show it. `heat` 1 (little friction) to 5; 0 where none is known."""

    step: JobStep
    figures: StepFigures
    href: str
    heat: int
    chart: Markup
    spark: Markup


@dataclass(frozen=True)
class StageColumn:
    """One stage of the job map with the job's steps in it."""

    stage: JobStage
    rows: tuple[StepRow, ...]


@dataclass(frozen=True)
class ModeRow:
    """One failure mode with its names and the address behind it."""

    rank: int
    mode: FailureMode
    step: JobStep
    outcome: DesiredOutcome | None
    href: str


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome with its gap drawn."""

    outcome: DesiredOutcome
    step: JobStep
    figures: OutcomeFigures
    href: str
    chart: Markup


@dataclass(frozen=True)
class BarRow:
    """A named figure drawn as a bar."""

    name: str
    note: str
    estimate: Estimate
    href: str
    chart: Markup


@router.get("/jobs/{job}")
def scorecard(request: Request, reading: ReadingOf) -> Response:
    """The scorecard of a job."""
    return page_answer(request, _html(reading))


def _html(reading: Reading) -> str:
    return scorecard_html(
        reading.card,
        asked=reading.asked,
        choices=reading.choices,
        annotations=reading.annotations,
        alerts=reading.alerts,
    )


def scorecard_html(
    card: Scorecard,
    *,
    asked: Asked,
    choices: Mapping[str, Sequence[str]],
    annotations: Sequence[Annotation] = (),
    alerts: Sequence[Alert] = (),
) -> str:
    """The page. `choices` gives the values offered for each filter name."""
    noted = marks(annotations, card.index_trend)
    links = Links(card.job.id, asked)
    rows = step_rows(card, links)
    top = friction_ceiling(card)
    outcomes = outcome_rows(card, links)
    serviced = [row for row in outcomes if row.figures.service is not None]
    doubts = {one.reason for row in serviced if (one := row.figures.service) and one.satisfaction.value is not None}
    return render(
        "scorecard.html",
        card=card,
        job=card.job,
        asked=asked,
        choices=choices,
        links=links,
        here="scorecard",
        action=Links(card.job.id).scorecard(),
        json_url=links.scorecard(api=True),
        stages=stage_columns(rows),
        rows=by_burden(rows),
        axis=charts.axis(FRICTION, low=0.0, high=top, count=charts.tick_count(top)),
        gauge=charts.gauge(card.index.index, INDEX, name="Alignment Index", method_band=card.index.method_band),
        movement=movement(card.index_trend, name="the index"),
        trend=charts.trend(card.index_trend, INDEX, name="Alignment Index", link=week_link(links), marks=noted),
        marks=noted,
        alerts=alert_rows(card.job, list(alerts)),
        weeks=card.index_trend,
        components=component_rows(card, links),
        modes=mode_rows(card, links),
        outcomes=outcomes,
        serviced=serviced,
        doubts=sorted(filter(None, doubts)),
        effort_words=scale_of(card.job).words,
        outcome_axis=charts.axis(SCORE, low=1.0, high=10.0, count=3),
        shown_outcomes=SHOWN_OUTCOMES,
        successes=success_rows(card, links),
    )


def week_link(links: Links, *, step: str | None = None) -> Callable[[date], str]:
    """Where a weekly point leads: the same page for the four weeks that end with it, which the point speaks of."""
    return lambda monday: links.during(monday - timedelta(weeks=3), monday + timedelta(weeks=1), step=step)


def friction_ceiling(card: Scorecard) -> float:
    """The top of the friction axis: a round number above every interval."""
    return charts.round_ceiling(charts.highest([figures.friction for figures in card.steps]), at_most=100.0)


def step_rows(card: Scorecard, links: Links) -> list[StepRow]:
    """Every step of the job, in its order."""
    top = friction_ceiling(card)
    return [_step_row(card, figures, links, top) for figures in card.steps if figures.step in card.job.step_by_id]


def _step_row(card: Scorecard, figures: StepFigures, links: Links, top: float) -> StepRow:
    step = card.job.step_by_id[figures.step]
    level = heat(figures.friction)
    chart = charts.interval_row(
        figures.friction, FRICTION, name=f"Friction, {step.name}", low=0.0, high=top, tone=f"tone-{level}"
    )
    spark = charts.sparkline(recent(card.step_trends.get(step.id, ())), name=f"Trend of {step.name}")
    return StepRow(step, figures, links.step(step.id), level, chart, spark)


def recent(points: Sequence[TrendPoint]) -> Sequence[TrendPoint]:
    """The last half year."""
    return points[-26:]


def heat(friction: Estimate) -> int:
    """1 to 5 by fixed limits, so that a colour means the same on every page; 0 where nothing is known."""
    value = friction.value
    return 0 if value is None else 1 + sum(value >= limit for limit in HEAT)


def by_burden(rows: Sequence[StepRow]) -> list[StepRow]:
    """Where to act first; steps without a figure come last, in the job's order."""
    return sorted(rows, key=lambda row: -(row.figures.burden.value if row.figures.burden.value is not None else -1.0))


def stage_columns(rows: Sequence[StepRow]) -> list[StageColumn]:
    """The eight stages of the universal job map, each with its steps."""
    return [StageColumn(stage, tuple(row for row in rows if row.step.stage is stage)) for stage in JobStage]


def mode_rows(card: Scorecard, links: Links) -> list[ModeRow]:
    """The top three failure modes; one whose burden is not known cannot be named."""
    job = card.job
    known = [mode for mode in card.failure_modes if mode.burden.value is not None]
    return [
        ModeRow(i, mode, job.step_by_id[mode.step], job.outcome_by_id.get(mode.outcome), links.outcome(mode.outcome))
        for i, mode in enumerate(known[:3], start=1)
    ]


def outcome_rows(card: Scorecard, links: Links) -> list[OutcomeRow]:
    """Outcomes, the largest opportunity first, those nobody was asked about last."""
    ranked = sorted(card.outcomes, key=lambda figures: (figures.rank is None, figures.rank))
    return [_outcome_row(card, figures, links) for figures in ranked if figures.outcome in card.job.outcome_by_id]


def _outcome_row(card: Scorecard, figures: OutcomeFigures, links: Links) -> OutcomeRow:
    outcome = card.job.outcome_by_id[figures.outcome]
    step = card.job.step_by_id[card.job.step_of[outcome.id]]
    tone = f"served-{figures.served}" if figures.served else ""
    chart = charts.gap_row(figures.importance, figures.satisfaction, SCORE, name=outcome.statement, tone=tone)
    return OutcomeRow(outcome, step, figures, links.outcome(outcome.id), chart)


def component_rows(card: Scorecard, links: Links) -> list[BarRow]:
    """The components of the index, each attainment between 0 and 1."""
    return [
        BarRow(name, note, card.index.components[key], links.index(), _bar(card.index.components[key], name))
        for key, (name, note) in COMPONENTS.items()
        if key in card.index.components
    ]


def success_rows(card: Scorecard, links: Links) -> list[BarRow]:
    """Task success of the critical steps."""
    steps = [step for step in card.job.critical_steps if step.id in card.task_success]
    return [
        BarRow(
            step.name, step.statement, card.task_success[step.id], links.step(step.id),
            _bar(card.task_success[step.id], f"Task success, {step.name}"),
        )
        for step in steps
    ]  # fmt: skip


def _bar(estimate: Estimate, name: str) -> Markup:
    return charts.bar_row(estimate, SHARE, name=name)
