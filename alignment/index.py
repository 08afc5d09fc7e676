"""The Alignment Index of one view, with its bands (METHODS 6; OECD/JRC Handbook on Composite Indicators, 2008)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from alignment.composite import FLOOR, IndexInputs, Term, aggregate, component_values, terms_of, used_weights
from alignment.decomposition import Contribution, Decomposition, decompose
from alignment.estimate import Estimate
from alignment.explanation import explain
from alignment.formula import (
    COMPONENTS,
    ENOUGH,
    BaselineNotReadyError,
    IndexFormula,
    OutcomeGoal,
    freeze_formula,
    shrunk,
)
from alignment.intervals import Z
from alignment.scorecard import AlignmentIndex
from alignment.sensitivity import method_band

__all__ = [
    "BaselineNotReadyError",
    "Contribution",
    "Decomposition",
    "IndexFormula",
    "IndexInputs",
    "OutcomeGoal",
    "alignment_index",
    "decompose",
    "explain",
    "freeze_formula",
    "shrunk",
    "without_formula",
]

Array = NDArray[np.float64]

DRAWS = 2000
_EDGE = 1e-6


def without_formula(reason: str, *, as_of: datetime) -> AlignmentIndex:
    """The index before a formula is frozen: not published."""
    missing = Estimate.missing(f"not enough evidence: {reason}", as_of=as_of)
    components = dict.fromkeys(COMPONENTS, missing)
    return AlignmentIndex(missing, None, False, missing.reason, "none", components, ())


def alignment_index(
    formula: IndexFormula, inputs: IndexInputs, *, as_of: datetime, draws: int = DRAWS
) -> AlignmentIndex:
    """A = 100 (w1 C1 + w2 C2 + w3 C3), or the formula's geometric variant.

    The sampling band is Monte Carlo over each input's own interval, on the logit scale for proportions. Inputs with
    replicates are drawn together, as these say that they err; others are taken as independent. The seed is crc32 of
    formula version and input id, so that two weeks share their draws.
    A component with less than two thirds of its inputs is missing, and the index then not published. Between
    two thirds and all, the component is the mean of what there is, and `reason` names what is not.
    """
    terms = terms_of(formula, inputs)
    used = used_weights(terms)
    weights = np.array([used[term.id] for term in terms])
    values = np.array([_value(term) for term in terms])
    norms = _norms(terms, values[None])[0]
    lacking = _lacking(formula, terms)
    samples = _norms(terms, _draws(formula, terms, inputs.deviations, draws, {}))
    levels = component_values(terms, np.vstack([norms, samples]), weights)
    components = {name: _component(name, terms, levels[:, c], lacking, as_of) for c, name in enumerate(COMPONENTS)}
    rows = tuple(_row(term, used[term.id], float(norm)) for term, norm in zip(terms, norms, strict=True))
    blocking = [lacking[name] for name in COMPONENTS if name in lacking and formula.weights[name] > 0]
    if blocking:
        reason = f"not enough evidence: {'; '.join(blocking)}"
        return AlignmentIndex(
            Estimate.missing(reason, as_of=as_of), None, False, reason, formula.version, components, rows
        )
    top = np.array([formula.weights[name] for name in COMPONENTS])
    totals = aggregate(levels, top, geometric=formula.aggregation == "geometric")
    note = _note(terms)
    index = _estimate([term for term in terms if term.value is not None], totals, as_of, note)
    band = method_band(terms, norms, weights, formula)
    around = _response_band(formula, index, components, rows, inputs.shifts)
    return AlignmentIndex(index, band, True, note, formula.version, components, rows, around)


def _response_band(
    formula: IndexFormula,
    index: Estimate,
    components: Mapping[str, Estimate],
    rows: tuple[Mapping[str, Any], ...],
    shifts: Mapping[str, float],
) -> tuple[float, float] | None:
    """The interval widened by how far efforts could move, to first order, if answering hangs on effort itself."""
    if index.low is None or index.high is None or index.value is None:
        return None
    total = 0.0
    for row in rows:
        level = components[row["component"]].value
        inside = row["norm"] is not None and 0 < row["norm"] < 1
        if row["id"] not in shifts or not inside or level is None:
            continue
        slope = 100.0 if formula.aggregation == "arithmetic" else index.value / max(level, FLOOR)
        points = slope * formula.weights[row["component"]] * row["weight"]
        total += points * shifts[row["id"]] / abs(row["best"] - row["worst"])
    return max(index.low - total, 0.0), min(index.high + total, 100.0)


def sampled_components(
    formula: IndexFormula, inputs: IndexInputs, *, draws: int = DRAWS, salts: Mapping[str, str] | None = None
) -> Array:
    """Components as the inputs are (first row) and in every draw, shape (1 + draws, 3).

    `salts` by input id give that input other draws than another view's, where its evidence is another.
    """
    terms = terms_of(formula, inputs)
    used = used_weights(terms)
    weights = np.array([used[term.id] for term in terms])
    return component_values(terms, sampled_norms(formula, inputs, draws=draws, salts=salts), weights)


def sampled_norms(
    formula: IndexFormula, inputs: IndexInputs, *, draws: int = DRAWS, salts: Mapping[str, str] | None = None
) -> Array:
    """Attainment of every input as it is (first row) and in every draw, shape (1 + draws, terms)."""
    terms = terms_of(formula, inputs)
    values = np.array([[_value(term) for term in terms]])
    drawn = _draws(formula, terms, inputs.deviations, draws, salts or {})
    return _norms(terms, np.vstack([values, drawn]))


def _value(term: Term) -> float:
    return 0.0 if term.value is None else term.value


def _norms(terms: tuple[Term, ...], values: Array) -> Array:
    """Attainment of values (draws, terms); 0, with weight 0, where an input has no evidence."""
    columns = [term.norm(values[:, i]) * (term.value is not None) for i, term in enumerate(terms)]
    return np.stack(columns, axis=1) if columns else np.zeros((len(values), 0))


def _draws(
    formula: IndexFormula,
    terms: tuple[Term, ...],
    deviations: Mapping[str, Array],
    draws: int,
    salts: Mapping[str, str],
) -> Array:
    """Values drawn within each input's sampling distribution, shape (draws, terms)."""
    drawn = np.zeros((draws, len(terms)))
    joint = _together(formula, {term.id: deviations[term.id] for term in terms if term.id in deviations}, draws)
    for i, term in enumerate(terms):
        normal = joint.get(term.id)
        if normal is None:
            normal = _normals(f"{formula.version} {term.id}{salts.get(term.id, '')}", draws)
        drawn[:, i] = _drawn(term, normal)
    return drawn


def _together(formula: IndexFormula, deviations: Mapping[str, Array], draws: int) -> dict[str, Array]:
    """Standard normal numbers by input that correlate as the inputs' errors over their replicates do."""
    found: dict[str, Array] = {}
    for count in {len(deviation) for deviation in deviations.values()}:
        mine = {name: deviation for name, deviation in deviations.items() if len(deviation) == count}
        errors = np.stack(list(mine.values()))
        length = np.sqrt((errors**2).sum(axis=1, keepdims=True))
        unit = np.divide(errors, length, out=np.zeros_like(errors), where=length > 0)
        normal = unit @ _joint_normals(f"{formula.version} {count} together", draws, count)
        found |= dict(zip(mine, normal, strict=True))
    return found


def forget_draws() -> None:
    """Free the random numbers that are kept for the next index, some 20 MB; the same ones are drawn again."""
    _normals.cache_clear()
    _joint_normals.cache_clear()


@lru_cache(maxsize=128)
def _normals(seed: str, draws: int) -> Array:
    return np.random.default_rng(zlib.crc32(seed.encode())).standard_normal(draws)


@lru_cache(maxsize=2)  # of figures and of trend lines: of a thousand replicates these are 16 and 8 MB
def _joint_normals(seed: str, draws: int, rows: int) -> Array:
    return np.random.default_rng(zlib.crc32(seed.encode())).standard_normal((rows, draws))


def _drawn(term: Term, normal: Array) -> Array:
    if term.estimate is None or term.estimate.value is None:
        return np.zeros_like(normal)
    value, low, high = term.estimate.value, term.estimate.low, term.estimate.high
    if low is None or high is None:
        return np.full_like(normal, value)
    if not term.proportion:
        return value + normal * (high - low) / (2 * Z)
    centre, left, right = (special.logit(min(max(end, _EDGE), 1 - _EDGE)) for end in (value, low, high))
    return np.asarray(special.expit(centre + normal * (right - left) / (2 * Z)))


def _lacking(formula: IndexFormula, terms: tuple[Term, ...]) -> dict[str, str]:
    """Components with less than two thirds of their inputs, and the sentence that says so."""
    lacking = {}
    for name in COMPONENTS:
        mine = [term for term in terms if term.component == name]
        given = [term for term in mine if term.value is not None]
        if not mine:
            lacking[name] = f"the formula names no input for {name.replace('_', ' ')}"
        elif len(given) < ENOUGH * len(mine) - 1e-9:
            absent = next(term for term in mine if term.value is None)
            why = (absent.reason or "no value").removeprefix("not enough evidence: ")
            lacking[name] = (
                f"{name.replace('_', ' ')} has {len(given)} of its {len(mine)} inputs ({_said(absent.id)}: {why})"
            )
    return lacking


def _said(term: str) -> str:
    """An input's id as words: `fcr:pay/card` is "first contact resolution of pay/card"."""
    measure, _, what = term.partition(":")
    return f"{'first contact resolution' if measure == 'fcr' else measure.replace('_', ' ')} of {what}"


def _component(
    name: str, terms: tuple[Term, ...], levels: Array, lacking: Mapping[str, str], as_of: datetime
) -> Estimate:
    if name in lacking:
        return Estimate.missing(f"not enough evidence: {lacking[name]}", as_of=as_of)
    mine = tuple(term for term in terms if term.component == name)
    return _estimate([term for term in mine if term.value is not None], levels, as_of, _note(mine))


def _estimate(given: list[Term], levels: Array, as_of: datetime, reason: str | None) -> Estimate:
    """The first level is the figure, the others are its draws. `n` is that of the thinnest input."""
    estimates = [term.estimate for term in given if term.estimate is not None]
    n = min(part.n for part in estimates)
    corrected = [part for part in estimates if part.method not in ("survey", "events")]
    reviewed = min((part.reviewed for part in corrected), default=0)
    if any(part.low is None for part in estimates):
        return Estimate(float(levels[0]), None, None, n, reviewed, "uncorrected", as_of, reason)
    low, high = np.percentile(levels[1:], [2.5, 97.5])
    value = float(levels[0])
    return Estimate(value, min(float(low), value), max(float(high), value), n, reviewed, "composite", as_of, reason)


def _note(terms: tuple[Term, ...]) -> str | None:
    """What a reader must know of the inputs: which have no evidence, which no review corrects."""
    absent = [term.id for term in terms if term.value is None]
    uncorrected = [term.id for term in terms if term.estimate is not None and term.estimate.method == "uncorrected"]
    notes = []
    if absent:
        notes.append(f"without evidence and left out of their component: {', '.join(absent)}")
    if uncorrected:
        notes.append(f"no reviewed contact corrects {', '.join(uncorrected)}, so there is no interval")
    return "; ".join(notes) or None


def _row(term: Term, used: float, norm: float) -> Mapping[str, Any]:
    """One input as it is published; `weight` is the one used inside the component, 0 without evidence."""
    given = term.estimate
    return {
        "id": term.id,
        "component": term.component,
        "value": term.value,
        "low": given.low if given else None,
        "high": given.high if given else None,
        "norm": norm if term.value is not None else None,
        "weight": used,
        "worst": term.goalposts.worst,
        "best": term.goalposts.best,
        "n": given.n if given else 0,
        "reviewed": given.reviewed if given else 0,
        "method": given.method if given else "none",
        "reason": term.reason,
    }
