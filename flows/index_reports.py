"""Questions about the index: what changed it, every row behind it, and new weights for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from alignment.change import IndexChange, index_change
from alignment.composite import IndexInputs
from alignment.fold import Evidence, day_of
from alignment.formula import COMPONENTS, IndexFormula
from alignment.heart import attempts, in_period
from alignment.index_view import index_of_view
from alignment.intervals import Z
from alignment.measures import SUMMED
from alignment.moments import fold_of
from alignment.opportunity import outcome_figures
from alignment.scorecard import AlignmentIndex, View
from alignment.survey import current_answers
from alignment.targets import Targets
from alignment.tuning import fold_lam
from flows.index_epochs import recompute_published
from flows.workspace import Workspace
from store.evidence import read_evidence
from store.scorecards import Inputs, read_inputs
from store.scores import save_formula
from taxonomy.errors import BadInputError, HeadwayError
from taxonomy.model import Job


class NoIndexError(HeadwayError):
    """The index has no formula yet, or is not published for what was asked."""


class WeightsError(BadInputError):
    """Weights that an index cannot have."""


class StaleMomentsError(HeadwayError):
    """The stored sums are not those of what is known now."""


def explain_change(workspace: Workspace, *, since: date, until: date, weeks: int) -> IndexChange:
    """The index of the `weeks` before `until` against that of the `weeks` before `since`, as known now.

    Raises NoIndexError without a formula, NotComparableError where either is not published.
    """
    job, now = workspace.job, datetime.now(UTC)
    with workspace.database.session() as session:
        inputs = read_inputs(session, job, as_of=now)
    formula = _formula(inputs)
    before, after = (
        _of_view(job, inputs, formula, View(now, end - timedelta(weeks=weeks), end)) for end in (since, until)
    )
    return index_change(formula, before, after)


def reweight(workspace: Workspace, weights: Mapping[str, float], *, by: str, why: str) -> tuple[IndexFormula, float]:
    """A new epoch of the formula with other component weights; gives it and its link factor, old / new index now.

    What was published stays as it was and is published again under the new formula. Raises WeightsError, or
    NoIndexError without a published index to link to.
    """
    if set(weights) != set(COMPONENTS) or min(weights.values()) < 0 or abs(sum(weights.values()) - 1) > 1e-6:
        given = ", ".join(f"{name}={weight:g}" for name, weight in weights.items())
        raise WeightsError(f"weights {given}: give {', '.join(COMPONENTS)}, none below 0, that sum to 1")
    if not by.strip() or not why.strip():
        raise WeightsError("new weights need who decided them and why: they stay on record")
    job, now = workspace.job, datetime.now(UTC)
    with workspace.database.session() as session:
        inputs = read_inputs(session, job, as_of=now)
        old = _formula(inputs)
        new = replace(old, weights=dict(weights), epoch=old.epoch + 1)
        values = [_of_view(job, inputs, formula, View(now))[1].index.value for formula in (old, new)]
        if values[0] is None or not values[1]:
            raise NoIndexError(f"the index of {job.id} is not published now, so a new series cannot be linked to it")
        link = values[0] / values[1]
        note = f"epoch {new.epoch}: weights by {by} on {now:%Y-%m-%d}, {why}; link factor to {old.version} {link:.6f}"
        new = replace(new, notes=(*old.notes, note))
        save_formula(session, job.id, new, by=by, why=why)
        recompute_published(session, job, new, link=link)
    return new, link


@dataclass(frozen=True)
class Exported:
    """Where every row behind an index was written, how many there are of each kind, and the index they give."""

    folder: Path
    rows: Mapping[str, int]
    index: float | None


def export_index(workspace: Workspace, folder: Path, *, view: View) -> Exported:
    """Write the formula and every input row behind an index, so that anybody can redo it.

    `formula.json`; `contacts.csv` (a row per contact, failure mode and measure: value, f, on, weight, response, lam);
    `survey.csv`; `opportunity_errors.csv` (bootstrap errors, for the shrinkage); `attempts.csv`; `index.json`. Raises
    NoIndexError, or StaleMomentsError where something came in that `headway measure` has not seen.
    """
    job = workspace.job
    with workspace.database.session() as session:
        inputs = read_inputs(session, job, as_of=view.as_of)
        formula = _formula(inputs)
        evidence = read_evidence(session, job, model_id=inputs.model or "", as_of=view.as_of)
    index = _of_view(job, inputs, formula, view)[1]
    contacts = _contact_rows(evidence, inputs, formula, view)
    survey = current_answers(inputs.survey, view)
    survey = survey[["respondent", "outcome", "importance", "satisfaction", "weight"]]
    scores = outcome_figures(job, inputs.survey, view=view)
    errors = pd.DataFrame(
        {"outcome": one.outcome, "error": (one.opportunity.high - one.opportunity.low) / (2 * Z)}
        for one in scores
        if one.opportunity.high is not None and one.opportunity.low is not None
    )
    table = in_period(attempts(inputs.events, view=view), view)[["step", "success"]]
    tables = {"contacts": contacts, "survey": survey, "opportunity_errors": errors, "attempts": table}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "formula.json").write_text(json.dumps(formula.to_json(), indent=1), "utf-8")
    (folder / "index.json").write_text(json.dumps(_index_json(index), indent=1), "utf-8")
    for name, rows in tables.items():
        rows.to_csv(folder / f"{name}.csv", index=False)
    return Exported(folder, {name: len(rows) for name, rows in tables.items()}, index.index.value)


def _formula(inputs: Inputs) -> IndexFormula:
    if inputs.formula is None:
        raise NoIndexError("no formula is frozen for this job yet: run `headway run`, or see `headway index --job JOB`")
    return inputs.formula


def _of_view(job: Job, inputs: Inputs, formula: IndexFormula, view: View) -> tuple[IndexInputs, AlignmentIndex]:
    return index_of_view(job, inputs.moments, formula, view=view, survey=inputs.survey, events=inputs.events)


def _index_json(index: AlignmentIndex) -> dict[str, object]:
    return {
        "index": index.index.value,
        "low": index.index.low,
        "high": index.index.high,
        "components": {name: part.value for name, part in index.components.items()},
        "inputs": [dict(row) for row in index.inputs],
    }


def _contact_rows(evidence: Evidence, inputs: Inputs, formula: IndexFormula, view: View) -> pd.DataFrame:
    """The contacts of the view with what each failure mode takes from them.

    Mean of a measure on a mode: sum(value z) / sum(z), z = response (lam f + weight (on - lam f)); response is 1 for
    first contact resolution.
    """
    targets = inputs.moments.targets
    _check_fresh(evidence, inputs, targets)
    days = [day_of(day) for day in evidence.frame["day"]]
    rows = np.flatnonzero([_inside(day, view) for day in days] & _matches(evidence.frame, view))
    fold = np.array([fold_of(days[row], 5) for row in rows], dtype=int)
    lam = fold_lam(inputs.moments.folds(view))
    parts = []
    for step, outcome in formula.modes:
        target = targets.index("outcome", outcome)
        for measure in ("effort", "fcr"):
            values = evidence.frame[measure].to_numpy(dtype=float)[rows]
            known = np.isfinite(values)
            parts.append(
                pd.DataFrame(
                    {
                        "contact": evidence.frame["contact"].to_numpy()[rows][known],
                        "day": [days[row] for row in rows[known]],
                        "mode": f"{step}/{outcome}",
                        "measure": measure,
                        "value": values[known],
                        "f": evidence.probabilities[rows[known], target],
                        "on": evidence.truth[rows[known], target],
                        "weight": evidence.weight[rows[known]],
                        "response": evidence.response[rows[known]] if measure == "effort" else 1.0,
                        "lam": lam[fold[known], target, SUMMED.index(measure)],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _check_fresh(evidence: Evidence, inputs: Inputs, targets: Targets) -> None:
    total = inputs.moments.select(View(datetime.now(UTC)))
    known = np.array([np.isfinite(evidence.frame[name].to_numpy(dtype=float)).sum() for name in ("fcr", "transfers")])
    stored = np.array([total[0, SUMMED.index(name), 0] for name in ("fcr", "transfers")])
    reviewed = total[0, SUMMED.index("volume"), 1]
    if len(targets) and ((known != stored).any() or (evidence.weight > 0).sum() != reviewed):
        raise StaleMomentsError("something came in since the last measurement: run `headway measure`, then export")


def _inside(day: date | None, view: View) -> bool:
    if day is None:
        return view.start is None and view.end is None
    return (view.start is None or day >= view.start) and (view.end is None or day < view.end)


def _matches(frame: pd.DataFrame, view: View) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    kept = np.ones(len(frame), dtype=bool)
    for name, wanted in view.filters.items():
        family, _, key = name.partition(".")
        values = frame["channel"] if family == "channel" else [dict(pairs).get(key) for pairs in frame[family]]
        kept &= np.array([value == wanted for value in values], dtype=bool)
    return kept
