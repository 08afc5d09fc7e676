"""The rows of the scorecard: steps, failure modes, outcomes and bars, each with its address and drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from alignment.annotations import Annotation
from alignment.comparison import Comparison
from alignment.differences import Change
from alignment.estimate import Estimate
from alignment.scorecard import FailureMode, OutcomeFigures, Scorecard, StepFigures, TrendPoint
from api import charts
from api.address import Links
from api.change_chart import Told, change_row, signed, told
from api.figures import FRICTION, SCORE, SHARE
from api.marks import marks
from taxonomy.model import DesiredOutcome, JobStage, JobStep

HEAT = (15.0, 25.0, 35.0, 50.0)
COMPONENTS = {
    "opportunity": ("Outcomes", "how far the most under-served outcomes have come towards their targets"),
    "task_success": ("Task success", "how often customers complete the critical steps"),
    "service": ("Service", "effort and first contact resolution where service fails most"),
}


@dataclass(frozen=True)
class StepRow:
    """One step as the map and the friction chart show it. `heat` 1 (little friction) to 5; 0 where none is known.

    `said` is its change in words, `difference` how much.
    """

    step: JobStep
    figures: StepFigures
    href: str
    heat: int
    chart: Markup
    spark: Markup
    said: Told
    difference: str


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
    """A named figure drawn as a bar. `of` names it as the scorecard's JSON does."""

    name: str
    note: str
    estimate: Estimate
    href: str
    chart: Markup
    of: str


def week_link(links: Links, *, step: str | None = None, mode: str | None = None) -> Callable[[date], str]:
    """Where a weekly point leads: the same page for the four weeks that end with it, which the point speaks of."""
    return lambda monday: links.during(monday - timedelta(weeks=3), monday + timedelta(weeks=1), step=step, mode=mode)


def friction_ceiling(card: Scorecard, compared: Comparison | None = None) -> float:
    """The top of the friction axis: a round number above every interval, those of the earlier period too."""
    shown = [figures.friction for figures in card.steps]
    if compared is not None:
        shown += [changes["friction"].before for changes in compared.steps.values()]
    return charts.round_ceiling(charts.highest(shown), at_most=100.0)


def step_rows(
    card: Scorecard,
    links: Links,
    *,
    compared: Comparison | None = None,
    annotations: Sequence[Annotation] = (),
) -> list[StepRow]:
    """Every step of the job, in its order, coloured by its change where two periods could be compared."""
    top = friction_ceiling(card, compared if links.asked.before else None)
    steps = {} if compared is None else compared.steps
    return [
        _step_row(card, one, links, top=top, change=steps.get(one.step, {}).get("friction"), annotations=annotations)
        for one in card.steps
        if one.step in card.job.step_by_id
    ]


def _step_row(
    card: Scorecard,
    figures: StepFigures,
    links: Links,
    *,
    top: float,
    change: Change | None,
    annotations: Sequence[Annotation],
) -> StepRow:
    step = card.job.step_by_id[figures.step]
    pair = links.asked.before is not None
    chart = change_row(figures.friction, FRICTION, name=f"Friction, {step.name}", top=top, change=change, pair=pair)
    points = recent(card.step_trends.get(step.id, ()))
    noted = marks(annotations, points, step=step.id)
    spark = charts.sparkline(points, name=f"Trend of {step.name}", marks=noted)
    difference = "" if change is None or change.difference.value is None else signed(change.difference, FRICTION)
    return StepRow(
        step, figures, links.step(step.id), heat(figures.friction), chart, spark, told(change, FRICTION), difference
    )


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
        ModeRow(i, one, job.step_by_id[one.step], job.outcome_by_id.get(one.outcome), links.failure_mode(one.outcome))
        for i, one in enumerate(known[:3], start=1)
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
        BarRow(
            name, note, card.index.components[key], links.index(), _bar(card.index.components[key], name),
            f"components.{key}",
        )
        for key, (name, note) in COMPONENTS.items()
        if key in card.index.components
    ]  # fmt: skip


def success_rows(card: Scorecard, links: Links) -> list[BarRow]:
    """Task success of the critical steps."""
    steps = [step for step in card.job.critical_steps if step.id in card.task_success]
    return [
        BarRow(
            step.name, step.statement, card.task_success[step.id], links.step(step.id),
            _bar(card.task_success[step.id], f"Task success, {step.name}"), f"task_success.{step.id}",
        )
        for step in steps
    ]  # fmt: skip


def _bar(estimate: Estimate, name: str) -> Markup:
    return charts.bar_row(estimate, SHARE, name=name)
