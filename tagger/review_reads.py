"""Reads of one contact by several analysts: who gets a second one, what is hidden, when a third has to settle it.

METHODS 2: reviewers err too. At least a tenth of the drawn contacts get a second, blind read by another analyst;
where the two disagree a third settles it. What is random here comes from stable hashes, so that nobody can choose
and everybody gets the same answer again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ReadKind = Literal["first", "second", "adjudicated", "bulk", "gold"]
Waiting = Literal["first", "second", "adjudicated", "gold", "done"]

READS: tuple[ReadKind, ...] = ("adjudicated", "first", "second", "bulk")
"""The kinds of read that may stand, the one that stands before the others first.

A `bulk` read was given to many contacts at once. A `gold` read is one of a known answer: it measures the analyst
and never stands for anything.
"""

SECOND_SHARE = 0.12
"""Share of drawn contacts that get a second read; over a tenth, so that a small draw still gets its tenth."""

HIDDEN_SHARE = 0.1
"""Share of an analyst's first reads in which the model's suggestion is not shown."""


@dataclass(frozen=True)
class Read:
    """One analyst's answer on one item. `step` None: fits no step; `decision` is the row that holds it."""

    decision: int
    kind: ReadKind
    by: str
    step: str | None
    outcome: str | None
    secondary: tuple[str, ...]
    at: datetime

    @property
    def answer(self) -> tuple[str | None, str | None]:
        """What two readers must agree on."""
        return self.step, self.outcome


def stable_share(*parts: str) -> float:
    """A number in [0, 1) that is the same for the same words on every machine, and looks drawn by chance."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def gets_second_read(item: str, *, drawn: bool) -> bool:
    """Whether a second analyst reads this item blind. Only drawn items: they alone correct figures."""
    return drawn and stable_share("second read", item) < SECOND_SHARE


def suggestion_hidden(item: str, by: str, *, kind: ReadKind) -> bool:
    """Whether this analyst must answer without the model's suggestion.

    Hidden in a tenth of first reads, chosen by item and analyst, in every second read (two people who were led by
    the same suggestion agree without being right), and where the answer is known, since it is the analyst who is
    measured there.
    """
    if kind == "first":
        return stable_share("hidden", item, by) < HIDDEN_SHARE
    return kind in {"second", "gold"}


def kind_of_read(reads: Sequence[Read], by: str, *, gold: bool = False) -> ReadKind:
    """Which read an answer by this analyst is, given the reads that stand so far; `gold`: the answer is known.

    A second answer by the same analyst is the same read again. An answer beside another's, also one that came too
    late, is a second read; where two disagree it settles them.
    """
    if gold:
        return "gold"
    own = [read.kind for read in reads if read.by == by and read.kind != "bulk"]
    if own:
        return own[-1]
    if not reads:
        return "first"
    return "adjudicated" if disagree(reads) else "second"


def disagree(reads: Sequence[Read]) -> bool:
    """Whether readers gave different answers, by step or outcome."""
    return len({read.answer for read in reads}) > 1


def waits_for(reads: Sequence[Read], *, second_wanted: bool, gold: bool = False) -> Waiting:
    """What an item with these reads still needs; one with a known answer is open to every analyst once."""
    if gold:
        return "gold"
    if not reads:
        return "first"
    if any(read.kind == "adjudicated" for read in reads):
        return "done"
    if len(reads) == 1:
        return "second" if second_wanted else "done"
    return "adjudicated" if disagree(reads) else "done"
