"""Questions about the index: what changed it, every row behind it, and new weights for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from alignment.change import IndexChange
from alignment.formula import COMPONENTS, IndexFormula
from alignment.scorecard import View
from flows.index_epochs import recompute_published
from flows.workspace import Workspace
from store.index_changes import Between, NoIndexError, formula_of, index_under, read_index_change
from store.index_export import read_index_export
from store.scorecards import read_inputs
from store.scores import save_formula
from taxonomy.errors import BadInputError


class WeightsError(BadInputError):
    """Weights that an index cannot have."""


def explain_change(workspace: Workspace, *, since: date, until: date, weeks: int) -> IndexChange:
    """The index of the `weeks` before `until` against that of the `weeks` before `since`, as known now.

    Raises NoIndexError without a formula, NotComparableError where either is not published.
    """
    between = Between(since, until, weeks)
    with workspace.database.session() as session:
        return read_index_change(session, workspace.job, between, as_of=datetime.now(UTC))


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
        old = formula_of(inputs)
        new = replace(old, weights=dict(weights), epoch=old.epoch + 1)
        values = [index_under(job, inputs, formula, View(now))[1].index.value for formula in (old, new)]
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
    """Write the formula and every input row behind an index, with `redo.py` that redoes it from them alone.

    Raises NoIndexError, or StaleMomentsError where something came in that `headway measure` has not seen.
    """
    with workspace.database.session() as session:
        found = read_index_export(session, workspace.job, view=view)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in found.files.items():
        (folder / name).write_text(text, "utf-8")
    return Exported(folder, found.rows, found.index)
