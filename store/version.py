"""A word for what a job's pages show: another one as soon as figures, alerts or annotations are."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables import alert_events, alerts, annotation_events, formulas, measurements, models_in_force, published


def figures_version(session: Session, job_id: str) -> str:
    """Sixteen hex digits, from one query over small tables: open pages ask for it once a minute.

    A review or an answer that came in is in it as soon as it is measured, not before: until then no figure moved.
    """
    of_job = (
        select(func.max(table.c.pk)).where(table.c.job_id == job_id).scalar_subquery()
        for table in (measurements, published, annotation_events, models_in_force)
    )
    raised = select(func.count()).select_from(alerts).where(alerts.c.job_id == job_id).scalar_subquery()
    mine = select(alerts.c.alert).where(alerts.c.job_id == job_id)
    said = select(func.max(alert_events.c.pk)).where(alert_events.c.alert.in_(mine)).scalar_subquery()
    formula = select(func.max(formulas.c.created_at)).where(formulas.c.job_id == job_id).scalar_subquery()
    parts = [part.label(f"part{number}") for number, part in enumerate((*of_job, raised, said, formula))]
    row = session.execute(select(*parts)).one()
    return hashlib.sha256(repr((job_id, tuple(row))).encode()).hexdigest()[:16]
