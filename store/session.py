"""One engine, one unit of work, one place that commits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from classifiers.write_ahead import keep_write_ahead_log
from store.audit import chain_pending
from store.bulk import MANY, copy_new
from store.settings import Settings
from taxonomy.errors import HeadwayError

MIGRATIONS = Path(__file__).parent / "migrations"
Row = Mapping[str, Any]
THREADS = 40
"""Threads in which the server answers (starlette's own number)."""

POOLED = 10
UPGRADE_LOCK = 7_244_310
"""Any number that nobody else locks in the database."""

BUSY_SECONDS = 30
"""How long one process waits for another that writes to the same SQLite file."""


class DatabaseUnreachableError(HeadwayError):
    """The database does not answer."""


class SchemaError(HeadwayError):
    """The database's schema is not the one this Headway needs."""


class Database:
    """An engine with Headway's habits: WAL and foreign keys on SQLite, UTC everywhere."""

    def __init__(self, url: str) -> None:
        self.url = url
        # one connection for each thread of the server, or those beyond wait and at last fail
        pool = {"pool_size": POOLED, "max_overflow": THREADS - POOLED, "pool_pre_ping": not url.startswith("sqlite")}
        self.engine: Engine = create_engine(url, **pool)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One unit of work: committed when the block ends well, rolled back when it does not.

        What `record_audit` noted is written last, so that its lock is short.
        """
        with Session(self.engine) as session, session.begin():
            yield session
            chain_pending(session)

    def upgrade(self) -> None:
        """Bring the schema to the newest version, whole or not at all; of two at once the second finds it done.

        Raises DatabaseUnreachableError.
        """
        from alembic import command

        with self._connect() as connection, _alone(connection):
            config = _alembic_config(self.url)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def check(self) -> None:
        """Raise SchemaError unless the schema is the newest version, DatabaseUnreachableError if nothing answers."""
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        with self._connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        newest = ScriptDirectory.from_config(_alembic_config(self.url)).get_current_head()
        if current != newest:
            state = "has no tables yet" if current is None else f"is at {current}, not {newest}"
            raise SchemaError(f"the database {state}: run `headway db upgrade`")

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            connection = self.engine.connect()
        except OperationalError as error:
            shown = self.engine.url.render_as_string(hide_password=True)
            raise DatabaseUnreachableError(f"{shown}: {error.orig}; check HEADWAY_DATABASE_URL") from error
        with connection:
            yield connection


def open_database(settings: Settings) -> Database:
    """The database that the settings name; SQLite's folder is made if it is missing."""
    if settings.database_url is None:
        settings.home.mkdir(parents=True, exist_ok=True)
    return Database(settings.database)


def insert_new(session: Session, table: Table, rows: Sequence[Row]) -> int:
    """Insert the rows whose natural keys are not there yet; how many were."""
    if not rows:
        return 0
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    if dialect is postgresql and len(rows) >= MANY:
        return copy_new(session.connection(), table, rows)
    key = next(iter(table.primary_key.columns))
    # RETURNING names just the rows that went in; row counts of many rows at once differ between drivers
    statement = dialect.insert(table).on_conflict_do_nothing().returning(key)
    return len(session.execute(statement, list(rows)).all())


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Nobody else changes the schema meanwhile: an advisory lock on PostgreSQL, one writing transaction on SQLite.

    Python's driver begins none before DDL: each statement would be kept at once, and a killed upgrade leave half a
    schema that no later one could mend.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        return
    connection.execute(select(func.pg_advisory_lock(UPGRADE_LOCK)))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(select(func.pg_advisory_unlock(UPGRADE_LOCK)))
        connection.commit()


def _alembic_config(url: str) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # secure_delete: what is erased is overwritten in the file, not only unlinked
    keep_write_ahead_log(connection, patience_seconds=BUSY_SECONDS)
    busy = f"busy_timeout={1000 * BUSY_SECONDS}"
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", busy, "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
