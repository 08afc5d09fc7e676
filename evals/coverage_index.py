"""The index in coverage worlds, as `headway publish` makes it: frozen on a first period, read on everything.

Surveys and product events are drawn anew for each world. Which outcomes and failure modes a formula holds depends on
the world's own estimates, so the truth of a world's index is its own formula read on true figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from alignment.effort import scale_named
from alignment.estimate import Estimate
from alignment.figures import failure_modes, target_estimates
from alignment.formula import BaselineNotReadyError, IndexFormula, freeze_formula
from alignment.heart import task_success
from alignment.index import IndexInputs, alignment_index
from alignment.index_inputs import index_inputs
from alignment.moments import Moments
from alignment.opportunity import outcome_figures, surveyed
from alignment.rectify import TargetEstimates
from alignment.scorecard import View
from evals.coverage_bank import Array, Bank
from evals.coverage_worlds import true_means
from evals.worlds_events import measured_steps
from evals.worlds_surveys import draw_wave

POPULATION = 4000
"""People who might be surveyed; worlds draw from them with replacement."""

SURVEY_DRAWS = 400
QUARTERS = (1, 2, 4)


@dataclass(frozen=True)
class IndexBank:
    """What an index needs besides contacts: a population to survey and to watch, and what is true of all.

    `importance`, `satisfaction` (people, outcomes) and `weight` (people,) of everyone; `true` the true values of every
    possible input.
    """

    bank: Bank
    importance: Array
    satisfaction: Array
    weight: Array
    true: IndexInputs

    def world(self, moments: Moments, *, seed: int, as_of: datetime) -> IndexWorld:
        """One world with its survey, its events and the formula that it freezes, if it can."""
        rng = np.random.default_rng([seed, 1])
        survey, attempts = self._survey(rng), self._attempts(rng)
        return IndexWorld(self, survey, attempts, self._frozen(moments, survey, as_of), as_of)

    def _survey(self, rng: np.random.Generator) -> pd.DataFrame:
        """Two waves, in the first days and after the first quarter."""
        spec = self.bank.world.spec
        people = rng.integers(0, len(self.weight), size=spec.survey.respondents * spec.survey.waves)
        outcomes = self.bank.world.stage.outcomes
        repeat = np.repeat(np.arange(len(people)), len(outcomes))
        waves = pd.DatetimeIndex([spec.begins, spec.begins + timedelta(days=spec.days * 0.6)])
        return pd.DataFrame(
            {
                "respondent": np.char.mod("%05d", repeat),
                "answered_at": waves[(repeat >= spec.survey.respondents).astype(int)],
                "outcome": np.tile(np.array(outcomes, dtype=object), len(people)),
                "importance": self.importance[people].ravel(),
                "satisfaction": self.satisfaction[people].ravel(),
                "weight": self.weight[people][repeat],
            }
        )

    def _attempts(self, rng: np.random.Generator) -> pd.DataFrame:
        spec = self.bank.world.spec
        rates = {step: given.value or 0.0 for step, given in self.true.task_success.items()}
        parts = [pd.DataFrame({"step": step, "success": rng.random(spec.attempts) < p}) for step, p in rates.items()]
        return pd.concat(parts).assign(started=pd.Timestamp(spec.begins))

    def _frozen(self, moments: Moments, survey: pd.DataFrame, as_of: datetime) -> IndexFormula | None:
        """The formula of the first quarter, or of more where a quarter is not evidence enough."""
        first, job, scale = self.bank.world.spec.start, self.bank.job, scale_named("ces2-7")
        for quarters in QUARTERS:
            view = View(as_of, first, first + quarters * timedelta(weeks=13))
            found = target_estimates(moments.folds(view), self.bank.targets, scale=scale, as_of=as_of)
            modes = failure_modes(job, found, self.bank.targets, scale=scale, as_of=as_of)
            outcomes = outcome_figures(job, survey, view=view, draws=SURVEY_DRAWS)
            try:
                return freeze_formula(job, outcomes=outcomes, failure_modes=modes, start=view.start, end=view.end)
            except BaselineNotReadyError:
                continue
        return None


@dataclass(frozen=True)
class IndexWorld:
    """One world's survey answers, attempts in the product, and formula."""

    around: IndexBank
    survey: pd.DataFrame
    attempts: pd.DataFrame
    formula: IndexFormula | None
    as_of: datetime

    def estimate(self, found: list[TargetEstimates]) -> Estimate:
        """The index from the estimates of the world's contacts."""
        if self.formula is None:
            return Estimate.missing("not enough evidence: no baseline", as_of=self.as_of)
        bank, view = self.around.bank, View(as_of=self.as_of)
        survey = surveyed(bank.job, self.survey, view=view, draws=SURVEY_DRAWS)
        success = task_success(bank.job, self.attempts, view=view)
        inputs = index_inputs(self.formula, found, bank.targets, survey=survey, success=success)
        return alignment_index(self.formula, inputs, as_of=self.as_of).index

    @property
    def truth(self) -> float:
        """The formula read on what is true; NaN without one."""
        if self.formula is None:
            return float("nan")
        found = alignment_index(self.formula, self.around.true, as_of=self.as_of, draws=2).index.value
        return float("nan") if found is None else found


def index_bank(bank: Bank) -> IndexBank:
    """The population around a bank of contacts: one wave's worth of people at its start."""
    stage, job = bank.world.stage, bank.job
    wave = draw_wave(stage, np.random.default_rng([stage.spec.seed, 21]), 0, respondents=POPULATION)
    importance, satisfaction = wave.importance.astype(float), wave.satisfaction.astype(float)
    usual = np.average(2 * importance - satisfaction, axis=0, weights=wave.weight)
    measured = [stage.steps[number] for number in measured_steps(stage)]
    effort, fcr = true_means(bank, bank.felt), true_means(bank, bank.frame["fcr"].to_numpy(float))
    at = {(step, outcome): bank.targets.index("outcome", outcome) for outcome, step in job.step_of.items()}
    true = IndexInputs(
        opportunity={outcome: _known(float(usual[o])) for o, outcome in enumerate(stage.outcomes)},
        task_success={step: _known(float(stage.wordings.steps[step].success or 0.0)) for step in measured},
        effort={pair: _known(float(effort[target])) for pair, target in at.items()},
        fcr={pair: _known(float(fcr[target])) for pair, target in at.items()},
    )
    return IndexBank(bank, importance, satisfaction, wave.weight, true)


def _known(value: float) -> Estimate:
    return Estimate(value, None, None, 1, 0, "none", datetime(2026, 1, 1, tzinfo=UTC))
