"""One figure in two periods: the difference with its interval, and in a word whether it is more than chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from scipy import special

from alignment.estimate import Estimate
from alignment.intervals import Z

Word = Literal["better", "worse", "more", "fewer", "level", "unknown"]

FALSE_DISCOVERIES = 0.05
"""Of the changes of one kind that a page calls more than chance, so large a share may be chance."""


@dataclass(frozen=True)
class Change:
    """A figure before and after. `word` is `level` where chance alone may explain the difference.

    `unknown`: one of the two has no interval; `difference` then says why.
    """

    before: Estimate
    after: Estimate
    difference: Estimate
    word: Word


def change(before: Estimate, after: Estimate, *, better: Literal["up", "down", None], as_of: datetime) -> Change:
    """Compare two figures; `better` says which way is good for customers (None: neither)."""
    found = difference(before, after, as_of=as_of)
    return Change(before, after, found, _word(found, better))


def difference(before: Estimate, after: Estimate, *, as_of: datetime) -> Estimate:
    """After - before, or why it cannot be given.

    The interval joins those of the two, which need not be symmetric (MOVER, Zou & Donner 2008). Errors are taken as
    independent: a customer seen in both periods makes it too wide rather than too narrow.
    """
    n, reviewed = before.n + after.n, before.reviewed + after.reviewed
    for when, one in (("before", before), ("since", after)):
        if one.value is None or one.low is None or one.high is None:
            why = f"{when}: {_plain(one.reason) or 'no review corrects it'}"
            return Estimate.missing(f"not enough evidence {why}", as_of=as_of, n=n, reviewed=reviewed)
    first, low_1, high_1 = _known(before)
    second, low_2, high_2 = _known(after)
    value = second - first
    low = value - math.hypot(second - low_2, high_1 - first)
    high = value + math.hypot(high_2 - second, first - low_1)
    method = after.method if after.method == before.method else "composite"
    return Estimate(value, low, high, n, reviewed, method, as_of)


def settled(changes: Mapping[str, Change]) -> dict[str, Change]:
    """The same changes, `level` where many looks at once may have made them.

    Benjamini & Hochberg (1995) over the changes that have an interval, at FALSE_DISCOVERIES.
    """
    chances = {name: chance(one.difference) for name, one in changes.items() if one.difference.value is not None}
    kept = _discoveries(chances)
    return {
        name: one if one.word == "unknown" or name in kept else replace(one, word="level")
        for name, one in changes.items()
    }


def chance(found: Estimate) -> float:
    """The two-sided probability of a difference this far from 0 if nothing had changed, by the normal rule."""
    value, low, high = _known(found)
    side = value - low if value > 0 else high - value
    return 1.0 if side <= 0 else float(2 * special.ndtr(-abs(value) * Z / side))


def _discoveries(chances: Mapping[str, float]) -> set[str]:
    ranked = sorted(chances, key=lambda name: chances[name])
    passed = [
        rank for rank, name in enumerate(ranked, start=1) if chances[name] <= FALSE_DISCOVERIES * rank / len(ranked)
    ]
    return set(ranked[: max(passed, default=0)])


def _word(found: Estimate, better: Literal["up", "down", None]) -> Word:
    if found.value is None or found.low is None or found.high is None:
        return "unknown"
    if found.low <= 0 <= found.high:
        return "level"
    up = found.value > 0
    if better is None:
        return "more" if up else "fewer"
    return "better" if up == (better == "up") else "worse"


def _known(one: Estimate) -> tuple[float, float, float]:
    parts: Sequence[float | None] = (one.value, one.low, one.high)
    value, low, high = (0.0 if part is None else part for part in parts)
    return value, low, high


def _plain(reason: str | None) -> str:
    return (reason or "").removeprefix("not enough evidence: ")
