"""A model belongs to one version of its job."""

from __future__ import annotations

from classifiers.model import Model
from store.models import NoModelError
from taxonomy.model import Job


class JobVersionError(NoModelError):
    """The model was trained under another version of the job."""


def check_version(model: Model, job: Job) -> None:
    """Raise JobVersionError unless the model was trained under this version of the job."""
    trained_under = model.card["job_version"]
    if trained_under != job.stamp:
        raise JobVersionError(
            f"model {model.id} was trained under job version {trained_under}, not {job.stamp}: "
            f"run `headway model carry --job {job.id} --why TEXT` where the job's aliases say what became of its "
            f"labels, or `headway train --job {job.id} --data FILE`"
        )
