"""The one way to a scorecard: what is stored, put together by the formulas of `alignment`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Table, exists, func, select
from sqlalchemy.orm import Session

from alignment.build import build_scorecard
from alignment.effort import scale_of
from alignment.figures import step_figures, target_estimates
from alignment.index import IndexFormula
from alignment.moments import Moments
from alignment.opportunity import surveyed_by
from alignment.scorecard import OutcomeFigures, Scorecard, StepFigures, View
from alignment.targets import Targets
from store.erased import erasure_number
from store.kept import Kept
from store.measurements import read_reach
from store.moments import newest_moment, read_moments
from store.reviews import latest_decisions
from store.scores import read_formula
from store.surveys import read_answers, read_events
from store.tables import contacts, outcome_answers, product_events, review_decisions, review_events, tags
from store.tags import newest_model, tagged
from taxonomy.model import Job

RECORDED = (outcome_answers, product_events, review_decisions, review_events)
_kept: Kept[Scorecard] = Kept(64)
_kept_friction: Kept[dict[str, tuple[StepFigures, ...]]] = Kept(128)


@dataclass(frozen=True)
class Inputs:
    """Everything stored that a job's figures at one moment come from."""

    model: str | None
    moments: Moments
    survey: pd.DataFrame
    events: pd.DataFrame
    formula: IndexFormula | None
    contacts: int
    reviewed: int
    tagged_to: datetime | None


def read_inputs(session: Session, job: Job, *, as_of: datetime) -> Inputs:
    """What was known of a job at a moment. The model is the one whose tags were written last."""
    newest = newest_model(session, job.id, as_of=as_of)
    model = newest[1] if newest is not None and newest[0] == job.stamp else None
    empty = Moments(Targets.of(job), {})
    count, last = _tagged(session, job, model)
    return Inputs(
        model=model,
        moments=read_moments(session, job, model_id=model, as_of=as_of) if model else empty,
        survey=read_answers(session, job.id, as_of=as_of),
        events=read_events(session, job.id, as_of=as_of),
        formula=read_formula(session, job.id, as_of=as_of),
        contacts=count,
        reviewed=len(latest_decisions(session, job.id, as_of=as_of)),
        tagged_to=last,
    )


def read_scorecard(session: Session, job: Job, view: View, *, trends: bool = True, service: bool = True) -> Scorecard:
    """A job's scorecard for a view, from what was known at the view's `as_of`.

    As long as nothing new is recorded the same scorecard is given, dated when it was first made. Without `trends` it
    may come without trend lines, which are most of the work, and without `service` too without what contacts say of
    satisfaction.
    """
    key = view_key(session, job, view)
    card = None if trends else _kept.peek((*key, True, True))
    if card is None:
        card = _kept.get((*key, trends, service), lambda: _build(session, job, view, trends=trends, service=service))
    # One made later than the moment asked about holds the same figures under a later date.
    return card if card.view.as_of <= view.as_of else _build(session, job, view, trends=trends, service=service)


def view_key(session: Session, job: Job, view: View) -> tuple[Hashable, ...]:
    """What changes whenever a figure of the view does."""
    return (*_data_version(session, job, view.as_of), view.start, view.end, tuple(sorted(view.filters.items())))


def _data_version(session: Session, job: Job, as_of: datetime) -> tuple[Hashable, ...]:
    """What changes whenever anything behind the figures known at a moment does."""
    newest = newest_model(session, job.id, as_of=as_of)
    formula = read_formula(session, job.id, as_of=as_of)
    return (
        str(session.get_bind().engine.url),
        job.id,
        job.stamp,
        newest,
        newest_moment(session, job, newest[1], as_of) if newest else 0,
        erasure_number(session),
        formula.version if formula else None,
        *(_newest(session, table, as_of) for table in RECORDED),
    )


def _newest(session: Session, table: Table, as_of: datetime) -> int:
    return session.scalar(select(func.max(table.c.pk)).where(table.c.recorded_at <= as_of)) or 0


def _build(session: Session, job: Job, view: View, *, trends: bool, service: bool) -> Scorecard:
    inputs = read_inputs(session, job, as_of=view.as_of)
    return build_scorecard(
        job,
        inputs.moments,
        view=view,
        survey=inputs.survey,
        events=inputs.events,
        formula=inputs.formula,
        model=inputs.model,
        tagged_to=inputs.tagged_to,
        contacts=inputs.contacts,
        reviewed=inputs.reviewed,
        trends=trends,
        service=trends or service,
    )


def read_friction(session: Session, job: Job, view: View, *, by: str) -> dict[str, tuple[StepFigures, ...]]:
    """Friction by step in every slice of a dimension, such as `channel` or `segment.tier`; kept like scorecards."""
    key = (*view_key(session, job, view), by)
    return _kept_friction.get(key, lambda: _build_friction(session, job, view, by=by))


def read_outcomes(session: Session, job: Job, view: View, *, by: str) -> dict[str, tuple[OutcomeFigures, ...]]:
    """Outcome scores, ranks and rank probabilities in every value of `segment.NAME` or `circumstance.NAME`."""
    survey = read_answers(session, job.id, as_of=view.as_of)
    return {value: scores.figures for value, scores in surveyed_by(job, survey, view=view, by=by).items()}


def _build_friction(session: Session, job: Job, view: View, *, by: str) -> dict[str, tuple[StepFigures, ...]]:
    moments = read_inputs(session, job, as_of=view.as_of).moments
    clusters = moments.clusters(view)
    parts = moments.within(view).by(by)
    everything, scale = View(as_of=view.as_of), scale_of(job)
    found = {
        str(value): target_estimates(
            part.folds(everything), part.targets, scale=scale, as_of=view.as_of, clusters=clusters
        )
        for value, part in sorted(parts.items(), key=lambda one: str(one[0]))
    }
    targets = moments.targets
    return {value: step_figures(job, one, targets, scale=scale, as_of=view.as_of) for value, one in found.items()}


def _tagged(session: Session, job: Job, model: str | None) -> tuple[int, datetime | None]:
    """How many contacts the model has tagged, and when the newest of them began.

    From the newest contact back until a tagged one: the first is, as a rule. A join of all would take a minute of
    fifty million.
    """
    if model is None:
        return 0, None
    read = exists().where(
        tags.c.contact_pk == contacts.c.pk, tagged(job_id=job.id, job_version=job.stamp, model_id=model)
    )
    newest = select(contacts.c.started_at).where(contacts.c.started_at.is_not(None), read)
    last = session.scalar(newest.order_by(contacts.c.started_at.desc()).limit(1))
    return read_reach(session, job, model, patience=0.0).tags, last
