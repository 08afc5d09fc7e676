"""Putting a model in use, and leaving word of it on the trend lines."""

from __future__ import annotations

from sqlalchemy.orm import Session

from flows.annotations import annotate_promotions
from flows.lessons import closed, existing_database
from flows.workspace import Workspace
from store.annotations import record_annotation
from store.in_force import read_in_force
from store.settings import Settings
from store.tags import count_tagged
from taxonomy.model import Job

HEADWAY = "headway"


def put_in_use(job: Job, model_id: str, *, settings: Settings, by: str, why: str) -> None:
    """Promote a model, and annotate it where there is a database. Raises NoModelError."""
    workspace = Workspace(settings, job)
    workspace.shelf.promote(model_id, by=by, why=why)
    database = existing_database(settings)
    if database is not None:
        with closed(database):
            annotate_promotions(workspace)
        workspace.close()


def note_in_force(session: Session, job: Job, model_id: str) -> None:
    """Annotate that figures come from another model's tags from now on; the first model is no change."""
    said = read_in_force(session, job.id)
    if len(said) < 2:
        return
    read = count_tagged(session, job_id=job.id, job_version=job.stamp, model_id=model_id)
    record_annotation(
        session,
        job.id,
        kind="model",
        at=said[-1].since,
        text=f"figures come from model {model_id} now, which has read {read:,} contacts; before: {said[-2].model}",
        by=HEADWAY,
        annotation=f"force:{model_id}:{len(said)}",
    )
