"""What a database that fails in the middle of a command means for the person who started it, in one line."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, PendingRollbackError

DATABASE_ERRORS = (DBAPIError, PendingRollbackError, sqlite3.Error, psycopg.Error)
"""SQLAlchemy's own, and those of the drivers where rows go in by COPY or into a file of vectors."""

KEPT = "what was done is kept, and the same command goes on from there"
FULL = ("database or disk is full", "disk i/o error", "no space left on device", "file too large", "unable to open")
LOCKED = ("database is locked", "database table is locked", "deadlock detected", "could not obtain lock")
FULL_STATES, LOCKED_STATES = ("53100", "53200"), ("40P01", "55P03", "40001")
GONE_STATES = ("08", "57P", "53300")


def told(error: Exception) -> str | None:
    """What to say of a full disk, a lost connection or a locked database; None for anything else, which is our mistake.

    Knows errors by SQLSTATE where the database gives one, else by the words that its driver has for them.
    """
    inner = getattr(error, "orig", None) or error
    said, state = str(inner).strip().splitlines() or [""], str(getattr(inner, "sqlstate", None) or "")
    short, words = said[0][:200], " ".join(said).lower()
    if state in FULL_STATES or any(one in words for one in FULL):
        return f"the database cannot write ({short}): free some space, or allow writing, where it lies; {KEPT}"
    if state in LOCKED_STATES or any(one in words for one in LOCKED):
        return f"the database was held by another process for too long ({short}); {KEPT}"
    if state.startswith(GONE_STATES) or _lost(error, inner, state):
        return f"the connection to the database was lost ({short}); {KEPT}; `headway doctor` says if it answers"
    return None


def _lost(error: Exception, inner: object, state: str) -> bool:
    """A connection that ended without a word of the server's: the driver has no state for it."""
    if isinstance(error, PendingRollbackError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    return isinstance(inner, psycopg.OperationalError | psycopg.InterfaceError) and not state
