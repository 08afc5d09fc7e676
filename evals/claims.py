"""Many analysts at once over one queue: nothing decided twice unintended, nothing lost, and how quick it is.

Knows no database: the queue is behind `Desk`. Analysts here do not think, so the figures are those of a queue that is
always asked; people with seconds between two answers are far from them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Protocol
from zlib import crc32

WRONG_SHARE = 10
"""One answer in so many differs from the others', so that disagreements come up and are settled."""

WAIT = 0.01
SAY_EVERY = 20.0


@dataclass(frozen=True)
class Reads:
    """What became of one item: how many reads it got, how many it was meant to get, whether it is done."""

    reads: int
    wanted: int
    done: bool


class Desk(Protocol):
    """A review queue as analysts use it."""

    def claim(self, by: str) -> str | None:
        """The next item for an analyst, held from now on; None where nothing is open to them just now."""

    def decide(self, item: str, by: str, *, wrong: bool) -> None:
        """Record an answer on an item in hand; it is in nobody's hands after."""

    def left(self) -> int:
        """Items that still wait for something."""

    def audit(self) -> Mapping[str, Reads]:
        """Every item, when all is over."""


@dataclass
class _Log:
    """What the analysts saw together."""

    claim_seconds: list[float] = field(default_factory=list)
    decide_seconds: list[float] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    held_twice: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def claims_bench(desk: Desk, *, claimers: int, say: Callable[[str], None]) -> dict[str, object]:
    """So many analysts work until nothing waits; what they did, milliseconds and faults, as plain values."""
    log, began = _Log(), time.monotonic()
    with ThreadPoolExecutor(max_workers=claimers) as pool:
        working = [pool.submit(_work, desk, f"analyst {n}", log) for n in range(claimers)]
        while wait(working, timeout=SAY_EVERY).not_done:
            say(f"{len(log.decide_seconds):,} decisions in {time.monotonic() - began:.0f} s")
        failures = [f"{type(error).__name__}: {error}"[:300] for one in working if (error := one.exception())]
    seconds = time.monotonic() - began
    found = desk.audit()
    return {
        "items": len(found),
        "claimers": claimers,
        "decisions": len(log.decide_seconds),
        "seconds": round(seconds, 1),
        "decisions_per_second": round(len(log.decide_seconds) / seconds, 1),
        "claim_ms": _milliseconds(log.claim_seconds),
        "decide_ms": _milliseconds(log.decide_seconds),
        "decided_twice": sum(one.reads > one.wanted for one in found.values()),
        "lost": sum(not one.done or one.reads < one.wanted for one in found.values()),
        "held_twice": log.held_twice,
        "failures": failures[:5],
    }


def claims_text(results: Mapping[str, Mapping[str, object]]) -> str:
    """The results for people, a paragraph a database."""
    return "\n".join(
        f"{name}: {r['claimers']} claimers, {r['items']:,} items, {r['decisions']:,} decisions in {r['seconds']} s "
        f"({r['decisions_per_second']} a second)\n"
        f"  claim {_shown(r['claim_ms'])}, decide {_shown(r['decide_ms'])}\n"
        f"  decided twice unintended {r['decided_twice']}, lost {r['lost']}, held by two {r['held_twice']}, "
        f"failures {len(list(_values(r['failures'])))}"
        for name, r in results.items()
    )


def _values(found: object) -> list[object]:
    return list(found) if isinstance(found, list) else []


def _shown(figures: object) -> str:
    known = figures if isinstance(figures, dict) else {}
    return ", ".join(f"{name} {value} ms" for name, value in known.items())


def _work(desk: Desk, by: str, log: _Log) -> None:
    while True:
        began = time.perf_counter()
        item = desk.claim(by)
        if item is None:
            if not desk.left():
                return
            time.sleep(WAIT)  # what is left is in others' hands, or this analyst took part in it
            continue
        _took(log, item, by, time.perf_counter() - began)
        began = time.perf_counter()
        with log.lock:
            log.held.pop(item, None)  # before, since it may be another's as soon as it is decided
        desk.decide(item, by, wrong=crc32(f"{item} {by}".encode()) % WRONG_SHARE == 0)
        with log.lock:
            log.decide_seconds.append(time.perf_counter() - began)


def _took(log: _Log, item: str, by: str, seconds: float) -> None:
    with log.lock:
        log.claim_seconds.append(seconds)
        log.held_twice += item in log.held
        log.held[item] = by


def _milliseconds(seconds: list[float]) -> dict[str, float]:
    """Median and 95 % point, in milliseconds."""
    if len(seconds) < 2:
        return {}
    return {"median": round(1000 * median(seconds), 1), "p95": round(1000 * quantiles(seconds, n=20)[-1], 1)}
