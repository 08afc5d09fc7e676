from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from alignment.alerts import Alarm
from store import subscriptions_web
from store.alerts import raise_alert
from store.audit import read_audit
from store.identity import Identity
from store.session import Database
from store.subscriptions import (
    SubscriptionError,
    UnknownSubscriptionError,
    find_subscription,
    read_subscriptions,
    subscribe,
    unsubscribe,
)
from store.subscriptions_outbox import CLAIM, claim_next, record_sent
from store.subscriptions_web import DeliveryError, is_public, post, resolve

JOB = "shop"
# Well after whatever a test raises, however long ago this file was imported.
NOW = datetime.now(UTC) + timedelta(days=1)


def alarm(session: object, day: int = 3) -> None:
    one = Alarm("x", date(2026, 5, 4), date(2026, 8, day), date(2026, 9, 7), 1.0)
    content = {"kind": "data", "sentence": "x"}
    names = {"job_version": "1", "model_id": "m", "content": content, "measure": "volume", "step": None}
    raise_alert(session, JOB, one, kind="data", **names)


def test_subscribing_twice_is_one_subscription_and_coming_back_has_a_new_key(database: Database) -> None:
    identity = Identity(b"secret")
    with database.session() as session:
        first = subscribe(session, JOB, channel="webhook", address="https://a.example/x", by="ann")
        again = subscribe(session, JOB, channel="webhook", address=" https://a.example/x ", by="ben", kinds="data")
        assert (first.id, first.nonce, again.kinds) == (again.id, again.nonce, "data")
        assert first.added_by == again.added_by == "ann"
        unsubscribe(session, JOB, first.id, by="ann")
        assert read_subscriptions(session, JOB) == ()
        back = subscribe(session, JOB, channel="webhook", address="https://a.example/x", by="cat")
        assert back.id == first.id
        assert back.key(identity) != first.key(identity)
        assert len(back.key(identity)) == 32
        assert back.shown == "https://a.example/…"
    with database.session() as session:
        assert [row.action for row in read_audit(session)].count("subscription.add") == 3


WRONG = (
    ("email", "ann"),
    ("email", "ann@example.com, ben@example.com"),
    ("email", "ann@example.com\nBcc: all@example.com"),
    ("email", ""),
    ("webhook", "ftp://a.example/"),
    ("webhook", "https://"),
    ("webhook", "https://user:pass@a.example/"),
    ("webhook", "https://a.example:99999/"),
    ("slack", "https://a.example/ x"),
    ("slack", "https://a.example/" + "x" * 3000),
    ("pigeon", "coop"),
)


def test_an_address_that_cannot_be_told_is_refused(database: Database) -> None:
    with database.session() as session:
        for channel, address in WRONG:
            with pytest.raises(SubscriptionError):
                subscribe(session, JOB, channel=channel, address=address, by="ann")
        assert read_subscriptions(session, JOB) == ()


def test_one_of_another_job_is_not_there(database: Database) -> None:
    with database.session() as session:
        found = subscribe(session, JOB, channel="email", address="a@b.example", by="ann")
        with pytest.raises(UnknownSubscriptionError):
            find_subscription(session, "other", found.id)


def test_a_notice_is_claimed_by_one_sender_until_its_claim_is_over(database: Database) -> None:
    with database.session() as session:
        subscribe(session, JOB, channel="email", address="a@b.example", by="ann")
        alarm(session)
    with database.session() as session:
        first = claim_next(session, JOB, now=NOW)
    with database.session() as session:
        assert claim_next(session, JOB, now=NOW) is None
        assert claim_next(session, "other", now=NOW) is None
    with database.session() as session:  # the first sender died
        again = claim_next(session, JOB, now=NOW + CLAIM + timedelta(seconds=1))
        assert again is not None and first is not None and again.id == first.id
        record_sent(session, again, now=NOW)
    with database.session() as session:
        assert claim_next(session, JOB, now=NOW + timedelta(days=9)) is None


def test_many_senders_at_once_never_claim_one_notice_twice(database: Database) -> None:
    with database.session() as session:
        for number in range(3):
            subscribe(session, JOB, channel="email", address=f"a{number}@b.example", by="ann")
        for day in (3, 4, 5):
            alarm(session, day)
    claimed: list[str] = []

    def work() -> None:
        while True:
            with database.session() as session:
                found = claim_next(session, JOB, now=NOW)
            if found is None:
                return
            claimed.append(found.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # a sender that lost a race stops early; whoever comes next takes what is left
    work()
    assert len(claimed) == len(set(claimed)) == 9


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_an_address_that_is_not_of_the_open_internet_is_known_as_such(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_of_the_open_internet_is_known_as_such(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("http://a.example/", "only https"),
        ("https://localhost/", "private address"),
        ("https://127.0.0.1/", "private address"),
        ("https://2130706433/", "private address"),
        ("https://[::1]/", "private address"),
    ],
)
def test_a_private_target_is_refused_before_anything_is_sent(url: str, what: str) -> None:
    with pytest.raises(DeliveryError, match=what):
        resolve(url, private_hosts=frozenset())


def test_a_host_that_the_settings_name_may_be_private_and_without_tls() -> None:
    found = resolve("http://localhost:8080/x?y=1", private_hosts=frozenset({"localhost"}))
    assert (found.port, found.path, found.tls) == (8080, "/x?y=1", False)


def test_an_answer_that_drips_for_ever_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions_web, "DEADLINE", 0.5)
    listener = socket.create_server(("localhost", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            for _ in range(100):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return
                time.sleep(0.1)

    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    with listener, pytest.raises(DeliveryError):
        url = f"http://localhost:{listener.getsockname()[1]}/"
        post(url, b"{}", {}, private_hosts=frozenset({"localhost"}))
    assert time.monotonic() - began < 5
