from __future__ import annotations

from datetime import UTC, datetime, timedelta

from store.freshness import freshness
from store.runs import recorded
from store.session import Database
from store.tables import contacts

NOW = datetime.now(UTC)


def arrive(database: Database, name: str, at: datetime) -> None:
    row = {"source": "s", "contact_id": name, "content_hash": name, "segment": {}, "circumstance": {}, "u": 0.5}
    with database.session() as session:
        session.execute(contacts.insert().values(**row, ingested_at=at))


def seen(database: Database, now: datetime) -> str | None:
    with database.session() as session:
        found = freshness(session, "shop", now=now)
    assert found.stale == (found.sentence is not None)
    return found.sentence


def test_an_empty_database_is_not_stale(database: Database) -> None:
    assert seen(database, NOW) is None


def test_contacts_that_wait_too_long_for_their_measurement_make_figures_stale(database: Database) -> None:
    arrive(database, "a", NOW - timedelta(hours=1))
    assert seen(database, NOW) is None
    assert "never measured" in (seen(database, NOW + timedelta(hours=26)) or "")
    with recorded(database, "measure", run_id="r", job_id="shop"):
        pass
    assert seen(database, NOW + timedelta(hours=26)) is None
    arrive(database, "b", NOW + timedelta(hours=2))
    assert seen(database, NOW + timedelta(hours=20)) is None
    assert "are not in them" in (seen(database, NOW + timedelta(hours=29)) or "")


def test_measured_figures_without_new_contacts_are_stale_after_the_deadline_of_silence(database: Database) -> None:
    arrive(database, "a", NOW - timedelta(hours=1))
    with recorded(database, "measure", run_id="r", job_id="shop"):
        pass
    later = NOW + timedelta(days=4)
    assert "no new contacts since" in (seen(database, later) or "")
    with database.session() as session:
        assert not freshness(session, "shop", now=later, silence=timedelta(0)).stale
