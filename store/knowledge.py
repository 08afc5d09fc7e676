"""A word for everything that the database knows just now: another one as soon as anything was recorded."""

from __future__ import annotations

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from store.alert_tables import alert_events, alert_looks, alerts
from store.annotation_tables import annotation_events
from store.erasure_tables import erasures, frozen_figures
from store.gap_tables import gap_proposals, gap_runs
from store.measure_tables import measurements, response_models
from store.model_tables import models_in_force
from store.review_tables import review_decisions, review_events
from store.tables import (
    contacts,
    formulas,
    jobs,
    moments,
    outcome_answers,
    product_events,
    published,
    replicates,
    tags,
)

NUMBERED: tuple[Table, ...] = (
    tags,
    moments,
    replicates,
    models_in_force,
    outcome_answers,
    product_events,
    review_decisions,
    review_events,
    measurements,
    response_models,
    published,
    annotation_events,
    alert_events,
    alert_looks,
    erasures,
    frozen_figures,
    gap_runs,
    gap_proposals,
)
"""Rows of these are only added, each with a number above those before."""

DATED = (
    jobs.c.loaded_at,
    formulas.c.created_at,
    contacts.c.survey_recorded_at,
)
"""The others, by when they changed last."""

_PARTS = (
    *(select(func.max(table.c.pk)).scalar_subquery() for table in NUMBERED),
    *(select(func.max(column)).scalar_subquery() for column in DATED),
    select(func.count()).select_from(alerts).scalar_subquery(),
)
_QUERY = select(*(part.label(f"part{number}") for number, part in enumerate(_PARTS)))

Knowledge = tuple[object, ...]


def knowledge(session: Session) -> Knowledge:
    """What changes whenever anything does that a figure, a list or a page shows. One query, by indexes only."""
    return tuple(session.execute(_QUERY).one())
