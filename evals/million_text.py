"""The figures of `headway bench million` in words, and what they come to for a month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MONTH = 100_000_000
SECONDS = 30 * 86_400
LIMIT_MB = 2000


def million_text(known: Mapping[str, Any]) -> str:
    """A line a stage; then bytes for a contact, scaling, the day, and the projection, as far as they are known."""
    stages = known["stages"]
    lines = [_line(name, one) for name, one in stages.items()]
    peak = max((one["peak_mb"] for one in stages.values()), default=0.0)
    together = max((one["peak_sum_mb"] for one in stages.values()), default=0.0)
    lines.append(
        f"memory: {peak:,.0f} MB the largest process, {together:,.0f} MB together at most (below {LIMIT_MB:,})"
    )
    return "\n".join([*lines, *_bytes(known), *_scaling(stages), *_day(stages), *_month(known)])


def cores_for_a_month(known: Mapping[str, Any]) -> float | None:
    """Cores that 100 million contacts a month need, at the processor time measured; None before the stages are done."""
    stages = known["stages"]
    if not {"ingest", "tag", "measure"} <= set(stages):
        return None
    each = sum(stages[name]["cpu_seconds"] for name in ("ingest", "tag", "measure")) / known["contacts"]
    return float(each * MONTH / SECONDS)


def _line(name: str, one: Mapping[str, Any]) -> str:
    rate = f"{one['contacts'] / one['seconds']:10,.0f} contacts/s" if one["contacts"] else " " * 21
    return (
        f"{name:24s} {one['seconds']:9.1f} s {one['cpu_seconds']:9.1f} s of processor {rate} "
        f"{one['peak_mb']:7,.0f} MB, together {one['peak_sum_mb']:7,.0f} MB"
    )


def _bytes(known: Mapping[str, Any]) -> list[str]:
    done = known["stages"].get("publish")
    if done is None or not done["database_bytes"]:
        return []
    return [f"database: {done['database_bytes'] / known['contacts']:,.0f} bytes for a contact of 40 words (SQLite)"]


def _scaling(stages: Mapping[str, Any]) -> list[str]:
    names = ("tag in one process", "tag by one worker", "tag by two workers")
    if not set(names) <= set(stages):
        return []
    alone, one, two = (stages[name]["seconds"] for name in names)
    return [f"two workers: {one / two:.2f} times one worker, {alone / two:.2f} times one process without a cluster"]


def _day(stages: Mapping[str, Any]) -> list[str]:
    names = [name for name in stages if name.endswith(" of a day") and not name.startswith("world")]
    if "publish of a day" not in stages:
        return []
    whole = sum(stages[name.removesuffix(" of a day")]["seconds"] for name in names)
    day = sum(stages[name]["seconds"] for name in names)
    return [f"one more day: {day:.1f} s, {day / whole:.1%} of the 180 days before it"]


def _month(known: Mapping[str, Any]) -> list[str]:
    cores = cores_for_a_month(known)
    if cores is None:
        return []
    return [
        f"100 million contacts a month, {MONTH / SECONDS:.1f} a second without pause: {cores:.1f} cores of this speed, "
        "by proportion; what breaks first: docs/operations.md"
    ]
