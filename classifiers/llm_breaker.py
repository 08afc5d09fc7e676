"""Patience with an endpoint that fails: retries that wait, and a breaker that stops asking."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from classifiers.llm_client import CallFaultError
from classifiers.llm_pace import Pace

T = TypeVar("T")
FLAWS = frozenset({"server-error", "timeout", "unreachable", "unreadable"})
"""Faults that speak against the endpoint's health; being told to wait does not."""


@dataclass(frozen=True)
class Patience:
    """How often to try, and how long to wait (seconds): `first_wait` doubled each time up to `longest_wait`.

    After `failures` failed tries in a row nothing is asked for `rest` seconds; then one try decides.
    """

    tries: int = 4
    first_wait: float = 1.0
    longest_wait: float = 30.0
    failures: int = 8
    rest: float = 60.0


class CircuitBreaker:
    """Closed while tries succeed, open for a while after failures, half-open for one try after that."""

    def __init__(self, patience: Patience, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._clock = clock
        self._lock = Lock()
        self._failed = 0
        self._closed_until = 0.0
        self._probing = False

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open`."""
        with self._lock:
            if not self._closed_until:
                return "closed"
            return "open" if self._clock() < self._closed_until else "half-open"

    def enter(self) -> None:
        """Ask to try. Raises CallFaultError (`breaker-open`) while resting, or while another try decides."""
        with self._lock:
            if not self._closed_until:
                return
            if self._clock() < self._closed_until or self._probing:
                raise CallFaultError("breaker-open")
            self._probing = True

    def succeeded(self) -> None:
        """A try brought an answer, or a sign that the endpoint is alive."""
        with self._lock:
            self._failed, self._closed_until, self._probing = 0, 0.0, False

    def failed(self) -> None:
        """A try failed; enough of them in a row, or a failed probe, open the breaker."""
        with self._lock:
            self._failed += 1
            if self._probing or self._failed >= self._patience.failures:
                self._open(self._patience.rest)

    def rest(self, seconds: float) -> None:
        """Open at once: no call can succeed for so long."""
        with self._lock:
            self._open(seconds)

    def _open(self, seconds: float) -> None:
        self._closed_until = self._clock() + seconds
        self._probing = False


class PatientLine:
    """Calls with retries, waits that all threads keep, and the breaker and the pace before every try."""

    def __init__(
        self, patience: Patience, *, pace: Pace | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.patience = patience
        self._pace = pace or Pace()
        self.breaker = CircuitBreaker(patience)
        self._sleep = sleep
        self._resume_at = 0.0

    def call(self, ask: Callable[[], T], *, tokens: int = 0) -> T:
        """What `ask` gives, tried again while its faults are passing; `tokens` is what a try may use at most.

        Raises CallFaultError.
        """
        for attempt in range(1, self.patience.tries + 1):
            self._sleep(max(0.0, self._resume_at - time.monotonic()))
            self.breaker.enter()
            self._pace.wait(tokens)
            try:
                answer = ask()
            except CallFaultError as fault:
                self._note(fault)
                if not fault.passing or attempt == self.patience.tries:
                    raise
                self._wait(fault, attempt)
            else:
                self.breaker.succeeded()
                return answer
        raise CallFaultError("unreachable")

    def _note(self, fault: CallFaultError) -> None:
        if fault.barred:
            self.breaker.rest(self.patience.rest)
        elif fault.kind in FLAWS:
            self.breaker.failed()
        else:
            self.breaker.succeeded()

    def _wait(self, fault: CallFaultError, attempt: int) -> None:
        """Keep the endpoint's wish, for every thread; a wish beyond all patience ends the asking for so long."""
        if fault.retry_after is None:
            ceiling = min(self.patience.longest_wait, self.patience.first_wait * 2.0 ** (attempt - 1))
            self._sleep(ceiling * (0.5 + 0.5 * random.random()))  # noqa: S311 - spreads tries, guards nothing
            return
        if fault.retry_after > self.patience.longest_wait:
            self.breaker.rest(fault.retry_after)
            raise fault
        self._resume_at = max(self._resume_at, time.monotonic() + fault.retry_after)
