from __future__ import annotations

import time

import pytest

from classifiers.llm_breaker import CircuitBreaker, Patience, PatientLine
from classifiers.llm_client import CallFaultError

QUICK = Patience(tries=3, first_wait=0.001, longest_wait=0.2, failures=100, rest=0.05)


class Script:
    """Faults and answers in turn."""

    def __init__(self, *turns: CallFaultError | str) -> None:
        self.turns = list(turns)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        if isinstance(turn, CallFaultError):
            raise turn
        return turn


def down(retry_after: float | None = None, kind: str = "server-error") -> CallFaultError:
    return CallFaultError(kind, passing=True, retry_after=retry_after)


def test_a_passing_fault_is_tried_again_and_the_waits_grow() -> None:
    waits: list[float] = []
    script = Script(down(), down(), "yes")
    patience = Patience(tries=3, first_wait=1.0, longest_wait=30.0)
    assert PatientLine(patience, sleep=waits.append).call(script) == "yes"
    first, second = [wait for wait in waits if wait > 0]
    assert 0.5 <= first <= 1.0
    assert 1.0 <= second <= 2.0


def test_a_fault_that_lasts_is_raised_after_the_last_try() -> None:
    script = Script(down())
    with pytest.raises(CallFaultError, match="server-error"):
        PatientLine(QUICK).call(script)
    assert script.calls == 3


def test_a_fault_that_will_not_pass_is_not_tried_again() -> None:
    script = Script(CallFaultError("rejected-400"))
    with pytest.raises(CallFaultError, match="rejected-400"):
        PatientLine(QUICK).call(script)
    assert script.calls == 1


def test_retry_after_is_kept_to_by_every_caller() -> None:
    line = PatientLine(QUICK)
    began = time.monotonic()
    assert line.call(Script(down(0.1, "rate-limited"), "yes")) == "yes"
    assert time.monotonic() - began >= 0.1
    line._resume_at = time.monotonic() + 0.1
    began = time.monotonic()
    line.call(Script("yes"))
    assert time.monotonic() - began >= 0.09


def test_a_wish_beyond_all_patience_ends_the_asking_for_so_long() -> None:
    line, script = PatientLine(QUICK), Script(down(3600.0, "rate-limited"))
    with pytest.raises(CallFaultError, match="rate-limited"):
        line.call(script)
    with pytest.raises(CallFaultError, match="breaker-open"):
        line.call(script)
    assert script.calls == 1


def test_a_wrong_key_stops_all_calls_at_once() -> None:
    line, script = PatientLine(QUICK), Script(CallFaultError("rejected-401", barred=True))
    for kind in ("rejected-401", "breaker-open"):
        with pytest.raises(CallFaultError, match=kind):
            line.call(script)
    assert script.calls == 1


def breaker() -> tuple[CircuitBreaker, list[float]]:
    now = [100.0]
    return CircuitBreaker(Patience(failures=3, rest=60.0), clock=lambda: now[0]), now


def test_failures_in_a_row_open_the_breaker_and_a_success_between_them_does_not() -> None:
    one, _ = breaker()
    for outcome in (one.failed, one.failed, one.succeeded, one.failed, one.failed):
        outcome()
    assert one.state == "closed"
    one.failed()
    assert one.state == "open"
    with pytest.raises(CallFaultError, match="breaker-open"):
        one.enter()


def test_after_the_rest_one_probe_decides_and_nobody_else_may_ask() -> None:
    one, now = breaker()
    one.rest(60.0)
    now[0] += 61
    assert one.state == "half-open"
    one.enter()
    with pytest.raises(CallFaultError, match="breaker-open"):
        one.enter()
    one.failed()
    assert one.state == "open"
    now[0] += 61
    one.enter()
    one.succeeded()
    assert one.state == "closed"
    one.enter()


def test_being_told_to_wait_does_not_open_the_breaker() -> None:
    line = PatientLine(Patience(tries=5, first_wait=0.001, failures=2))
    assert line.call(Script(*[down(0.0, "rate-limited")] * 4, "yes")) == "yes"
