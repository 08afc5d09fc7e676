"""The Alignment Index's formula as a frozen, versioned value, and how its baseline is chosen (METHODS 6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np

from alignment.estimate import Estimate
from alignment.intervals import Z
from alignment.scorecard import FailureMode, OutcomeFigures
from taxonomy.errors import HeadwayError
from taxonomy.model import Goalposts, Job

COMPONENTS = ("opportunity", "task_success", "service")
ENOUGH = 2 / 3
"""A component with less than this part of its inputs is not given, and the index not published."""


class BaselineNotReadyError(HeadwayError):
    """There is not yet enough evidence to freeze the formula's baseline."""


@dataclass(frozen=True)
class OutcomeGoal:
    """One of the top outcomes: opportunity at the baseline (shrunk) and at its goalposts."""

    outcome: str
    baseline: float
    target: float

    @property
    def worst(self) -> float:
        """2 baseline - target: the baseline stands half-way, at 0.5."""
        return 2 * self.baseline - self.target


@dataclass(frozen=True)
class IndexFormula:
    """Everything that turns evidence into the index. `version` is the hash of the content.

    `weights` by component and `step_weights` by critical step each sum to 1; `modes` are (step, outcome) pairs;
    `goalposts` hold task_success, effort and fcr. `start` to `end` is the baseline period. `notes` tell how the
    baseline was chosen.
    """

    job: str
    job_version: str
    weights: Mapping[str, float]
    aggregation: Literal["arithmetic", "geometric"]
    floor: bool
    outcomes: tuple[OutcomeGoal, ...]
    step_weights: Mapping[str, float]
    modes: tuple[tuple[str, str], ...]
    goalposts: Mapping[str, Goalposts]
    start: date | None = None
    end: date | None = None
    epoch: int = 1
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data; `from_json` gives the same formula back."""
        return {
            "job": self.job,
            "job_version": self.job_version,
            "weights": dict(self.weights),
            "aggregation": self.aggregation,
            "floor": self.floor,
            "outcomes": [asdict(goal) for goal in self.outcomes],
            "step_weights": dict(self.step_weights),
            "modes": [list(pair) for pair in self.modes],
            "goalposts": {name: asdict(posts) for name, posts in self.goalposts.items()},
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
            "epoch": self.epoch,
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The formula that `to_json` wrote."""
        fields = dict(data)
        for name in ("start", "end"):
            fields[name] = date.fromisoformat(fields[name]) if fields[name] else None
        fields["outcomes"] = tuple(OutcomeGoal(**goal) for goal in fields["outcomes"])
        fields["modes"] = tuple((step, outcome) for step, outcome in fields["modes"])
        fields["goalposts"] = {name: Goalposts(**posts) for name, posts in fields["goalposts"].items()}
        fields["notes"] = tuple(fields["notes"])
        return cls(**fields)

    @cached_property
    def version(self) -> str:
        """A name such as `e1-3f9a0c21d4`: the epoch, and a hash of everything the formula holds."""
        content = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return f"e{self.epoch}-{hashlib.sha256(content.encode()).hexdigest()[:10]}"


def shrunk(outcomes: Sequence[OutcomeFigures]) -> dict[str, Estimate]:
    """Opportunity scores pulled towards their mean by empirical Bayes, by outcome id.

    x_o -> m + B_o (x_o - m), B_o = tau^2 / (tau^2 + se_o^2), tau^2 = max(0, var(x) - mean(se^2)); the error becomes
    sqrt(B_o) se_o. Picking the five highest raw scores and measuring again finds an "improvement" where nothing
    changed; shrunk ones do not. The baseline and every later score go through here, so that they compare.
    """
    given = [figures for figures in outcomes if figures.opportunity.value is not None]
    values = np.array([figures.opportunity.value for figures in given], dtype=float)
    errors = np.array([_error(figures.opportunity) for figures in given])
    if len(given) < 3:
        return {figures.outcome: figures.opportunity for figures in given}
    between = max(float(values.var(ddof=1) - (errors**2).mean()), 0.0)
    kept = np.divide(between, between + errors**2, out=np.ones_like(errors), where=between + errors**2 > 0)
    centre = values.mean() + kept * (values - values.mean())
    spread = Z * np.sqrt(kept) * errors
    return {
        figures.outcome: replace(
            figures.opportunity, value=float(middle), low=float(middle - width), high=float(middle + width)
        )
        for figures, middle, width in zip(given, centre, spread, strict=True)
    }


def _error(score: Estimate) -> float:
    return 0.0 if score.low is None or score.high is None else (score.high - score.low) / (2 * Z)


def freeze_formula(
    job: Job,
    *,
    outcomes: Sequence[OutcomeFigures],
    failure_modes: Sequence[FailureMode],
    start: date | None,
    end: date | None,
    epoch: int = 1,
) -> IndexFormula:
    """Fix top outcomes with their targets, failure modes and weights from the baseline's figures.

    With one survey wave T and its baseline come from the same answers, so both are shrunk (`shrunk`). Raises
    BaselineNotReadyError where less than two thirds of the wanted outcomes or failure modes have a figure, or no
    step is critical.
    """
    goals, met = _goals(job, shrunk(outcomes))
    modes = _modes(failure_modes, job.index.top_failure_modes)
    _check(job, goals, modes)
    notes = ["outcomes and their baselines are shrunk by empirical Bayes against regression to the mean"]
    notes += [f"{outcome} is left out: its target was already met at the baseline" for outcome in met]
    notes += ["top failure modes are ranked by burden at the baseline, friction shrunk in the same way"]
    goalposts = {name: job.friction.goalposts[name] for name in ("effort", "fcr")}
    return IndexFormula(
        job=job.id,
        job_version=job.stamp,
        weights=dict(job.index.weights),
        aggregation=job.index.aggregation,
        floor=job.index.floor,
        outcomes=goals,
        step_weights=_step_weights(job),
        modes=modes,
        goalposts={"task_success": job.index.task_success_goalposts, **goalposts},
        start=start,
        end=end,
        epoch=epoch,
        notes=tuple(notes),
    )


def _goals(job: Job, scores: Mapping[str, Estimate]) -> tuple[tuple[OutcomeGoal, ...], list[str]]:
    """The top outcomes whose target lies below their baseline, and those whose target is met already."""
    goals: list[OutcomeGoal] = []
    met = []
    for outcome, score in sorted(scores.items(), key=lambda item: (-(item[1].value or 0.0), item[0])):
        baseline = score.value or 0.0
        target = job.index.targets.get(outcome, baseline - job.index.default_target_drop)
        if target >= baseline:
            met.append(outcome)
        elif len(goals) < job.index.top_outcomes:
            goals.append(OutcomeGoal(outcome, baseline, target))
    return tuple(goals), met


def _modes(failure_modes: Sequence[FailureMode], wanted: int) -> tuple[tuple[str, str], ...]:
    ranked = [mode for mode in failure_modes if mode.burden.value is not None]
    ranked = [mode for mode in ranked if mode.effort.value is not None and mode.fcr.value is not None]
    burdens = _steadied(ranked)
    ranked.sort(key=lambda mode: (-burdens[mode.step, mode.outcome], mode.step, mode.outcome))
    return tuple((mode.step, mode.outcome) for mode in ranked[:wanted])


def _steadied(modes: Sequence[FailureMode]) -> dict[tuple[str, str], float]:
    """Burden with each mode's friction pulled to the mean of all by empirical Bayes, as `shrunk` does for outcomes.

    Picking what looks worst picks what chance made look worst, and measuring again finds an "improvement".
    """
    values = np.array([mode.friction.value or 0.0 for mode in modes])
    errors = np.array([_error(mode.friction) for mode in modes])
    if len(modes) < 3:
        return {(mode.step, mode.outcome): mode.burden.value or 0.0 for mode in modes}
    between = max(float(values.var(ddof=1) - (errors**2).mean()), 0.0)
    total = between + errors**2
    kept = np.divide(between, total, out=np.ones_like(errors), where=total > 0)
    steady = values.mean() + kept * (values - values.mean())
    return {
        (mode.step, mode.outcome): (mode.burden.value or 0.0) * (points / value if value > 0 else 1.0)
        for mode, value, points in zip(modes, values, steady, strict=True)
    }


def _check(job: Job, goals: Sequence[OutcomeGoal], modes: Sequence[tuple[str, str]]) -> None:
    outcomes = len(job.outcome_by_id)
    problems = []
    for what, found, wanted in (
        ("outcomes with an opportunity score", len(goals), min(job.index.top_outcomes, outcomes)),
        (
            "failure modes with effort, first contact resolution and burden",
            len(modes),
            min(job.index.top_failure_modes, outcomes),
        ),
        ("critical steps", len(job.critical_steps), 1),
    ):
        if found < ENOUGH * wanted:
            problems.append(f"{found} of {wanted} {what}")
    if problems:
        message = f"the index of {job.id} has no baseline yet: there are only {', '.join(problems)}"
        raise BaselineNotReadyError(message)


def _step_weights(job: Job) -> dict[str, float]:
    """The job file's weights over its critical steps, or equal ones; they sum to 1."""
    raw = {
        step.id: job.index.step_weights.get(step.id, 0.0 if job.index.step_weights else 1.0)
        for step in job.critical_steps
    }
    total = sum(raw.values())
    return {step: weight / total for step, weight in raw.items()} if total > 0 else {}
