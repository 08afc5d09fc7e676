"""Bytes, not only rows: what was deleted is overwritten in the database's files, as far as the database lets us."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from store.session import Database
from store.tables import metadata

POSTGRES_NOTE = (
    "PostgreSQL: removed rows were vacuumed, their space is written over as it is used again; its write-ahead log and "
    "its backups keep them until these run out"
)
BUSY_NOTE = "the database file is in use: stop the server, then `headway erase --resume` writes over what was removed"


def wipe_space(database: Database) -> str | None:
    """Write over the space of removed rows; what a person has to know about the rest, None where nothing is left.

    SQLite: the file is written anew, and the write-ahead log is emptied into it and cut. PostgreSQL: VACUUM.
    """
    if database.engine.dialect.name != "sqlite":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in sorted(metadata.tables):
                connection.execute(text(f'VACUUM "{table}"'))
        return POSTGRES_NOTE
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
    except OperationalError:
        return BUSY_NOTE
    return BUSY_NOTE if busy else None
