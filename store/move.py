"""A whole database to another one, such as from SQLite to PostgreSQL, checked table by table and row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from store.clock import database_now
from store.leases import gone
from store.row_copy import copy_table
from store.row_sums import TableSum, count_rows, kept_tables
from store.session import Database
from store.tables import stage_leases
from taxonomy.errors import BadInputError, HeadwayError

BORN_WITH_ROWS = frozenset({"audit_head"})
"""Tables that have a row from the start."""


class SameDatabaseError(BadInputError):
    """A database was to be moved to itself."""


class AtWorkError(HeadwayError):
    """A stage is at work on the database that is to be moved."""


@dataclass(frozen=True)
class Moved:
    """What arrived, by table: rows and the hash that both sides have."""

    tables: dict[str, TableSum]

    @property
    def rows(self) -> int:
        """Rows in all."""
        return sum(one.rows for one in self.tables.values())


def count_all(database: Database) -> int:
    """Rows of all tables that are copied."""
    with database.engine.connect() as connection:
        return sum(count_rows(connection, table) for table in kept_tables())


def holds_anything(database: Database) -> bool:
    """Whether anybody put a row there; what the migrations put in a new database does not count."""
    with database.engine.connect() as connection:
        return any(count_rows(connection, table) for table in kept_tables() if table.name not in BORN_WITH_ROWS)


def move(source: Database, target: Database, *, tick: Callable[[int], None] = lambda _done: None) -> Moved:
    """Copy every table into a database of the same schema, which is made there.

    Killed, it goes on where it stopped; done again it finds everything there. Raises SchemaError where the source is
    not at the newest schema, AtWorkError while a stage works on it, CopyDiffersError where a check fails.
    """
    if source.engine.url == target.engine.url:
        raise SameDatabaseError("the new database is the one in use: name another")
    source.check()
    check_idle(source)
    target.upgrade()
    with source.engine.connect() as here, target.engine.connect() as there:
        return Moved({table.name: copy_table(here, there, table, tick=tick) for table in kept_tables()})


def check_idle(database: Database) -> None:
    """Raise AtWorkError where a living run holds a stage."""
    with database.session() as session:
        now = database_now(session)
        held = session.execute(select(stage_leases).where(stage_leases.c.run_id.is_not(None))).all()
    busy = [row.name for row in held if not gone(row.process, row.beat_at, now)]
    if busy:
        raise AtWorkError(f"{', '.join(busy)} is at work on this database: stop `headway schedule`, wait, try again")
