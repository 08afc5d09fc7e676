"""A thread that says, while a stage works, that its run lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from store.clock import database_now
from store.leases import Lease, beat
from store.session import Database
from store.tables import stage_runs

BEAT_SECONDS = 20.0


@dataclass
class Heartbeat:
    """`overtaken` turns True where another run took the stage over, because this one was silent for too long."""

    database: Database
    lease: Lease
    row: int
    overtaken: bool = False
    _stop: Event = field(default_factory=Event)

    def run(self) -> None:
        """Beat until told to stop. A beat that the database cannot take now is left out: the next one will do."""
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self.once()
            except SQLAlchemyError:
                continue

    def once(self) -> None:
        """One beat: the lease and the row of the run."""
        with self.database.session() as session:
            self.overtaken = not beat(session, self.lease)
            session.execute(
                stage_runs.update().where(stage_runs.c.pk == self.row).values(beat_at=database_now(session))
            )

    def stop(self) -> None:
        """No more beats."""
        self._stop.set()


@contextmanager
def beating(database: Database, lease: Lease, row: int) -> Iterator[Heartbeat]:
    """Beat in a thread of its own while the block runs."""
    heart = Heartbeat(database, lease, row)
    thread = Thread(target=heart.run, name=f"heartbeat {lease.name}", daemon=True)
    thread.start()
    try:
        yield heart
    finally:
        heart.stop()
        thread.join()
