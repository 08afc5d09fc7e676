"""What every stage works with: the settings, the database, and one job."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from store.identity import Identity, open_identity
from store.jobs import save_job
from store.models import ModelShelf
from store.session import Database, open_database
from store.settings import Settings, load_settings
from taxonomy.loader import find_job
from taxonomy.model import Job


@dataclass(frozen=True)
class Workspace:
    """One job in one home folder. Cheap to make: nothing is opened before it is used."""

    settings: Settings
    job: Job

    @classmethod
    def open(cls, job: str) -> Workspace:
        """The workspace of a job by id or file, its schema up to date and its version on record.

        Raises BadInputError for an unknown or unreadable job, DatabaseUnreachableError.
        """
        settings = load_settings()
        found = find_job(job, extra=[settings.jobs])
        workspace = cls(settings, found)
        workspace.database.upgrade()
        with workspace.database.session() as session:
            save_job(session, found)
        return workspace

    @cached_property
    def database(self) -> Database:
        """The database in force."""
        return open_database(self.settings)

    @cached_property
    def identity(self) -> Identity:
        """The keyed hashes in force."""
        return open_identity(self.settings)

    @property
    def shelf(self) -> ModelShelf:
        """The models of the job."""
        return ModelShelf(self.settings.models, self.job.id)
