"""Experiments: registered once, read out from what is stored, finished with an annotation on the trend lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from alignment.estimate import Estimate
from alignment.experiments import Arm, Compared, Experiment, ExperimentError, Sizes, arm_of, blocked, compared, sizes_of
from alignment.heart import attempts, in_period, task_success
from alignment.scorecard import View
from store.annotations import record_annotation
from store.contact_filters import inside
from store.scorecards import read_friction
from store.session import insert_new
from store.surveys import read_events
from store.tables import contacts
from store.tables import experiment_events as table
from taxonomy.model import Job

SUCCESS = "task_success"
MEASURES = ("effort", "fcr", "transfers", "time")
"""Of contacts on the step; lower is better but for first contact resolution."""

PRIMARY = (SUCCESS, *MEASURES)


class ConflictingExperimentError(ExperimentError):
    """An id was registered with other content."""


class UnknownExperimentError(ExperimentError):
    """No experiment of that id was registered."""


@dataclass(frozen=True)
class ReadOut:
    """What an experiment shows: sizes first, then every measure of every arm and the differences."""

    experiment: Experiment
    finished: bool
    as_of: datetime
    sizes: Sizes
    measured: Mapping[str, Mapping[str, Estimate]]
    differences: tuple[Compared, ...]


def register(session: Session, job: Job, experiment: Experiment) -> bool:
    """Keep an experiment; whether it is new. Raises ExperimentError, ConflictingExperimentError."""
    if experiment.step not in job.step_by_id:
        raise ExperimentError(
            f"step: {experiment.step!r} is not in job {job.id}; known are {', '.join(job.step_by_id)}"
        )
    if experiment.primary not in PRIMARY or (experiment.by == "customer" and experiment.primary != SUCCESS):
        raise ExperimentError(f"primary: one of {', '.join(PRIMARY)}; {SUCCESS} where arms are drawn by customer")
    content = {**_json(asdict(experiment)), "job_version": job.stamp}
    row = {"job_id": job.id, "experiment": experiment.id, "kind": "registered", "content": content}
    said = {**row, "by": experiment.registered_by, "recorded_at": experiment.registered_at}
    if insert_new(session, table, [said]):
        return True
    known = _experiment(_events(session, job.id, experiment.id)[0])
    if replace(known, registered_at=experiment.registered_at, registered_by=experiment.registered_by) != experiment:
        raise ConflictingExperimentError(f"experiment {experiment.id!r} was registered otherwise; take another id")
    return False


def finish(session: Session, job: Job, name: str, *, by: str, end: date, note: str) -> Experiment:
    """Close an experiment and put it on the trend lines; the same again changes nothing.

    Raises ExperimentError, ConflictingExperimentError where it was finished otherwise.
    """
    found = find(session, job.id, name)
    if end <= found.start:
        raise ExperimentError(f"end: {end} is not after {found.start}")
    content = {"end": end.isoformat(), "note": note}
    row = {"job_id": job.id, "experiment": name, "kind": "finished", "content": content, "by": by}
    if insert_new(session, table, [{**row, "recorded_at": datetime.now(UTC)}]):
        at = datetime.combine(end, datetime.min.time(), UTC)
        text = f"experiment {found.title!r} finished{': ' + note if note else ''}"[:500]
        record_annotation(session, job.id, kind="experiment", at=at, text=text, by=by, step=found.step)
    else:
        _check_finished(name, _events(session, job.id, name)[1].content, content)
    return find(session, job.id, name)


def _check_finished(name: str, known: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    if known != said:
        how = f"{known['end']}{' with another note' if known['end'] == said['end'] else ''}"
        raise ConflictingExperimentError(f"experiment {name!r} was finished on {how} already, and stays as it is")


def list_experiments(session: Session, job_id: str, *, as_of: datetime) -> list[tuple[Experiment, bool]]:
    """Every experiment known at a moment, the newest first, and whether it is finished."""
    query = select(table).where(table.c.job_id == job_id, table.c.recorded_at <= as_of).order_by(table.c.pk.desc())
    rows = session.execute(query).all()
    ended = {row.experiment: row for row in rows if row.kind == "finished"}
    begun = [row for row in rows if row.kind == "registered"]
    return [(_ended(_experiment(row), ended.get(row.experiment)), row.experiment in ended) for row in begun]


def find(session: Session, job_id: str, name: str) -> Experiment:
    """One experiment. Raises ExperimentError."""
    rows = _events(session, job_id, name)
    if not rows:
        raise UnknownExperimentError(f"job {job_id} has no experiment {name!r}")
    return _ended(_experiment(rows[0]), rows[1] if rows[1:] else None)


def read_out(session: Session, job: Job, name: str, *, as_of: datetime) -> ReadOut:
    """What is known of an experiment at a moment. Raises ExperimentError."""
    found = find(session, job.id, name)
    finished = len(_events(session, job.id, name)) > 1
    view = View(as_of, found.start, found.end)
    events = read_events(session, job.id, as_of=as_of)
    parts = _by_arm(events, found)
    sizes = sizes_of(found.arms, _customers(session, found, view, parts))
    measured = {arm.name: _measures(session, job, found, view, arm=arm, events=parts[arm.name]) for arm in found.arms}
    if sizes.mismatch:
        measured = blocked(sizes, measured, as_of=as_of)
    differences = tuple(compared(found.arms, measured, as_of=as_of))
    return ReadOut(found, finished, as_of, sizes, measured, differences)


def _measures(
    session: Session, job: Job, experiment: Experiment, view: View, *, arm: Arm, events: pd.DataFrame
) -> dict[str, Estimate]:
    table_of = in_period(attempts(events, view=view), view) if len(events) else None
    found = {SUCCESS: task_success(job, table_of, view=view)[experiment.step]}
    if experiment.segment is None:
        return found
    slices = read_friction(session, job, view, by=f"segment.{experiment.segment}")
    figures = next((one for one in slices.get(arm.name, ()) if one.step == experiment.step), None)
    nobody = Estimate.missing(f"not enough evidence: no contact of arm {arm.name}", as_of=view.as_of)
    return found | {name: getattr(figures, name) if figures else nobody for name in MEASURES}


def _by_arm(events: pd.DataFrame, experiment: Experiment) -> dict[str, pd.DataFrame]:
    if experiment.segment is not None:
        column = f"segment.{experiment.segment}"
        arms = events[column] if column in events.columns else pd.Series(None, index=events.index, dtype=object)
    else:
        drawn = {one: arm_of(experiment.id, one, experiment.arms) for one in events["customer"].dropna().unique()}
        arms = events["customer"].map(drawn)
    return {arm.name: events[arms == arm.name] for arm in experiment.arms}


def _customers(
    session: Session, experiment: Experiment, view: View, parts: Mapping[str, pd.DataFrame]
) -> dict[str, int]:
    """Customers of the period by arm: those of contacts where a field tells arms, else those of events."""
    if experiment.segment is None:
        since = pd.Timestamp(experiment.start, tz="UTC")
        return {name: int(part[part["at"] >= since]["customer"].nunique()) for name, part in parts.items()}
    arm = contacts.c.segment[experiment.segment].as_string()
    names = [one.name for one in experiment.arms]
    query = select(arm, func.count(contacts.c.customer.distinct())).where(*_inside(view), arm.in_(names)).group_by(arm)
    return {name: count for name, count in session.execute(query)}


def _inside(view: View) -> Sequence[Any]:
    return [*inside(view), contacts.c.ingested_at <= view.as_of]


def _events(session: Session, job_id: str, name: str) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.job_id == job_id, table.c.experiment == name).order_by(table.c.pk)
    return session.execute(query).all()


def _ended(experiment: Experiment, finished: Row[Any] | None) -> Experiment:
    return experiment if finished is None else replace(experiment, end=date.fromisoformat(finished.content["end"]))


def _experiment(row: Row[Any]) -> Experiment:
    said = {name: value for name, value in row.content.items() if name != "job_version"}
    return Experiment(
        **{
            **said,
            "arms": tuple(Arm(**arm) for arm in said["arms"]),
            "start": date.fromisoformat(said["start"]),
            "end": date.fromisoformat(said["end"]) if said["end"] else None,
            "registered_at": row.recorded_at,
        }
    )


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
