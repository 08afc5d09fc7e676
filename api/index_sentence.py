"""What moved the index from one period to another, and whether that is more than chance, in plain words."""

from __future__ import annotations

from datetime import timedelta

from alignment.change import IndexChange
from alignment.comparison import Comparison, Span
from alignment.decomposition import Contribution
from api.change_chart import signed_interval
from api.figures import INDEX, number
from api.movement import Movement
from api.rendering import day
from taxonomy.model import Job

PARTS = {
    "opportunity": "the outcomes customers want done better",
    "task_success": "task success",
    "service": "service where it fails most",
}
MEASURES = {"effort": "effort", "fcr": "first contact resolution", "task_success": "success", "opportunity": "the need"}
SMALL = 0.05
"""Index points under which a part is not worth naming."""


def period(span: Span) -> str:
    """The days of a span, the last one included: "4 May–2 Aug 2026"."""
    last = None if span.end is None else day(span.end - timedelta(days=1))
    if span.start is None:
        return f"everything up to {last}" if last else "everything"
    if span.end is None or last is None:
        return f"{day(span.start)} and since"
    same = span.start.year == (span.end - timedelta(days=1)).year
    return f"{day(span.start).removesuffix(f' {span.start.year}') if same else day(span.start)}–{last}"


def index_movement(job: Job, found: Comparison | None, reason: str | None) -> Movement:
    """Whether the index moved between the two periods, and what pulled most."""
    if found is None or found.index is None:
        why = reason if found is None else found.index_reason
        return Movement("unknown", f"Nobody can say yet whether the index moved: {why}.")
    change = found.index
    spans = f"from {period(found.before)} to {period(found.after)}"
    value = change.difference.value or 0.0
    if change.difference.low is None:
        why = "no review corrects one of the two periods, so nobody can say whether that is more than chance"
        return Movement("unknown", f"{_went(value)} {spans}; {why}. {_pull(job, change)}")
    between = f"the difference lies between {signed_interval(change.difference, INDEX).replace(' to ', ' and ')}"
    if change.moved:
        return Movement(
            "up" if value > 0 else "down",
            f"{_went(value)} {spans}, more than chance: {between}. {_pull(job, change)}",
        )
    low, high = change.difference.low, change.difference.high or 0.0
    if low <= 0 <= high:
        return Movement("level", f"No movement beyond chance {spans}: {between}. {_pull(job, change)}")
    weights = "other reasonable weights of its parts would say otherwise, so do not call it a move"
    return Movement("level", f"{_went(value)} {spans}, but {weights}. {_pull(job, change)}")


def _went(value: float) -> str:
    if abs(value) < SMALL:
        return "Unchanged"
    return f"{'Up' if value > 0 else 'Down'} {abs(value):.1f} points"


def _pull(job: Job, change: IndexChange) -> str:
    """The component that pulled most, and inside it the input that moved most the same way."""
    name, points = max(change.parts.components.items(), key=lambda part: abs(part[1]))
    if abs(points) < SMALL:
        return "None of its parts moved."
    inside = [one for one in change.parts.contributions if one.component == name and one.movement * points > 0]
    top = max(inside, key=lambda one: abs(one.movement), default=None)
    above = f", above all {_input(job, top)}" if top is not None and abs(top.movement) >= SMALL else ""
    return f"The strongest pull came from {PARTS[name]} ({_points(points)}){above}."


def _input(job: Job, one: Contribution) -> str:
    measure, _, what = one.id.partition(":")
    step, _, outcome = what.rpartition("/")
    statement = job.outcome_by_id[outcome].statement if outcome in job.outcome_by_id else None
    name = job.step_by_id[outcome].name if outcome in job.step_by_id else statement or outcome
    where = f"“{name}”" if not step else f"“{name}” ({job.step_by_id[step].name})" if step in job.step_by_id else name
    return f"{MEASURES.get(measure, measure)} of {where}"


def _points(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number(value, INDEX, 1)}"
