from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store.audit import AuditError, read_audit, record_audit, verify_audit
from store.session import Database


def note(database: Database, *objects: str, who: str = "ann", action: str = "contact.read") -> None:
    with database.session() as session:
        for one in objects:
            record_audit(session, who=who, action=action, object=one, detail={"n": 1.5, "words": "ü ☃"})


def tamper(database: Database, statement: str) -> None:
    """Change the log as somebody can who owns the database and takes its triggers away first."""
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "sqlite":
            for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {row.name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))


def test_rows_are_read_back_as_they_were_noted_and_the_chain_holds(database: Database) -> None:
    note(database, "contact/1", "contact/2")
    note(database, "key/k", who="os:root", action="key.create")

    with database.session() as session:
        rows = list(read_audit(session))
        verdict = verify_audit(session)
        assert [row.object for row in read_audit(session, action="key")] == ["key/k"]

    assert [(row.number, row.who, row.action) for row in rows] == [
        (1, "ann", "contact.read"), (2, "ann", "contact.read"), (3, "os:root", "key.create")
    ]  # fmt: skip
    assert rows[0].detail == {"n": 1.5, "words": "ü ☃"}
    assert (verdict.rows, verdict.head, verdict.breaks) == (3, rows[-1].hash, ())


def test_what_was_rolled_back_leaves_no_row(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.session() as session:
        record_audit(session, who="ann", action="key.create", object="key/a")
        raise ZeroDivisionError
    note(database, "contact/1")

    with database.session() as session:
        assert [row.object for row in read_audit(session)] == ["contact/1"]


def test_writers_at_the_same_time_make_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: note(database, f"contact/{n}", f"again/{n}"), range(40)))

    with database.session() as session:
        assert verify_audit(session).rows == 80
        assert verify_audit(session).breaks == ()
        assert [row.number for row in read_audit(session)] == list(range(1, 81))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET who = 'eve' WHERE number = 1",
        "DELETE FROM audit_events",
        "UPDATE audit_head SET number = 0",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(database: Database, statement: str) -> None:
    note(database, "contact/1")

    with pytest.raises(DBAPIError, match="only grows"), database.engine.begin() as connection:
        connection.execute(text(statement))


FIELDS = "(number, at, who, action, object, detail, previous, hash)"
AS_IT_STOOD = "at, 'eve', action, object, detail, previous"


REPLACING = (
    f"INSERT OR REPLACE INTO audit_events {FIELDS} SELECT number, {AS_IT_STOOD}, hash FROM audit_events",
    f"REPLACE INTO audit_events {FIELDS} SELECT number, {AS_IT_STOOD}, 'new' FROM audit_events",
    f"REPLACE INTO audit_events {FIELDS} SELECT '1', {AS_IT_STOOD}, 'new' FROM audit_events WHERE number = 1",
    f"REPLACE INTO audit_events {FIELDS} SELECT 1.0, {AS_IT_STOOD}, 'new' FROM audit_events WHERE number = 1",
    f"REPLACE INTO audit_events {FIELDS} SELECT 99, {AS_IT_STOOD}, hash FROM audit_events WHERE number = 1",
    f"REPLACE INTO audit_events {FIELDS} SELECT NULL, {AS_IT_STOOD}, hash FROM audit_events WHERE number = 1",
    f"INSERT INTO audit_events {FIELDS} SELECT number, {AS_IT_STOOD}, hash FROM audit_events WHERE true "
    "ON CONFLICT (number) DO UPDATE SET who = 'eve'",
    f"INSERT OR IGNORE INTO audit_events {FIELDS} SELECT number, {AS_IT_STOOD}, hash FROM audit_events",
    "UPDATE OR REPLACE audit_events SET number = 1 WHERE number = 2",
    "UPDATE OR IGNORE audit_events SET who = 'eve'",
    "REPLACE INTO audit_head (pk, number, hash) VALUES (1, 1, 'new')",
    "REPLACE INTO audit_head (pk, number, hash) VALUES (2, 9, 'new')",
    "UPDATE OR REPLACE audit_head SET pk = 2",
)


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_no_way_of_sqlite_to_replace_a_row_gets_past_the_triggers(tmp_path: Path, recursive: str) -> None:
    database = Database(f"sqlite:///{tmp_path / 'headway.db'}")
    database.upgrade()
    note(database, "contact/1", "contact/2")
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA recursive_triggers = {recursive}")
        before = connection.execute(text("SELECT * FROM audit_events")).all()
        for statement in REPLACING:
            with pytest.raises(DBAPIError, match="only grows"):
                connection.execute(text(statement))
            connection.rollback()
            assert connection.execute(text("SELECT * FROM audit_events")).all() == before, statement
    note(database, "contact/3")
    with database.session() as session:
        assert verify_audit(session).breaks == ()


@pytest.mark.parametrize(
    ("statement", "number", "said"),
    [
        ("UPDATE audit_events SET who = 'eve' WHERE number = 2", 2, "was changed after it was written"),
        ("UPDATE audit_events SET detail = '{}' WHERE number = 3", 3, "was changed after it was written"),
        ("DELETE FROM audit_events WHERE number = 2", 3, "row 2 is missing"),
        ("DELETE FROM audit_events WHERE number = 4", 3, "the head of the log names row 4"),
        ("DELETE FROM audit_head", 4, "the head of the log is gone"),
    ],
)
def test_the_check_says_where_the_chain_breaks(database: Database, statement: str, number: int, said: str) -> None:
    note(database, *(f"contact/{n}" for n in range(4)))
    tamper(database, statement)

    with database.session() as session:
        found = verify_audit(session).breaks

    assert [one.number for one in found] == [number]
    assert said in found[0].what


def test_a_chain_made_anew_from_the_start_is_caught_by_a_hash_noted_elsewhere(database: Database) -> None:
    note(database, "contact/1", "contact/2")
    with database.session() as session:
        noted = {2: verify_audit(session).head, 9: "0" * 64}
        assert [one.number for one in verify_audit(session, expected=noted).breaks] == [9]
    tamper(database, "UPDATE audit_head SET number = 0, hash = '" + "0" * 64 + "'")
    tamper(database, "DELETE FROM audit_events")
    note(database, "contact/1", "contact/7")

    with database.session() as session:
        assert verify_audit(session).breaks == ()
        assert [one.number for one in verify_audit(session, expected={2: noted[2]}).breaks] == [2]


@pytest.mark.parametrize("wrong", [{"who": ""}, {"object": "x" * 301}, {"action": "Read It"}])
def test_a_row_that_cannot_be_kept_is_refused_at_once(database: Database, wrong: dict[str, str]) -> None:
    with pytest.raises(AuditError), database.session() as session:
        record_audit(session, **{"who": "ann", "action": "key.create", "object": "key/a", **wrong})


def test_text_that_no_database_holds_is_written_out(database: Database) -> None:
    note(database, "contact/\0\ud800")

    with database.session() as session:
        assert [row.object for row in read_audit(session)] == ["contact/\\0\\ud800"]
        assert verify_audit(session).breaks == ()
