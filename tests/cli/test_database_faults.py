"""A database that fails in the middle of a command is told in a line that says what to do."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError

from cli.database_faults import told
from cli.main import main


def wrapped(inner: Exception, *, invalidated: bool = False) -> OperationalError:
    return OperationalError("INSERT ...", {}, inner, connection_invalidated=invalidated)


@pytest.mark.parametrize("words", ["database or disk is full", "disk I/O error"])
def test_a_full_disk_is_told_with_what_to_do(words: str) -> None:
    line = told(wrapped(sqlite3.OperationalError(words)))
    assert line is not None
    assert "free some space" in line and "goes on from there" in line


def test_a_full_disk_of_postgresql_is_known_by_its_state() -> None:
    line = told(wrapped(psycopg.errors.DiskFull("could not extend file")))
    assert line is not None
    assert "free some space" in line


@pytest.mark.parametrize(
    "error",
    [
        wrapped(psycopg.errors.AdminShutdown("terminating connection due to administrator command")),
        psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
        wrapped(psycopg.OperationalError("server closed the connection unexpectedly"), invalidated=True),
        psycopg.OperationalError("consuming input failed: server closed the connection unexpectedly"),
        PendingRollbackError("Can't reconnect until invalid transaction is rolled back."),
    ],
)
def test_a_lost_connection_is_told_as_one(error: Exception) -> None:
    line = told(error)
    assert line is not None
    assert "the connection to the database was lost" in line and "headway doctor" in line


def test_a_database_held_for_too_long_is_told_as_such() -> None:
    line = told(wrapped(sqlite3.OperationalError("database is locked")))
    assert line is not None
    assert "held by another process" in line


def test_a_mistake_of_ours_is_not_talked_away() -> None:
    for inner in (sqlite3.OperationalError("no such table: contacts"), sqlite3.OperationalError('near "SELEC"')):
        assert told(wrapped(inner)) is None
    assert told(IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed"))) is None
    assert told(wrapped(psycopg.errors.UndefinedTable("no such relation"))) is None


def test_sqlalchemys_own_error_is_read(tmp_path: object) -> None:
    with pytest.raises(DBAPIError) as caught, create_engine("sqlite://").connect() as opened:
        opened.execute(text("SELECT * FROM nowhere"))
    assert told(caught.value) is None


def test_the_command_ends_with_that_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fails(**_options: object) -> None:
        raise wrapped(sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr("cli.main.headway.main", fails)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("headway: the database cannot write") and said.count("\n") == 1
