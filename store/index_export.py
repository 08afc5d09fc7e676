"""Every row behind an index, so that anybody can redo it with a script of a hundred lines that comes along."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from alignment import redo
from alignment.fold import Evidence, day_of
from alignment.formula import IndexFormula
from alignment.heart import attempts, in_period
from alignment.intervals import Z
from alignment.measures import SUMMED
from alignment.moments import fold_of
from alignment.opportunity import outcome_figures
from alignment.scorecard import AlignmentIndex, View
from alignment.survey import current_answers
from alignment.targets import Targets
from alignment.tuning import fold_lam
from store.evidence import read_evidence
from store.index_changes import formula_of, index_under
from store.scorecards import Inputs, read_inputs
from tagger.formats.cells import harmless
from taxonomy.errors import HeadwayError
from taxonomy.model import Job

README = """The Alignment Index {index} of job {job}, formula {formula}, and every row behind it.

    python3 redo.py

redoes the figure from these files with Python alone and prints it beside the published one. No customer's words and
no customer's name or number are in here; `contact` is the contact's id, `respondent` a keyed hash.

formula.json            weights, goalposts, targets, frozen outcomes, steps and failure modes
index.json              the index and its inputs as they are published
contacts.csv            a row per contact, failure mode and measure: z = response (lam f + weight (on - lam f)),
                        the mean is sum(value z) / sum(z)
survey.csv              importance and satisfaction, 1 to 10
opportunity_errors.csv  standard errors of the opportunity scores, by which they are pulled towards their mean
attempts.csv            starts of the critical steps, and whether they were completed
"""


class StaleMomentsError(HeadwayError):
    """The stored sums are not those of what is known now."""


@dataclass(frozen=True)
class IndexExport:
    """The files by name, how many rows of each kind there are, and the index they give."""

    files: Mapping[str, str]
    rows: Mapping[str, int]
    index: float | None


def read_index_export(session: Session, job: Job, *, view: View) -> IndexExport:
    """The formula and every input row behind the index of a view.

    Raises NoIndexError, or StaleMomentsError where something came in that `headway measure` has not seen.
    """
    inputs = read_inputs(session, job, as_of=view.as_of)
    formula = formula_of(inputs)
    evidence = read_evidence(session, job, model_id=inputs.model or "", as_of=view.as_of)
    index = index_under(job, inputs, formula, view)[1]
    tables = {
        "contacts": _contact_rows(evidence, inputs, formula, view),
        "survey": current_answers(inputs.survey, view)[
            ["respondent", "outcome", "importance", "satisfaction", "weight"]
        ],
        "opportunity_errors": _opportunity_errors(job, inputs, view),
        "attempts": in_period(attempts(inputs.events, view=view), view)[["step", "success"]],
    }
    value = index.index.value
    said = "(not published)" if value is None else f"{value:.4f}"
    files = {
        "README.txt": README.format(index=said, job=job.id, formula=formula.version),
        "redo.py": inspect.getsource(redo),
        "formula.json": json.dumps(formula.to_json(), indent=1),
        "index.json": json.dumps(_index_json(index), indent=1),
        **{f"{name}.csv": _csv(rows) for name, rows in tables.items()},
    }
    return IndexExport(files, {name: len(rows) for name, rows in tables.items()}, value)


def _csv(rows: pd.DataFrame) -> str:
    """The table; names of a job file that a spreadsheet would run are made harmless."""
    return str(rows.map(lambda cell: harmless(cell) if isinstance(cell, str) else cell).to_csv(index=False))


def _opportunity_errors(job: Job, inputs: Inputs, view: View) -> pd.DataFrame:
    scores = outcome_figures(job, inputs.survey, view=view)
    found = [
        {"outcome": one.outcome, "error": (one.opportunity.high - one.opportunity.low) / (2 * Z)}
        for one in scores
        if one.opportunity.high is not None and one.opportunity.low is not None
    ]
    return pd.DataFrame(found, columns=["outcome", "error"])


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
