"""The database part of a backup: a consistent copy as an SQLite file, and back into either kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from store.move import holds_anything
from store.row_copy import copy_table
from store.row_sums import kept_tables
from store.session import MIGRATIONS, Database
from taxonomy.errors import BadInputError


class NewerSchemaError(BadInputError):
    """A backup comes from a newer Headway."""


class DatabaseNotEmptyError(BadInputError):
    """The database that was to be restored has rows already."""


def snapshot(database: Database, file: Path) -> None:
    """A consistent copy of the database as an SQLite file, while others may go on working."""
    if database.engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(database.engine.url.database or "")) as here,
            closing(sqlite3.connect(file)) as there,
        ):
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        return
    copy = Database(f"sqlite:///{file}")
    copy.upgrade()
    engine = database.engine.execution_options(isolation_level="REPEATABLE READ")  # all tables as of one moment
    with engine.connect() as source, copy.engine.connect() as target:
        for table in kept_tables():
            copy_table(source, target, table, tick=lambda _done: None)
        target.execute(text("PRAGMA journal_mode=DELETE"))
    copy.engine.dispose()


def restored(file: Path, database: Database, *, tick: Callable[[int], None]) -> None:
    """Put the rows of a backup's SQLite file into an empty database, at the newest schema.

    Raises NewerSchemaError, DatabaseNotEmptyError, CopyDiffersError.
    """
    copy = Database(f"sqlite:///{file}")
    with copy.engine.connect() as connection:
        _check_known(read_schema(connection))
    with database.engine.connect() as connection:
        made = inspect(connection).has_table("contacts")
    if made:
        database.upgrade()
        if holds_anything(database):
            raise DatabaseNotEmptyError(
                f"{database.engine.url.render_as_string(hide_password=True)} has rows already: restore into an empty "
                "database (HEADWAY_DATABASE_URL) or home (HEADWAY_HOME)"
            )
    copy.upgrade()
    database.upgrade()
    with copy.engine.connect() as source, database.engine.connect() as target:
        for table in kept_tables():
            copy_table(source, target, table, tick=tick)
    copy.engine.dispose()


def read_schema(connection: Connection) -> str:
    """The version of a database's schema; empty where it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def newest_schema() -> str:
    """The version of the schema that this Headway needs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def _check_known(schema: str) -> None:
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(schema)
    except CommandError as error:
        raise NewerSchemaError(
            f"the backup's schema is {schema}, which this Headway does not know: restore it with the Headway that "
            "wrote it, or a newer one"
        ) from error
