from __future__ import annotations

from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.rate_limit import Buckets, Limit
from store.settings import Settings


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_taken_comes_back_with_time():
    clock = Clock()
    buckets = Buckets(Limit(3, 60), clock=clock)

    assert [buckets.take("ann").allowed for _ in range(4)] == [True, True, True, False]
    clock.now = 19.9
    assert not buckets.take("ann").allowed
    clock.now = 20.0
    assert buckets.take("ann").allowed


def test_one_caller_does_not_use_up_what_another_has():
    buckets = Buckets(Limit(1, 60), clock=Clock())

    assert buckets.take("ann").allowed
    assert buckets.take("bob").allowed
    assert not buckets.take("ann").allowed


@pytest.mark.parametrize(("text", "limit"), [("0", None), ("5/second", Limit(5, 1)), ("3000/minute", Limit(3000, 60))])
def test_a_limit_is_read_from_the_setting(text, limit):
    assert Limit.read(text) == limit


@pytest.mark.parametrize("text", ["many", "10", "0/minute", "-1/second", "5/day"])
def test_a_setting_that_is_no_limit_is_refused(text):
    with pytest.raises(ValueError, match="rate_limit"):
        Settings(rate_limit=text)


def test_who_asks_too_often_is_told_when_to_come_back(in_demo):
    app = create_app(Settings(home=in_demo, rate_limit="3/hour"))
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as client:
        answers = [client.get("/v1/jobs") for _ in range(4)]
        watched = client.get("/healthz")

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit"].startswith('"default";r=2;')
    assert answers[3].headers["content-type"] == "application/problem+json"
    assert 0 < int(answers[3].headers["Retry-After"]) <= 1200
    assert watched.status_code == 200
