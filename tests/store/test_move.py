from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from store.audit import Verdict, record_audit, verify_audit
from store.move import AtWorkError, SameDatabaseError, move
from store.row_copy import CopyDiffersError, copy_table
from store.row_sums import TableSum, sums
from store.runs import recorded
from store.session import Database
from store.tables import contacts, moments, stage_runs, tags

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
COUNT = 2503


def fill(database: Database, count: int = COUNT) -> None:
    rows = [
        {
            "pk": 2 * n + 1, "source": "s", "contact_id": f"id-{n}", "content_hash": "h",
            "segment": {"b": "ü\n\t\\", "a": n},
            "circumstance": {}, "effort": 0.1 * n, "abandoned": n % 2 == 0, "u": 1 / (n + 3), "ingested_at": NOW,
            "started_at": NOW if n % 3 else None,
        }
        for n in range(count)
    ]  # fmt: skip
    tag = {
        "job_id": "j", "job_version": "1", "model_id": "m", "confidence": 0.123456789012345, "deferred": False,
        "source": "head", "scores": b"\x00\xff\x1f\n", "evidence": [], "novelty": 1e-300, "tagged_at": NOW,
    }  # fmt: skip
    sums_of = {
        "job_id": "j", "job_version": "1", "model_id": "m", "slice_key": "k", "day": date(2026, 3, 1), "segment": {},
        "circumstance": {}, "digest": "d", "sums": b"1", "recorded_at": NOW,
    }  # fmt: skip
    with database.session() as session:
        session.execute(insert(contacts), rows)
        session.execute(insert(tags), [{**tag, "contact_pk": 1, "secondary": None}])
        session.execute(text("UPDATE tags SET secondary = NULL"))
        session.execute(insert(tags), [{**tag, "contact_pk": 3, "secondary": None}])
        session.execute(insert(moments), [sums_of])


@pytest.fixture
def source(tmp_path: Path) -> Database:
    found = Database(f"sqlite:///{tmp_path / 'old.db'}")
    found.upgrade()
    fill(found)
    return found


def found_in(database: Database) -> dict[str, TableSum]:
    with database.engine.connect() as connection:
        return sums(connection)


def test_an_audit_log_arrives_with_its_chain_also_where_a_part_of_it_was_there(
    source: Database, database: Database
) -> None:
    for number in range(3):
        with source.session() as session:
            record_audit(session, who="ann", action="contact.read", object=f"contact/{number}")
        move(source, database)
    with database.session() as session:
        assert verify_audit(session) == Verdict(3, verify_audit(session).head, ())
        record_audit(session, who="ann", action="contact.read", object="contact/9")
    with database.session() as session:
        assert verify_audit(session).breaks == ()


def test_every_row_arrives_as_it_was_and_new_rows_get_new_numbers(source: Database, database: Database) -> None:
    done = move(source, database)
    assert done.tables["contacts"].rows == COUNT
    assert found_in(database) == found_in(source) == done.tables
    with database.session() as session:
        assert session.scalars(select(tags.c.pk).where(text("secondary IS NULL"))).all() == [1]
        assert session.execute(select(tags.c.scores, tags.c.novelty)).first() == (b"\x00\xff\x1f\n", 1e-300)
        new = {**dict(session.execute(select(contacts).limit(1)).one()._mapping), "contact_id": "new"}
        del new["pk"]
        assert session.execute(insert(contacts).values(new).returning(contacts.c.pk)).scalar_one() > 2 * COUNT - 2


def test_again_changes_nothing_and_later_rows_and_changes_follow(source: Database, database: Database) -> None:
    first = move(source, database)
    assert move(source, database) == first
    with source.session() as session:
        session.execute(contacts.update().where(contacts.c.pk == 5).values(channel="chat", segment={"c": None}))
        row = dict(session.execute(select(contacts).where(contacts.c.pk == 5)).one()._mapping)
        session.execute(insert(contacts).values({**row, "pk": 99_999, "contact_id": "late"}))
    again = move(source, database)
    assert again.tables["contacts"].rows == COUNT + 1
    assert again.tables["contacts"] != first.tables["contacts"]
    assert found_in(database) == found_in(source)


def test_a_move_that_was_killed_goes_on_where_it_stopped(source: Database, database: Database) -> None:
    class KilledError(Exception):
        pass

    def kill(_done: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        move(source, database, tick=kill)
    with database.engine.connect() as connection:
        there = connection.execute(text("SELECT count(*) FROM contacts")).scalar_one()
    assert 0 < there < COUNT
    copied: list[int] = []
    move(source, database, tick=copied.append)
    assert sum(copied) < COUNT - there + 10
    assert found_in(database) == found_in(source)


def test_rows_that_only_the_new_database_has_are_not_overlooked(source: Database, database: Database) -> None:
    move(source, database)
    with source.session() as session:
        session.execute(moments.delete())
    with pytest.raises(CopyDiffersError, match="table moments: 1 rows arrived of 0"):
        move(source, database)


def test_nothing_is_moved_to_itself_or_from_under_a_run(source: Database, database: Database) -> None:
    with pytest.raises(SameDatabaseError):
        move(source, Database(source.url))
    with recorded(source, "tag", run_id="r", job_id="j"), pytest.raises(AtWorkError, match="tag:j is at work"):
        move(source, database)
    with source.engine.connect() as here, database.engine.connect() as there:
        assert copy_table(here, there, stage_runs, tick=lambda _n: None).rows == 1
