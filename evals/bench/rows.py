"""One row of the report per data set, label budget and system: figures, intervals and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import calibration_error_by_chance, expected_calibration_error, reliability
from evals.bench.answered import Answered
from evals.bench.grades import Draws, Graded, averaged
from evals.bench.split import Split
from evals.curves import area_under_risk, risk_by_coverage

LEVELS = ("step", "outcome")
CURVE_POINTS = 50


@dataclass(frozen=True)
class Measured:
    """All folds of a data set at one budget, and per system the answers: for each seed one per fold."""

    folds: Sequence[Split]
    answers: Mapping[str, Sequence[Sequence[Answered]]]

    def rows(self, *, against: Sequence[str], machine_hour: float) -> list[dict[str, Any]]:
        """Rows in the order of the systems. Differences are those of the first of `against` that has answers.

        `machine_hour` is what an hour of the machine costs, in dollars.
        """
        draws = Draws(sum(len(fold.test) for fold in self.folds))
        figures = {name: self._figures(draws, seeds) for name, seeds in self.answers.items()}
        ours = next((name for name in against if name in figures), None)
        return [
            {
                **self._about(name, seeds),
                **{key: figure.as_json() for key, figure in figures[name].items()},
                "gain_of": ours,
                "gain": _gain(figures[ours], figures[name]) if ours and name != ours else None,
                **_costs(seeds, machine_hour=machine_hour, contacts=draws.count),
            }
            for name, seeds in self.answers.items()
        ]

    def _figures(self, draws: Draws, seeds: Sequence[Sequence[Answered]]) -> dict[str, Graded]:
        """Figures as the mean over the seeds; folds are one set, every contact measured once."""
        found = {}
        for level in LEVELS:
            truth = list(chain.from_iterable(fold.truth[level] for fold in self.folds))
            given = [list(chain.from_iterable(_given(one, level) for one in folds)) for folds in seeds]
            right = [np.array(said) == np.array(truth) for said in given]
            found[f"{level}_accuracy"] = averaged([draws.mean(one) for one in right])
            found[f"{level}_macro_f1"] = averaged([draws.macro_f1(truth, said) for said in given])
        return found

    def _about(self, name: str, seeds: Sequence[Sequence[Answered]]) -> dict[str, Any]:
        first = self.folds[0]
        return {
            "data_set": first.name,
            "title": first.title,
            "labels": first.budget,
            "system": name,
            "folds": len(self.folds),
            "seeds": len(seeds),
            "train": round(float(np.mean([len(fold.train) for fold in self.folds]))),
            "test": sum(len(fold.test) for fold in self.folds),
            "about": seeds[0][0].about,
            "calibration": {level: _calibration(self.folds, seeds[0], level) for level in LEVELS},
            "deferral": _deferral(self.folds, seeds[0]),
            "risk": _risk(self.folds, seeds[0]),
        }


def _given(answered: Answered, level: str) -> Sequence[str]:
    return answered.steps if level == "step" else answered.outcomes


def _right(folds: Sequence[Split], answers: Sequence[Answered], level: str) -> NDArray[np.bool_]:
    return np.concatenate(
        [np.array(_given(one, level)) == np.array(fold.truth[level]) for fold, one in zip(folds, answers, strict=True)]
    )


def _confidence(answers: Sequence[Answered], level: str) -> NDArray[np.float64]:
    return np.concatenate([one.step_confidence if level == "step" else one.confidence for one in answers])


def _calibration(folds: Sequence[Split], answers: Sequence[Answered], level: str) -> dict[str, Any] | None:
    """The calibration error and the reliability curve; None where the confidence is not meant as a probability."""
    if not answers[0].calibrated:
        return None
    right, confidence = _right(folds, answers, level), _confidence(answers, level)
    bins = [bin_ for bin_ in reliability(confidence, right) if bin_.count]
    return {
        "ece": expected_calibration_error(confidence, right),
        "ece_by_chance": calibration_error_by_chance(confidence),
        "bins": [[bin_.confidence, bin_.accuracy, bin_.count] for bin_ in bins],
    }


def _risk(folds: Sequence[Split], answers: Sequence[Answered]) -> dict[str, Any]:
    """Share of wrong outcomes among the most confident, at even steps of the share kept, and the curve's area."""
    right, confidence = _right(folds, answers, "outcome"), _confidence(answers, "outcome")
    coverage, risk = risk_by_coverage(confidence, right)
    at = np.unique(np.linspace(0, len(risk) - 1, CURVE_POINTS).astype(int))
    return {"area": area_under_risk(confidence, right), "curve": np.stack([coverage[at], risk[at]], axis=1).tolist()}


def _deferral(folds: Sequence[Split], answers: Sequence[Answered]) -> dict[str, float | None] | None:
    """The share handed over and the error among the kept; None for a system that hands nothing over."""
    if not len(answers[0].deferred):
        return None
    deferred = np.concatenate([np.array(one.deferred, bool) for one in answers])
    kept = _right(folds, answers, "outcome")[~deferred]
    return {"rate": float(deferred.mean()), "error_kept": float(1 - kept.mean()) if len(kept) else None}


def _gain(ours: Mapping[str, Graded], theirs: Mapping[str, Graded]) -> dict[str, dict[str, float]]:
    return {key: figure.less(theirs[key]).as_json() for key, figure in ours.items()}


def _costs(seeds: Sequence[Sequence[Answered]], *, machine_hour: float, contacts: int) -> dict[str, float | None]:
    """Speed as the median over folds and seeds; what a thousand contacts cost on the machine and at an endpoint."""
    everything = list(chain.from_iterable(seeds))
    speed = float(np.median([one.per_second for one in everything]))
    paid = [one.usd for one in everything]
    known = [usd for usd in paid if usd is not None]
    per_thousand = 1000 / (contacts * len(seeds))
    return {
        "per_second": speed,
        "train_seconds": float(np.mean([one.train_seconds for one in everything])),
        "usd_machine": 1000 / speed / 3600 * machine_hour,
        "usd_endpoint": sum(known) * per_thousand if len(known) == len(paid) else None,
    }
