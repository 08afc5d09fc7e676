from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from store.session import Database, DatabaseUnreachableError, SchemaError, _alembic_config, insert_new
from store.tables import formulas, metadata


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_the_schema_goes_down_and_up_again(database: Database) -> None:
    config = _alembic_config(database.url)
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with pytest.raises(SchemaError, match="headway db upgrade"):
        database.check()
    database.upgrade()
    database.check()


def test_of_several_upgrades_at_once_each_ends_well(database: Database) -> None:
    config = _alembic_config(database.url)
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    program = "import sys; from store.session import Database; Database(sys.argv[1]).upgrade()"
    running = [subprocess.Popen([sys.executable, "-c", program, database.url]) for _ in range(3)]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    database.check()


KILLED_AT_A_STATEMENT = """
import os, sys
from sqlalchemy import event
from store.session import Database

database, left = Database(sys.argv[1]), iter(range(int(sys.argv[2])))

@event.listens_for(database.engine, "after_cursor_execute")
def die(*_):
    if next(left, None) is None:
        os._exit(9)

database.upgrade()
"""


@pytest.mark.parametrize("statement", [12, 60, 150])
def test_an_upgrade_that_is_killed_leaves_nothing_that_the_next_one_stumbles_over(
    database: Database, statement: int
) -> None:
    config = _alembic_config(database.url)
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    killed = subprocess.run([sys.executable, "-c", KILLED_AT_A_STATEMENT, database.url, str(statement)], check=False)
    assert killed.returncode == 9
    database.upgrade()
    database.check()


def test_an_unreachable_database_is_named_without_its_password() -> None:
    lost = Database("postgresql+psycopg://me:hidden@127.0.0.1:1/none?connect_timeout=1")
    with pytest.raises(DatabaseUnreachableError) as caught:
        lost.check()
    assert "127.0.0.1" in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_unit_of_work_that_fails_leaves_nothing(database: Database) -> None:
    row = {"job_id": "j", "version": "1", "content": {}, "by": "me", "why": "test", "created_at": datetime.now(UTC)}
    with pytest.raises(ZeroDivisionError), database.session() as session:
        insert_new(session, formulas, [row])
        raise ZeroDivisionError
    with database.session() as session:
        assert session.execute(formulas.select()).all() == []


def test_rows_whose_key_is_there_are_not_counted_as_new(database: Database) -> None:
    rows = [
        {"job_id": "j", "version": str(n), "content": {}, "by": "me", "why": "test", "created_at": datetime.now(UTC)}
        for n in range(3)
    ]
    with database.session() as session:
        assert insert_new(session, formulas, rows[:2]) == 2
        assert insert_new(session, formulas, rows) == 1
