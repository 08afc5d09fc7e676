from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.llm_breaker import Patience, PatientLine
from classifiers.llm_client import CallFaultError
from classifiers.llm_pace import Pace


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def most_in_a_minute(sent: list[tuple[float, int]]) -> tuple[int, int]:
    """The most requests, and tokens, in any 60 seconds."""
    windows = [[tokens for at, tokens in sent if start <= at < start + 60] for start, _ in sent]
    return max(map(len, windows)), max(map(sum, windows))


@given(
    st.integers(1, 5),
    st.integers(50, 200),
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 50)), min_size=1, max_size=40),
)
def test_no_minute_has_more_requests_or_tokens_than_allowed(
    requests: int, tokens: int, asked: list[tuple[float, int]]
) -> None:
    clock = Clock()
    pace = Pace(requests=requests, tokens=tokens, clock=clock, sleep=clock.sleep)
    sent = []
    for pause, size in asked:
        clock.sleep(pause)
        pace.wait(size)
        sent.append((clock.now, size))
    most_requests, most_tokens = most_in_a_minute(sent)
    assert most_requests <= requests
    assert most_tokens <= tokens


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    for _ in range(1000):
        pace.wait(10_000)
    assert clock.now == 1000.0


def test_a_request_larger_than_a_minute_is_sent_alone() -> None:
    clock = Clock()
    pace = Pace(tokens=100, clock=clock, sleep=clock.sleep)
    pace.wait(10)
    pace.wait(500)
    assert clock.now > 1059.0
    pace.wait(10)
    assert clock.now > 1119.0


def test_threads_share_one_limit() -> None:
    clock = Clock()
    pace = Pace(requests=4, clock=clock, sleep=clock.sleep)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: pace.wait(1), range(12)))
    assert clock.now >= 1120.0


def test_every_try_counts_not_only_every_call() -> None:
    clock = Clock()
    pace = Pace(requests=2, clock=clock, sleep=clock.sleep)
    line = PatientLine(Patience(tries=3, first_wait=0.0), pace=pace, sleep=lambda _seconds: None)

    def ask() -> str:
        raise CallFaultError("server-error", passing=True)

    with pytest.raises(CallFaultError):
        line.call(ask, tokens=1)
    assert clock.now >= 1060.0
