"""The arithmetic of the index: inputs between goalposts, components, one number (METHODS 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alignment.estimate import Estimate
from alignment.formula import COMPONENTS, IndexFormula
from taxonomy.model import Goalposts

Array = NDArray[np.float64]

FLOOR = 0.01
"""A component's smallest value in the geometric variant, which would be 0 for good otherwise."""

_NOT_GIVEN = "not enough evidence: not measured in this view"


@dataclass(frozen=True)
class IndexInputs:
    """The evidence of one view: opportunity (shrunk) by outcome, task success by step, effort and fcr by mode.

    `deviations` by input id, as `effort:STEP/OUTCOME`: its error in each replicate, for inputs that err together.
    `shifts` by input id: how far it could move if answering hangs on effort itself (`nonresponse`).
    """

    opportunity: Mapping[str, Estimate] = field(default_factory=dict)
    task_success: Mapping[str, Estimate] = field(default_factory=dict)
    effort: Mapping[tuple[str, str], Estimate] = field(default_factory=dict)
    fcr: Mapping[tuple[str, str], Estimate] = field(default_factory=dict)
    deviations: Mapping[str, Array] = field(default_factory=dict)
    shifts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Term:
    """One input with its goalposts and its published weight inside its component (these sum to 1).

    A `proportion` has its interval on the logit scale.
    """

    id: str
    component: str
    estimate: Estimate | None
    goalposts: Goalposts
    weight: float
    proportion: bool

    def norm(self, values: Array) -> Array:
        """Attainment between the goalposts, clipped to 0 and 1."""
        spread = self.goalposts.best - self.goalposts.worst
        return np.clip((values - self.goalposts.worst) / spread, 0.0, 1.0)

    @property
    def value(self) -> float | None:
        """The input's value, None where there is no evidence."""
        return None if self.estimate is None else self.estimate.value

    @property
    def reason(self) -> str | None:
        """Why there is no value."""
        return _NOT_GIVEN if self.estimate is None else self.estimate.reason


def terms_of(formula: IndexFormula, inputs: IndexInputs) -> tuple[Term, ...]:
    """Every input that the formula names, with or without evidence, ordered by component and id."""
    terms = [
        Term(
            f"opportunity:{goal.outcome}",
            "opportunity",
            inputs.opportunity.get(goal.outcome),
            Goalposts(goal.worst, goal.target),
            1 / len(formula.outcomes),
            proportion=False,
        )
        for goal in formula.outcomes
    ]
    posts = formula.goalposts
    for step, weight in formula.step_weights.items():
        given = inputs.task_success.get(step)
        terms.append(
            Term(f"task_success:{step}", "task_success", given, posts["task_success"], weight, proportion=True)
        )
    share = 1 / (2 * len(formula.modes)) if formula.modes else 0.0
    for step, outcome in formula.modes:
        mode = f"{step}/{outcome}"
        effort, fcr = inputs.effort.get((step, outcome)), inputs.fcr.get((step, outcome))
        terms.append(Term(f"effort:{mode}", "service", effort, posts["effort"], share, proportion=False))
        terms.append(Term(f"fcr:{mode}", "service", fcr, posts["fcr"], share, proportion=True))
    return tuple(sorted(terms, key=lambda term: (COMPONENTS.index(term.component), term.id)))


def used_weights(terms: tuple[Term, ...]) -> dict[str, float]:
    """Each input's weight inside its component among those with evidence; 0 for the others."""
    given: dict[str, float] = dict.fromkeys(COMPONENTS, 0.0)
    for term in terms:
        given[term.component] += term.weight if term.value is not None else 0.0
    return {
        term.id: term.weight / given[term.component] if term.value is not None and given[term.component] else 0.0
        for term in terms
    }


def component_values(terms: tuple[Term, ...], norms: Array, weights: Array) -> Array:
    """Weighted sums of norms (..., terms) per component, shape (..., 3), each in [0, 1]."""
    members = np.array([[term.component == name for name in COMPONENTS] for term in terms], dtype=np.float64)
    values: Array = (norms * weights) @ members
    return values


def aggregate(components: Array, weights: Array, *, geometric: bool) -> Array:
    """A = 100 sum_c w_c C_c, or 100 prod_c max(C_c, FLOOR)^w_c; the last axis is that of the components."""
    if geometric:
        logs = weights * np.log(np.maximum(components, FLOOR))
        return np.asarray(100 * np.exp(logs.sum(axis=-1)))
    return np.asarray(100 * (weights * components).sum(axis=-1))
