"""SQLite files that several processes read and write at once."""

from __future__ import annotations

import sqlite3
import time

PAUSE_SECONDS = 0.01


def keep_write_ahead_log(connection: sqlite3.Connection, *, patience_seconds: float) -> None:
    """Put the file of a connection into WAL mode, which it keeps.

    Two processes that open a new file at once need the whole file each, and SQLite answers "locked" without waiting as
    its busy timeout would; so the wait is here.

    Raises:
        sqlite3.OperationalError: the file is still locked when patience has ended.
    """
    until = time.monotonic() + patience_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
