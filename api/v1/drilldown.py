"""What stands behind the figures of one step, one outcome or one failure mode, and two periods side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from alignment.change import IndexChange
from alignment.comparison import Changes, Span
from alignment.counted import answer_counts, start_counts
from alignment.documents import figures_json, head_json
from alignment.scorecard import TrendPoint
from api.access import require
from api.deps import Reading, ReadingOf
from api.headers import json_answer
from api.problems import NotFoundError
from api.v1.documents import plain
from api.v1.drill_shapes import ComparisonShape, FailureModePageShape, OutcomeShape, StepShape
from api.v1.jobs import PROBLEMS
from store.change_reports import read_change_report
from store.comparisons import read_comparison
from store.drilldown import Drill, Target, read_drill
from store.driver_shares import read_target_drivers
from store.surveys import read_answers, read_events

router = APIRouter(prefix="/v1/jobs/{job}", tags=["figures"], responses=PROBLEMS, dependencies=[require("leader")])

Document = dict[str, Any]
Earlier = Annotated[str | None, Query(description="First day of the earlier period to compare with.")]
Until = Annotated[str | None, Query(description="First day after that period; default `from`.")]


@router.get("/comparison", response_model=ComparisonShape)
def comparison(
    request: Request, reading: ReadingOf, compare_from: Earlier = None, compare_to: Until = None
) -> Response:
    """Two periods side by side; without an earlier one the days just before, or the newer and the older half."""
    compared = read_comparison(reading.session, reading.job, reading.view, before=reading.asked.before)
    found = compared.comparison
    spans = None if found is None else (found.before, found.after)
    document = {
        **head_json(reading.card),
        **_spans(spans),
        "index": None if found is None or found.index is None else _index(found.index),
        "reason": compared.reason if found is None else found.index_reason,
        "steps": {} if found is None else {name: _changes(one) for name, one in found.steps.items()},
        "modes": {} if found is None else {name: _changes(one) for name, one in found.modes.items()},
        "task_success": {} if found is None else _changes(found.task_success),
    }
    return json_answer(request, document)


@router.get("/steps/{step}", response_model=StepShape)
def step(
    request: Request, reading: ReadingOf, step: str, compare_from: Earlier = None, compare_to: Until = None
) -> Response:
    """A step: its figures, by week, channel, segment and circumstance, its change, its drivers, and how it adds up."""
    if step not in reading.job.step_by_id:
        raise NotFoundError(f"step {step!r} is not in job {reading.job.id}")
    card = reading.card
    figures = next(one for one in card.steps if one.step == step)
    events, success = read_events(reading.session, reading.job.id, as_of=reading.view.as_of), card.task_success
    document = {
        **_drill(reading, ("step", step)),
        "step": figures_json(figures),
        "task_success": success[step].as_json() if step in success else None,
        "starts": [asdict(one) for one in start_counts(events, step=step, view=reading.view)],
    }
    return json_answer(request, plain(document))


@router.get("/outcomes/{outcome}", response_model=OutcomeShape)
def outcome(
    request: Request, reading: ReadingOf, outcome: str, compare_from: Earlier = None, compare_to: Until = None
) -> Response:
    """An outcome: its survey scores and the answers counted, and what contacts show of it."""
    _check(reading, outcome)
    answers = read_answers(reading.session, reading.job.id, as_of=reading.view.as_of)
    figures = next((one for one in reading.card.outcomes if one.outcome == outcome), None)
    document = {
        **_drill(reading, ("outcome", outcome)),
        "outcome": None if figures is None else figures_json(figures),
        "answers": [asdict(one) for one in answer_counts(answers, outcome=outcome, view=reading.view)],
    }
    return json_answer(request, plain(document))


@router.get("/failure-modes/{outcome}", response_model=FailureModePageShape)
def failure_mode(
    request: Request, reading: ReadingOf, outcome: str, compare_from: Earlier = None, compare_to: Until = None
) -> Response:
    """A failure mode: burden, effort, resolution and cost, and everything behind them."""
    _check(reading, outcome)
    modes = reading.card.failure_modes
    ranked = [one.outcome for one in modes if one.burden.value is not None]
    document = {
        **_drill(reading, ("outcome", outcome)),
        "failure_mode": figures_json(next(one for one in modes if one.outcome == outcome)),
        "rank": ranked.index(outcome) + 1 if outcome in ranked else None,
    }
    return json_answer(request, plain(document))


def _check(reading: Reading, outcome: str) -> None:
    if outcome not in reading.job.outcome_by_id:
        raise NotFoundError(f"outcome {outcome!r} is not in job {reading.job.id}")


def _drill(reading: Reading, target: Target) -> Document:
    session, job, view = reading.session, reading.job, reading.view
    drill = read_drill(session, job, view, target=target)
    report = read_change_report(session, job, view, target=target, before=reading.asked.before)
    verdicts = {name: one.as_json() for name, one in report.verdicts.items()}
    drivers = read_target_drivers(session, job, view, target=target)
    return {
        **head_json(reading.card),
        **_kept(drill),
        "change": {**_spans(report.spans), "verdicts": verdicts, "reason": report.reason},
        "drivers": {name: one.as_json() for name, one in drivers.items()},
    }


def _kept(drill: Drill | None) -> Document:
    if drill is None:
        return {"trends": {}, "slices": {}, "account": [], "standing": None}
    return {
        "trends": {name: [_point(one) for one in line] for name, line in drill.trends.items()},
        "slices": {
            name: {value: figures_json(one) for value, one in values.items()} for name, values in drill.slices.items()
        },
        "account": [line.as_json() for line in drill.account],
        "standing": asdict(drill.standing),
    }


def _point(point: TrendPoint) -> Document:
    return {"week": point.week.isoformat(), "estimate": point.estimate.as_json()}


def _spans(spans: tuple[Span, Span] | None) -> Document:
    def one(span: Span) -> Mapping[str, str | None]:
        return {"from": _day(span.start), "to": _day(span.end)}

    return {"before": None, "after": None} if spans is None else {"before": one(spans[0]), "after": one(spans[1])}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _changes(changes: Changes) -> Document:
    return {
        name: {
            "before": one.before.as_json(),
            "after": one.after.as_json(),
            "difference": one.difference.as_json(),
            "word": one.word,
        }
        for name, one in changes.items()
    }


def _index(change: IndexChange) -> Document:
    return {
        "before": change.before.index.as_json(),
        "after": change.after.index.as_json(),
        "difference": change.difference.as_json(),
        "moved": change.moved,
        "components": dict(change.parts.components),
    }
