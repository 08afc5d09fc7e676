"""Is a tagger good enough: the figures of METHODS 9 on contacts whose true step and outcome are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import calibration_error_by_chance, expected_calibration_error
from evals.curves import area_under_risk, ranked_auroc, share_flagged
from evals.second_steps import SecondSteps, second_steps
from tagger.labels import STEP_ONLY
from tagger.model import NONE_FITS, Labels, Tag
from taxonomy.errors import BadInputError

Floats = NDArray[np.float64]
Right = NDArray[np.bool_]
Interval = tuple[float, float]

REPLICATES = 400
RECALL = 0.95


class NothingToMeasureError(BadInputError):
    """No contact with a known label was given, or answers and truths do not pair."""


@dataclass(frozen=True)
class LevelFigures:
    """How often one level (step or outcome) is right, over all contacts whose truth is known, deferred or not."""

    n: int
    accuracy: float
    accuracy_ci: Interval
    macro_f1: float
    macro_f1_ci: Interval


@dataclass(frozen=True)
class DeferralFigures:
    """Share handed over, and the error among the kept; `error_kept` is None where nothing was kept.

    An answer is wrong if its outcome is wrong, or its step where only the step is known.
    """

    rate: float
    error_kept: float | None
    error_kept_ci: Interval | None
    max_error: float


@dataclass(frozen=True)
class ScopeFigures:
    """How well contacts that fit no step are told apart: by novelty, and by the probability of `_none`."""

    n_none: int
    auroc_novelty: float
    auroc_none: float
    fpr95_novelty: float
    fpr95_none: float


@dataclass(frozen=True)
class AccuracyReport:
    """All figures of one model on one set of labelled contacts; intervals are 95 % percentile bootstrap.

    `ece_by_chance` is what a perfectly calibrated tagger would show on as many contacts.
    """

    n: int
    step: LevelFigures
    outcome: LevelFigures | None
    ece: Mapping[str, float | None]
    ece_ci: Mapping[str, Interval | None]
    ece_by_chance: Mapping[str, float | None]
    deferral: DeferralFigures
    risk_coverage_area: float
    risk_coverage_area_ci: Interval
    out_of_scope: ScopeFigures | None
    second_steps: SecondSteps | None
    contacts_per_second: float | None
    model: str
    job: str

    def as_json(self) -> dict[str, Any]:
        """The report as JSON, names as CONTRACTS has them."""
        return asdict(self)

    def text(self) -> str:
        """The report for people, one figure a line."""
        lines = [f"{self.n:,} contacts, model {self.model}, job {self.job}"]
        for name, level in (("step", self.step), ("outcome", self.outcome)):
            if level is not None:
                low, high = level.accuracy_ci
                lines.append(
                    f"{name:8} right {100 * level.accuracy:.1f} % [{100 * low:.1f}, {100 * high:.1f}], "
                    f"macro-F1 {level.macro_f1:.3f}, calibration error {self.ece[name]:.3f} "
                    f"({self.ece_by_chance[name]:.3f} by chance alone)"
                )
        kept = self.deferral.error_kept
        wrong = "nothing kept" if kept is None else f"{100 * kept:.1f} % of the kept are wrong"
        lines.append(
            f"deferred {100 * self.deferral.rate:.1f} %; {wrong} (promise {100 * self.deferral.max_error:g} %)"
        )
        lines.append(f"area under risk and coverage {self.risk_coverage_area:.4f}")
        if self.out_of_scope is not None:
            lines.append(f"fits no step: AUROC {self.out_of_scope.auroc_none:.3f} on {self.out_of_scope.n_none:,}")
        if self.second_steps is not None:
            lines.append(self.second_steps.text())
        if self.contacts_per_second is not None:
            lines.append(f"{self.contacts_per_second:,.0f} contacts a second")
        return "\n".join(lines)


@dataclass(frozen=True)
class _Level:
    """One level's true and given labels, and the probability of the given one; rows whose truth is known."""

    rows: NDArray[np.int64]
    truth: NDArray[np.str_]
    given: NDArray[np.str_]
    confidence: Floats

    @property
    def right(self) -> Right:
        return np.asarray(self.truth == self.given)


def evaluate(
    truth: Sequence[Labels], tags: Sequence[Tag], *, max_error: float, seconds: float | None = None, seed: int = 0
) -> AccuracyReport:
    """Grade `tags` against `truth`, pairwise, both in the job's own ids.

    `Labels(step=None)` means that the contact truly fits no step; a step without an outcome is graded on the step
    alone. `seconds` is the time that tagging took, without start and loading. Raises NothingToMeasureError.
    """
    if not truth or len(truth) != len(tags):
        raise NothingToMeasureError(f"{len(truth)} known labels and {len(tags)} answers: give as many, at least one.")
    step, outcome = _steps(truth, tags), _outcomes(truth, tags)
    confidence, right = sureness(truth, tags)
    deferred = np.array([tag.deferred for tag in tags])
    rng = np.random.default_rng(seed)
    levels = {"step": step, "outcome": outcome}
    return AccuracyReport(
        n=len(tags),
        step=_level_figures(step, rng),
        outcome=_level_figures(outcome, rng) if len(outcome.rows) else None,
        ece={name: _ece(level.confidence, level.right) if len(level.rows) else None for name, level in levels.items()},
        ece_ci={name: _ece_interval(level, rng) for name, level in levels.items()},
        ece_by_chance={
            name: calibration_error_by_chance(level.confidence) if len(level.rows) else None
            for name, level in levels.items()
        },
        deferral=_deferral(right, deferred, max_error=max_error, rng=rng),
        risk_coverage_area=area_under_risk(confidence, right),
        risk_coverage_area_ci=_bootstrap(len(right), lambda rows: area_under_risk(confidence[rows], right[rows]), rng),
        out_of_scope=_scope(truth, tags),
        second_steps=second_steps(truth, tags),
        contacts_per_second=len(tags) / seconds if seconds else None,
        model=tags[0].model,
        job=f"{tags[0].job} {tags[0].job_version}",
    )


def sureness(truth: Sequence[Labels], tags: Sequence[Tag]) -> tuple[Floats, Right]:
    """The probability of each answer, shape (n,), and whether it is right.

    Right is the outcome, or the step where only the step is known.
    """
    outcome = _outcomes(truth, tags)
    right = _steps(truth, tags).right.copy()
    right[outcome.rows] = outcome.right
    return np.array([_chance_of_outcome(tag) for tag in tags]), right


def macro_f1(truth: NDArray[Any], given: NDArray[Any]) -> float:
    """Mean over the labels that occur in `truth` of 2 tp / (2 tp + fp + fn)."""
    labels = np.unique(truth)
    index_true = np.searchsorted(labels, truth)
    place = np.minimum(np.searchsorted(labels, given), len(labels) - 1)
    known = labels[place] == given
    hits = np.bincount(index_true[truth == given], minlength=len(labels))
    said = np.bincount(place[known], minlength=len(labels))
    return float((2 * hits / (said + np.bincount(index_true, minlength=len(labels)))).mean())


def _steps(truth: Sequence[Labels], tags: Sequence[Tag]) -> _Level:
    given = [tag.step or NONE_FITS for tag in tags]
    confidence = [tag.steps[name] if tag.steps else tag.confidence for tag, name in zip(tags, given, strict=True)]
    known = [label.step or NONE_FITS for label in truth]
    return _Level(np.arange(len(tags)), np.array(known), np.array(given), np.array(confidence))


def _outcomes(truth: Sequence[Labels], tags: Sequence[Tag]) -> _Level:
    """Contacts whose true outcome is known, those that truly fit no step included."""
    rows = [row for row, label in enumerate(truth) if label.outcome is not None or label.step is None]
    given = [_given_outcome(tags[row]) for row in rows]
    confidence = [_chance_of_outcome(tags[row]) for row in rows]
    known = [truth[row].outcome or NONE_FITS for row in rows]
    return _Level(np.array(rows, np.int64), np.array(known, str), np.array(given, str), np.array(confidence, float))


def _given_outcome(tag: Tag) -> str:
    """The outcome answered; a step without any outcome is an answer of its own."""
    if tag.outcome is not None:
        return tag.outcome
    return NONE_FITS if tag.step is None else tag.step + STEP_ONLY


def _chance_of_outcome(tag: Tag) -> float:
    return tag.outcomes.get(_given_outcome(tag), tag.confidence)


def _level_figures(level: _Level, rng: np.random.Generator) -> LevelFigures:
    right, count = level.right, len(level.rows)
    _, truth = np.unique(np.concatenate([level.truth, level.given]), return_inverse=True)
    known, given = truth[:count], truth[count:]
    return LevelFigures(
        n=count,
        accuracy=float(right.mean()),
        accuracy_ci=_bootstrap(count, lambda rows: float(right[rows].mean()), rng),
        macro_f1=macro_f1(known, given),
        macro_f1_ci=_bootstrap(count, lambda rows: macro_f1(known[rows], given[rows]), rng),
    )


def _ece(confidence: Floats, right: Right) -> float:
    return expected_calibration_error(confidence, right)


def _ece_interval(level: _Level, rng: np.random.Generator) -> Interval | None:
    if not len(level.rows):
        return None
    confidence, right = level.confidence, level.right
    return _bootstrap(len(right), lambda rows: _ece(confidence[rows], right[rows]), rng)


def _deferral(right: Right, deferred: Right, *, max_error: float, rng: np.random.Generator) -> DeferralFigures:
    kept = ~right[~deferred]
    if not len(kept):
        return DeferralFigures(float(deferred.mean()), None, None, max_error)
    interval = _bootstrap(len(kept), lambda rows: float(kept[rows].mean()), rng)
    return DeferralFigures(float(deferred.mean()), float(kept.mean()), interval, max_error)


def _scope(truth: Sequence[Labels], tags: Sequence[Tag]) -> ScopeFigures | None:
    """None unless the truth holds both contacts that fit a step and contacts that fit none."""
    outside = np.array([label.step is None for label in truth])
    if outside.all() or not outside.any():
        return None
    novelty = np.array([tag.novelty for tag in tags])
    none = np.array([tag.steps.get(NONE_FITS, 0.0) for tag in tags])
    return ScopeFigures(
        n_none=int(outside.sum()),
        auroc_novelty=ranked_auroc(novelty, outside),
        auroc_none=ranked_auroc(none, outside),
        fpr95_novelty=share_flagged(novelty, outside, recall=RECALL),
        fpr95_none=share_flagged(none, outside, recall=RECALL),
    )


def _bootstrap(
    count: int, figure: Callable[[NDArray[np.int64]], float], rng: np.random.Generator, *, replicates: int = REPLICATES
) -> Interval:
    """2.5 and 97.5 % points of the figure over contacts drawn with replacement."""
    drawn = [figure(rng.integers(0, count, count)) for _ in range(replicates)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
