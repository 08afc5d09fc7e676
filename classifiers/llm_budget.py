"""What the LLM costs: tokens, dollars where the price is known, and a day's budget that stops the spending."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

from classifiers.llm_client import CallFaultError

MILLION = 1_000_000
BYTES_PER_TOKEN = 3
"""For a guess before the call that is rather too high than too low."""


@dataclass(frozen=True)
class Price:
    """Dollars per million tokens read and written."""

    read: float
    written: float

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Dollars for so many tokens."""
        return (tokens_in * self.read + tokens_out * self.written) / MILLION


PRICES = {
    "gpt-4.1": Price(2.0, 8.0),
    "gpt-4.1-mini": Price(0.4, 1.6),
    "gpt-4.1-nano": Price(0.1, 0.4),
    "gpt-4o": Price(2.5, 10.0),
    "gpt-4o-mini": Price(0.15, 0.6),
    "gpt-5": Price(1.25, 10.0),
    "gpt-5-mini": Price(0.25, 2.0),
    "gpt-5-nano": Price(0.05, 0.4),
}
"""List prices known when this was written; `HEADWAY_LLM_PRICE` overrules them."""


def price_of(model: str) -> Price | None:
    """The known price of a model, dated names such as `gpt-4o-2024-08-06` included; None where it is unknown."""
    named = [name for name in PRICES if model == name or model.startswith(f"{name}-20")]
    return PRICES[max(named, key=len)] if named else None


@dataclass
class Reservation:
    """Tokens set aside for one call that is under way, and what was charged for it."""

    tokens_in: int
    tokens_out: int


class Ledger:
    """Every paid call as a line of `FOLDER/DAY.jsonl` (UTC days), shared by all processes of a home folder.

    Without a known price tokens are counted and cost is None; a budget in dollars cannot hold then, unless it is 0.
    """

    def __init__(
        self,
        folder: Path,
        *,
        model: str,
        price: Price | None,
        budget_usd: float,
        prompt: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.price = price
        self.budget_usd = budget_usd
        self._folder = folder
        self._names = {"model": model, "prompt": prompt}
        self._now = now
        self._lock = Lock()
        self._day: date | None = None
        self._read_to = 0
        self._spent = 0.0
        self._reserved = 0.0

    @contextmanager
    def reserved(self, *, tokens_in: int, tokens_out: int) -> Iterator[Reservation]:
        """Set aside the most that a call may cost while it runs. Raises CallFaultError (`budget`)."""
        most = self.price.cost(tokens_in, tokens_out) if self.price else 0.0
        with self._lock:
            over = self._spent_today() + self._reserved + most > self.budget_usd
            if over or self.budget_usd == 0:
                raise CallFaultError("budget")
            self._reserved += most
        try:
            yield Reservation(tokens_in, tokens_out)
        finally:
            with self._lock:
                self._reserved -= most

    def charge(self, tokens_in: int, tokens_out: int) -> float | None:
        """Write a call down; its cost in dollars, None where the price is unknown."""
        cost = self.price.cost(tokens_in, tokens_out) if self.price else None
        line = {"at": self._now().isoformat(), **self._names, "in": tokens_in, "out": tokens_out, "usd": cost}
        with self._lock:
            path = self._path()
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        return cost

    def spent_today(self) -> float:
        """Dollars of this day, by every process."""
        with self._lock:
            return self._spent_today()

    def _path(self) -> Path:
        return self._folder / f"{self._now().date().isoformat()}.jsonl"

    def _spent_today(self) -> float:
        today = self._now().date()
        if today != self._day:
            self._day, self._read_to, self._spent = today, 0, 0.0
        path = self._path()
        if path.exists() and path.stat().st_size > self._read_to:
            with path.open("rb") as file:
                file.seek(self._read_to)
                fresh = file.read()
            # Another process may be in the middle of its line: that one is read next time.
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._read_to += len(whole)
            self._spent += sum(_dollars(line) for line in whole.splitlines())
        return self._spent


def _dollars(line: bytes) -> float:
    """The cost on one line; a line that a killed process left half written counts nothing."""
    try:
        return float(json.loads(line)["usd"] or 0.0)
    except (ValueError, KeyError, TypeError):
        return 0.0


def guessed_tokens(text: str) -> int:
    """An upper guess at how many tokens a text is."""
    return len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN + 20
