"""What every stage works with: the settings, the database, and one job."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flows.jobs import open_job
from store.identity import Identity, open_identity
from store.jobs import keep_file, save_job
from store.models import ModelShelf
from store.session import Database, open_database
from store.settings import Settings, load_settings
from taxonomy.loader import shipped_jobs
from taxonomy.model import Job


def keep_job(job: Job, settings: Settings) -> None:
    """Keep a job that is not a shipped one, so that from now on its id finds it."""
    if job.digest not in {shipped.digest for shipped in shipped_jobs()}:
        keep_file(settings.jobs, job)


@dataclass(frozen=True)
class Home:
    """The settings, the database and the keyed hashes. Cheap to make: nothing is opened before it is used."""

    settings: Settings

    @classmethod
    def open_home(cls) -> Home:
        """The home in force, its schema up to date. Raises DatabaseUnreachableError."""
        home = cls(load_settings())
        home.database.upgrade()
        return home

    @cached_property
    def database(self) -> Database:
        """The database in force."""
        return open_database(self.settings)

    def close(self) -> None:
        """Close the connections to the database, if it was used: a process that lives on must not collect them."""
        if "database" in vars(self):
            self.database.engine.dispose()

    @cached_property
    def identity(self) -> Identity:
        """The keyed hashes in force."""
        return open_identity(self.settings)


@dataclass(frozen=True)
class Workspace(Home):
    """A home and one job in it."""

    job: Job

    @classmethod
    def open(cls, job: str) -> Workspace:
        """The workspace of a job by id or file, its schema up to date.

        Raises BadInputError for an unknown or unreadable job, DatabaseUnreachableError.
        """
        settings = load_settings()
        workspace = cls(settings, open_job(job, settings))
        workspace.database.upgrade()
        return workspace

    def record_job(self) -> None:
        """Put this version of the job on record as the one in force: something is about to be stored under it."""
        keep_job(self.job, self.settings)
        with self.database.session() as session:
            save_job(session, self.job)

    @property
    def shelf(self) -> ModelShelf:
        """The models of the job."""
        return ModelShelf(self.settings.models, self.job.id)
