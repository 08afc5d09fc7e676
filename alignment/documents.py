"""The JSON documents of CONTRACTS, made once for the command line and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from alignment.estimate import Estimate
from alignment.scorecard import OutcomeFigures, Scorecard, ServiceEvidence, StepFigures, TrendPoint

Document = dict[str, Any]


def head_json(card: Scorecard) -> Document:
    """Which figures these are: the job's version, the period, the filters, and as known when."""
    view = {"from": _day(card.view.start), "to": _day(card.view.end), "as_of": card.view.as_of.isoformat()}
    return {"job": card.job.id, "job_version": card.job.stamp, **view, "filters": dict(card.view.filters)}


def friction_json(card: Scorecard, slices: Mapping[str, Sequence[StepFigures]] | None = None) -> Document:
    """`headway friction --json`; `slices` are the same figures by one dimension."""
    document = {**head_json(card), "steps": [figures_json(figures) for figures in card.steps]}
    if slices is not None:
        document["slices"] = {value: [figures_json(one) for one in steps] for value, steps in slices.items()}
    return document


def outcomes_json(card: Scorecard, slices: Mapping[str, Sequence[OutcomeFigures]] | None = None) -> Document:
    """Every outcome's survey scores and opportunity; `slices` are the same figures by one dimension."""
    document: Document = {**head_json(card), "outcomes": [figures_json(figures) for figures in card.outcomes]}
    if slices is not None:
        document["slices"] = {value: [figures_json(one) for one in part] for value, part in slices.items()}
    return document


def index_json(card: Scorecard) -> Document:
    """`headway index --json`: the index with everything needed to redo it."""
    index = card.index
    return {
        "index": index.index.as_json(),
        "method_band": list(index.method_band) if index.method_band else None,
        "response_band": list(index.response_band) if index.response_band else None,
        "published": index.published,
        "reason": index.reason,
        "formula": index.formula,
        "components": {name: part.as_json() for name, part in index.components.items()},
        "inputs": [_plain(row) for row in index.inputs],
    }


def scorecard_json(card: Scorecard) -> Document:
    """Everything on the scorecard page."""
    return {
        **friction_json(card),
        "statement": card.job.statement,
        "model": card.model,
        "contacts": card.contacts,
        "reviewed": card.reviewed,
        "tagged_to": card.tagged_to.isoformat() if card.tagged_to else None,
        **index_json(card),
        "index_trend": _trend(card.index_trend),
        "step_trends": {step: _trend(points) for step, points in card.step_trends.items()},
        "failure_modes": [figures_json(mode) for mode in card.failure_modes],
        "outcomes": [figures_json(one) for one in card.outcomes],
        "task_success": {step: estimate.as_json() for step, estimate in card.task_success.items()},
    }


def figures_json(figures: Any) -> Document:
    """A dataclass of ids and estimates, field by field."""
    return {field.name: _plain(getattr(figures, field.name)) for field in fields(figures)}


def _trend(points: Sequence[TrendPoint]) -> list[Document]:
    return [{"week": point.week.isoformat(), "estimate": point.estimate.as_json()} for point in points]


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _plain(value: Any) -> Any:
    match value:
        case Estimate():
            return value.as_json()
        case ServiceEvidence():
            return figures_json(value)
        case Mapping():
            return {key: _plain(part) for key, part in value.items()}
        case tuple() | list():
            return [_plain(part) for part in value]
        case _:
            return value
