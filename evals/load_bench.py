"""How fast the monitor answers when many ask at once: scorecard as JSON, scorecard page, and lists of contacts."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np

from evals.load_client import Answer, Line
from evals.measures_world import CHANNELS, FIRST, STEPS, TIERS
from evals.served import Server

Say = Callable[[str], None]

KINDS = ("scorecard JSON", "scorecard page", "list of contacts")
VIEWS: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    *({"channel": channel} for channel in CHANNELS),
    *({"segment.tier": tier} for tier in TIERS),
    {"from": FIRST.isoformat(), "to": FIRST.replace(month=3).isoformat()},
)
"""Most look at the whole, the others at one channel, one tier, or two months."""

GOES_ON = 0.5
"""How often whoever reads a list turns the page."""

TARGET_MS = 100.0
PAGE_KB = 60.0


@dataclass
class Seen:
    """Milliseconds and bytes of answers of one kind, and what went wrong."""

    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def load_bench(server: Server, *, clients: int, seconds: float, think: float, say: Say) -> dict[str, Any]:
    """Ask each view once, then let `clients` look around for `seconds`, with `think` seconds between two looks."""
    first = asyncio.run(_first(server, say))
    say(f"{clients} clients for {seconds:g} s, {think:g} s between two requests of each")
    began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    seen = asyncio.run(_load(server, clients, seconds, think))
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return {
        "clients": clients,
        "seconds": round(took, 1),
        "think": think,
        "requests_per_second": round(sum(len(one.times) for one in seen.values()) / took, 1),
        "generator_cores": round(spent / took, 2),
        "kinds": {kind: _figures(one, first[kind]) for kind, one in seen.items()},
    }


async def _first(server: Server, say: Say) -> dict[str, list[float]]:
    """Milliseconds of the first look at every view, one after the other."""
    line, first = _line(server), {kind: list[float]() for kind in KINDS}
    for kind in KINDS[:2]:
        for view in VIEWS[2:]:
            first[kind].append(await _timed(line, kind, _target(server, kind, view)))
    for step in range(STEPS):
        first[KINDS[2]].append(await _timed(line, KINDS[2], _list(server, f"s{step}")))
    line.close()
    say("first look: " + "; ".join(f"{kind} {max(times):,.0f} ms at most" for kind, times in first.items()))
    return first


async def _timed(line: Line, kind: str, target: str) -> float:
    began = time.perf_counter()
    await line.get(target, accept=_accept(kind))
    return 1000 * (time.perf_counter() - began)


async def _load(server: Server, clients: int, seconds: float, think: float) -> dict[str, Seen]:
    seen, end = {kind: Seen() for kind in KINDS}, time.monotonic() + seconds
    await asyncio.gather(*(_client(server, number, end, think, seen) for number in range(clients)))
    return seen


async def _client(server: Server, number: int, end: float, think: float, seen: dict[str, Seen]) -> None:
    rng, line, cursor = random.Random(number), _line(server), ""  # noqa: S311 - not for secrets
    await asyncio.sleep(rng.random() * think)
    while time.monotonic() < end:
        kind = rng.choice(KINDS)
        target = _target(server, kind, rng.choice(VIEWS))
        if kind == KINDS[2]:
            target = cursor if cursor and rng.random() < GOES_ON else _list(server, f"s{rng.randrange(STEPS)}")
        answer = await _ask(line, kind, target, seen[kind])
        if kind == KINDS[2]:
            cursor = _next(target, answer)
        await asyncio.sleep(think)
    line.close()


async def _ask(line: Line, kind: str, target: str, seen: Seen) -> Answer | None:
    began = time.perf_counter()
    try:
        answer = await line.get(target, accept=_accept(kind))
    except (OSError, EOFError, TimeoutError, ValueError) as error:
        line.close()
        seen.errors.append(f"{target}: {type(error).__name__}")
        return None
    seen.times.append(1000 * (time.perf_counter() - began))
    seen.sizes.append(len(answer.body))
    if answer.status != 200:
        seen.errors.append(f"{target}: {answer.status}")
    return answer


def _line(server: Server) -> Line:
    parts = urlsplit(server.url)
    return Line(parts.hostname or "127.0.0.1", parts.port or 80, headers=server.headers)


def _accept(kind: str) -> str:
    return "text/html" if kind == KINDS[1] else "application/json"


def _target(server: Server, kind: str, view: dict[str, str]) -> str:
    path = f"/jobs/{server.job}" if kind == KINDS[1] else f"/v1/jobs/{server.job}/scorecard"
    return f"{path}?{urlencode(view)}" if view else path


def _list(server: Server, step: str, **more: str) -> str:
    return f"/v1/jobs/{server.job}/steps/{step}/contacts?{urlencode({'limit': 50, **more})}"


def _next(target: str, answer: Answer | None) -> str:
    """The next page of a list, "" where it was the last."""
    if answer is None or answer.status != 200:
        return ""
    cursor = json.loads(answer.content)["next_cursor"]
    return f"{target.partition('?')[0]}?{urlencode({'limit': 50, 'cursor': cursor})}" if cursor else ""


def _figures(seen: Seen, first: Sequence[float]) -> dict[str, Any]:
    times = np.array(seen.times or [np.nan])
    p50, p95, p99 = (round(float(np.percentile(times, part)), 1) for part in (50, 95, 99))
    return {
        "requests": len(seen.times),
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "max_ms": round(float(times.max()), 1),
        "first_ms": round(max(first), 1),
        "largest_kb": round(max(seen.sizes, default=0) / 1024, 1),
        "errors": seen.errors,
    }


def missed(result: dict[str, Any]) -> list[str]:
    """Where the targets were not met: p95 under 100 ms, pages under 60 kB, no error."""
    found = []
    for kind, one in result["kinds"].items():
        if not one["p95_ms"] < TARGET_MS:
            found.append(f"{kind}: p95 {one['p95_ms']} ms, not under {TARGET_MS:g}")
        if one["errors"]:
            found.append(f"{kind}: {len(one['errors'])} errors, such as {one['errors'][0]}")
        if kind == KINDS[1] and one["largest_kb"] > PAGE_KB:
            found.append(f"{kind}: {one['largest_kb']} kB, not under {PAGE_KB:g}")
    return found


def load_text(results: dict[str, dict[str, Any]]) -> str:
    """The results by database as lines for people."""
    lines = []
    for name, result in results.items():
        lines.append(
            f"{name}: {result['contacts']:,} contacts, {result['clients']} clients, {result['think']:g} s between two "
            f"requests, {result['seconds']} s: {result['requests_per_second']} requests a second; the load generator "
            f"used {result['generator_cores']} of a core"
        )
        for kind, one in result["kinds"].items():
            lines.append(
                f"  {kind:17s} {one['requests']:5d} requests  p50 {one['p50_ms']:6.1f}  p95 {one['p95_ms']:6.1f}  "
                f"p99 {one['p99_ms']:6.1f}  max {one['max_ms']:7.1f} ms  first {one['first_ms']:8.1f} ms  "
                f"{one['largest_kb']:6.1f} kB  {len(one['errors'])} errors"
            )
        lines += [f"  missed: {one}" for one in missed(result)]
    return "\n".join(lines)
