"""Finding a job by id or file. It imports no database, so that `headway predict` starts quickly."""

from __future__ import annotations

from store.settings import Settings
from taxonomy.loader import find_job
from taxonomy.model import Job


def open_job(ref: str, settings: Settings) -> Job:
    """The job that an id or a file names. Raises UnknownJobError or JobFileError."""
    return find_job(ref, extra=[settings.jobs])
