from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from store import session as store_session
from store.row_sums import sums
from store.session import Database, insert_new
from store.tables import contacts, moments, removals, tags

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def rows(count: int) -> list[dict]:
    return [
        {
            "pk": n + 1, "source": "s", "contact_id": f"id\t{n}\\N\n", "content_hash": "h", "segment": {"ü": None},
            "circumstance": {}, "effort": 0.1 * n, "abandoned": n % 2 == 0, "channel": None if n % 3 else "\\N",
            "u": 1 / (n + 3), "ingested_at": NOW,
        }
        for n in range(count)
    ]  # fmt: skip


def fill(database: Database) -> list[int]:
    tag = {
        "pk": 1, "contact_pk": 1, "job_id": "j", "job_version": "1", "model_id": "m", "confidence": 1e-300,
        "deferred": False, "source": "head", "scores": b"\x00\\\n\xff", "evidence": [], "secondary": None,
        "novelty": 0.5, "tagged_at": NOW,
    }  # fmt: skip
    moment = {
        "pk": 1, "job_id": "j", "job_version": "1", "model_id": "m", "slice_key": "k", "day": date(2026, 3, 1),
        "segment": {}, "circumstance": {}, "digest": "d", "sums": b"", "recorded_at": NOW,
    }  # fmt: skip
    with database.session() as session:
        counts = [insert_new(session, contacts, rows(3)), insert_new(session, contacts, [*rows(6), *rows(7)])]
        return [*counts, insert_new(session, tags, [tag]), insert_new(session, moments, [moment])]


def test_many_rows_arrive_as_few_do_and_count_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for least in (1, 1000):
        monkeypatch.setattr(store_session, "MANY", least)
        assert fill(database) == [3, 4, 1, 1]
        with database.engine.connect() as connection:
            seen.append(sums(connection))
            assert connection.execute(text("SELECT secondary IS NULL FROM tags")).scalar_one() in (0, False)
        with database.session() as session:
            for table in (tags, moments, contacts, removals):
                session.execute(table.delete())
    assert seen[0] == seen[1]


def test_a_batch_that_is_rolled_back_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_session, "MANY", 1)
    with pytest.raises(ZeroDivisionError), database.session() as session:
        insert_new(session, contacts, rows(5))
        raise ZeroDivisionError
    with database.session() as session:
        assert insert_new(session, contacts, rows(5)) == 5
