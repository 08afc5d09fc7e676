from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from store.subscriptions import SubscriptionError, UnknownSubscriptionError
from tests.flows.receivers import web_receiver

JOB = ("--job", "online-order")


@pytest.fixture(autouse=True)
def in_new_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWAY_HOME", str(tmp_path))
    monkeypatch.setenv("HEADWAY_WEBHOOK_PRIVATE_HOSTS", "localhost")


def test_a_webhook_is_added_tested_listed_and_removed(run: Callable[..., Result]) -> None:
    with web_receiver() as receiver:
        made = json.loads(run("alerts", "subscribe", *JOB, "--webhook", f"{receiver.address}/x", "--json").output)
        assert made["key"].startswith("whsec_")
        assert run("alerts", "test", *JOB, made["subscription"]).exit_code == 0
        receiver.answers = [(500, {})]
        failed = run("alerts", "test", *JOB, made["subscription"])
        assert failed.exit_code == 1
        assert "500" in failed.output
        assert len(receiver.requests) == 2
    (listed,) = json.loads(run("alerts", "subscriptions", *JOB, "--json").output)["subscriptions"]
    assert (listed["id"], listed["address"]) == (made["subscription"], "http://localhost/…")
    assert "webhook" in run("alerts", "subscriptions", *JOB).output
    assert "sent 0" in run("alerts", "send", *JOB).output
    assert run("alerts", "unsubscribe", *JOB, made["subscription"]).exit_code == 0
    assert isinstance(run("alerts", "unsubscribe", *JOB, made["subscription"]).exception, UnknownSubscriptionError)


def test_one_channel_is_named_with_an_address_that_can_be_told(run: Callable[..., Result]) -> None:
    assert run("alerts", "subscribe", *JOB).exit_code == 2
    assert run("alerts", "subscribe", *JOB, "--email", "a@b.example", "--slack", "https://x.example").exit_code == 2
    assert isinstance(run("alerts", "subscribe", *JOB, "--email", "nobody").exception, SubscriptionError)
    assert (
        "a@b.example is told of data alerts"
        in run("alerts", "subscribe", *JOB, "--email", "a@b.example", "--kinds", "data").output
    )
