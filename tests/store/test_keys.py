from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from store.audit import read_audit
from store.keys import (
    KeyRefusedError,
    any_key_made,
    create_key,
    find_key,
    fits,
    note_use,
    read_hashes,
    read_token,
    revoke_key,
    rotate_key,
)
from store.logins import end_login, end_logins_of, read_ended, use_once
from store.session import Database
from store.tables import jobs

SOON = datetime(2100, 1, 1, tzinfo=UTC)


def test_a_key_is_found_by_its_id_and_fits_by_its_secret_alone(database: Database) -> None:
    with database.session() as session:
        assert not any_key_made(session)
        for name in ("a", "b"):
            session.execute(insert(jobs).values(job_id=name, stamp="1", content="", loaded_at=SOON))
        made, token = create_key(session, name="ann", role="analyst", by="me", jobs=["b", "a", "b"])
    key_id, secret = read_token(token) or ("", "")

    with database.session() as session:
        found, hashed = read_hashes(session)[key_id]
    assert found == made
    assert (found.jobs, found.used_on, found.role) == (frozenset("ab"), None, "analyst")
    assert fits(secret, hashed)
    assert not fits(secret[:-1] + ("x" if secret[-1] != "x" else "y"), hashed)
    assert not fits(secret, None)
    assert not fits(secret, "no hash")


def test_a_key_for_a_job_that_is_not_there_is_refused_with_the_names_of_those_that_are(database: Database) -> None:
    with database.session() as session:
        session.execute(insert(jobs).values(job_id="returns", stamp="1", content="", loaded_at=SOON))
    with database.session() as session, pytest.raises(KeyRefusedError, match=r"no job 'retruns' .*known: returns"):
        create_key(session, name="ann", role="analyst", by="me", jobs=["retruns", "returns"])
    with database.session() as session:
        assert not any_key_made(session)


def test_a_key_that_was_rotated_ends_after_the_overlap_and_never_later_than_before(database: Database) -> None:
    now = datetime.now(UTC)
    with database.session() as session:
        old, _ = create_key(session, name="a", role="leader", by="me", expires_at=now + timedelta(days=10))
        new, _ = rotate_key(session, old.key_id, overlap=timedelta(hours=1), by="me")
        late, _ = rotate_key(session, new.key_id, overlap=timedelta(days=90), by="me")
        ends = {key.key_id: find_key(session, key.key_id).expires_at for key in (old, new, late)}

    assert now < ends[old.key_id] < now + timedelta(hours=1, minutes=1)
    assert ends[new.key_id] == new.expires_at
    assert ends[late.key_id] - now > timedelta(days=9)
    assert (new.replaces, late.replaces) == (old.key_id, new.key_id)


def test_a_revoked_key_stays_known_as_made_and_is_good_for_nothing(database: Database) -> None:
    with database.session() as session:
        key, _ = create_key(session, name="a", role="leader", by="me")
        revoke_key(session, key.key_id, by="me")
        assert read_hashes(session) == {}
        assert any_key_made(session)
        with pytest.raises(KeyRefusedError, match="is revoked"):
            rotate_key(session, key.key_id, overlap=timedelta(hours=1), by="me")


def test_the_first_use_of_a_day_is_noted_once_by_whoever_comes_first(database: Database) -> None:
    with database.session() as session:
        key, _ = create_key(session, name="a", role="leader", by="me")

    def use(_: int) -> None:
        with database.session() as session:
            note_use(session, key.key_id, address="10.0.0.1")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(16)))
    with database.session() as session:
        assert len(list(read_audit(session, action="key.use"))) == 1
        assert find_key(session, key.key_id).used_on == datetime.now(UTC).date()


def test_what_may_be_used_once_is_used_once(database: Database) -> None:
    def use(_: int) -> bool:
        with database.session() as session:
            return use_once(session, "state", keep_until=SOON)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(16))) == 1


def test_logins_end_one_by_one_or_all_of_a_name_until_a_later_one(database: Database) -> None:
    before = datetime.now(UTC)
    with database.session() as session:
        end_login(session, "s-1", keep_until=SOON)
        end_login(session, "old", keep_until=before - timedelta(days=1))
        end_logins_of(session, "ann", keep_until=SOON)
        end_logins_of(session, "ann", keep_until=SOON)
    with database.session() as session:
        ended = read_ended(session)

    assert ended.over("s-1", "bob", before)
    assert ended.over("s-2", "ann", before)
    assert not ended.over("s-2", "bob", before)
    assert not ended.over("s-3", "ann", datetime.now(UTC) + timedelta(seconds=1))
    assert not ended.over("old", "bob", before)
