"""Experiments of a job: which were registered, and what each shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from alignment.effort import scale_of
from alignment.estimate import Estimate
from alignment.experiments import Compared
from api.access import require
from api.address import Links
from api.deps import DbSession
from api.headers import page_answer
from api.rendering import render
from store.experiments import ReadOut, list_experiments, read_out
from store.jobs import read_job

router = APIRouter(prefix="/jobs/{job}/experiments", include_in_schema=False, dependencies=[require("leader")])

MEASURES = {
    "task_success": ("Task success", "share"),
    "effort": ("Effort", "effort"),
    "fcr": ("Resolved on first contact", "share"),
    "transfers": ("Transfers a contact", "transfers"),
    "time": ("Minutes a contact", "time"),
}
"""Of each measure: what the page calls it, and its scale."""


@dataclass(frozen=True)
class MeasureRow:
    """One measure in every arm, in the arms' order, with the differences of all but the first."""

    name: str
    scale: str
    primary: bool
    values: tuple[Estimate, ...]
    differences: tuple[Compared, ...]


@router.get("")
def experiments(request: Request, session: DbSession, job: str) -> Response:
    """Every experiment, the newest first."""
    found = read_job(session, job)
    links = Links(found.id)
    known = list_experiments(session, found.id, as_of=datetime.now(UTC))
    html = render(
        "experiments.html",
        job=found,
        links=links,
        here="",
        json_url=links.plain("experiments", api=True),
        known=known,
        measures=MEASURES,
    )
    return page_answer(request, html)


@router.get("/{experiment}")
def experiment(request: Request, session: DbSession, job: str, experiment: str) -> Response:
    """What one experiment shows: sizes first, then each measure by arm."""
    found = read_job(session, job)
    links = Links(found.id)
    shown = read_out(session, found, experiment, as_of=datetime.now(UTC))
    html = render(
        "experiment.html",
        job=found,
        links=links,
        here="",
        json_url=links.plain("experiments", experiment, api=True),
        shown=shown,
        rows=measure_rows(shown),
        primary=MEASURES[shown.experiment.primary][0],
        effort_words=scale_of(found).words,
    )
    return page_answer(request, html)


def measure_rows(shown: ReadOut) -> list[MeasureRow]:
    """The primary measure first."""
    arms = [arm.name for arm in shown.experiment.arms]
    names = [name for name in MEASURES if name in shown.measured[arms[0]]]
    rows = [
        MeasureRow(
            *MEASURES[name],
            name == shown.experiment.primary,
            tuple(shown.measured[arm][name] for arm in arms),
            tuple(one for one in shown.differences if one.measure == name),
        )
        for name in names
    ]
    return sorted(rows, key=lambda row: not row.primary)
