"""What the LLM costs: tokens, dollars where the price is known, and a day's budget that stops the spending."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

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

    @property
    def in_batch(self) -> Price:
        """The list price of the same in a batch: half of it."""
        return Price(self.read / 2, self.written / 2)


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
        self._batches: dict[str, float] = {}
        self._reserved = 0.0

    @contextmanager
    def reserved(self, *, tokens_in: int, tokens_out: int) -> Iterator[Reservation]:
        """Set aside the most that a call may cost while it runs. Raises CallFaultError (`budget`)."""
        most = self.price.cost(tokens_in, tokens_out) if self.price else 0.0
        self.set_aside(most)
        try:
            yield Reservation(tokens_in, tokens_out)
        finally:
            self.set_free(most)

    def set_aside(self, usd: float) -> None:
        """Keep so many dollars of this day's budget for what is about to be asked. Raises CallFaultError (`budget`)."""
        with self._lock:
            over = self._spent_today() + self._reserved + usd > self.budget_usd
            if over or self.budget_usd == 0:
                raise CallFaultError("budget")
            self._reserved += usd

    def set_free(self, usd: float) -> None:
        """What was set aside is charged by now, or was not needed."""
        with self._lock:
            self._reserved -= usd

    def book(self, batch: str, usd: float, *, day: date, tokens_in: int = 0, tokens_out: int = 0) -> None:
        """Write down what a batch of `day` costs: the most it may, when it is sent, and what it did, when it is back.

        Of several lines about one batch the last one counts, so that writing one again does no harm.
        """
        line = {"at": self._now().isoformat(), **self._names, "in": tokens_in, "out": tokens_out, "usd": usd}
        with self._lock:
            self._write(day, {**line, "batch": batch})

    def charge(self, tokens_in: int, tokens_out: int) -> float | None:
        """Write a call down; its cost in dollars, None where the price is unknown."""
        cost = self.price.cost(tokens_in, tokens_out) if self.price else None
        line = {"at": self._now().isoformat(), **self._names, "in": tokens_in, "out": tokens_out, "usd": cost}
        with self._lock:
            self._write(self._now().date(), line)
        return cost

    def spent_today(self) -> float:
        """Dollars of this day, by every process."""
        with self._lock:
            return self._spent_today()

    @property
    def today(self) -> date:
        """The day that spending counts for (UTC)."""
        return self._now().date()

    def _write(self, day: date, line: dict[str, Any]) -> None:
        path = self._path(day)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.jsonl"

    def _spent_today(self) -> float:
        today = self._now().date()
        if today != self._day:
            self._day, self._read_to, self._spent, self._batches = today, 0, 0.0, {}
        path = self._path(today)
        if path.exists() and path.stat().st_size > self._read_to:
            with path.open("rb") as file:
                file.seek(self._read_to)
                fresh = file.read()
            # Another process may be in the middle of its line: that one is read next time.
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._read_to += len(whole)
            for line in whole.splitlines():
                batch, usd = _dollars(line)
                self._spent += 0.0 if batch else usd
                self._batches |= {batch: usd} if batch else {}
        return self._spent + sum(self._batches.values())


def _dollars(line: bytes) -> tuple[str | None, float]:
    """The batch, if any, and the cost on one line; one that a killed process left half written counts nothing."""
    try:
        read = json.loads(line)
        return read.get("batch"), float(read["usd"] or 0.0)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, 0.0


def guessed_tokens(text: str) -> int:
    """An upper guess at how many tokens a text is."""
    return len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN + 20
