"""Why a contact is in the review queue, which reason goes before which, and what a day's budget is spent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from tagger.model import Tag
from tagger.review import ReviewError
from tagger.review_reads import stable_share

Reason = Literal["drawn", "gold", "asked", "flagged", "suspect", "suspicious", "disagree", "novel", "unsure"]

DRAWN: Reason = "drawn"
"""The only reason that corrects a figure: chance put the contact there, with a known probability."""

GOLD: Reason = "gold"
"""A contact with a known answer, given to every analyst without saying so."""

AGAIN: tuple[Reason, ...] = ("asked", "flagged", "suspect")
"""Somebody or something wants another look, whatever was decided before."""

WANTED: tuple[Reason, ...] = ("suspicious", "disagree", "novel", "unsure")
"""A label is wanted; one decision on the contact, for whatever reason, is enough."""

REASONS: tuple[Reason, ...] = (DRAWN, GOLD, *AGAIN, *WANTED)
"""Every reason, the one that goes before the others first."""

GOLD_SHARE = 0.05
"""Share of an analyst's reads that are known answers, as long as there are some that they have not read."""

DRAWN_SHARE = 0.75
"""Share of a day's budget that drawn items may take before other reasons get the rest."""

NOVEL = 0.5
"""Novelty from which a contact counts as novel: one text in a hundred that fits the job is as strange."""


def as_reason(name: str) -> Reason:
    """A reason by its name. Raises ReviewError."""
    for reason in REASONS:
        if reason == name:
            return reason
    raise ReviewError(f"reason {name!r} is not known: use {', '.join(REASONS)}")


@dataclass(frozen=True)
class Budget:
    """How many reviews a queue gets a day (UTC), all analysts together; `per_day` None: as many as there are."""

    per_day: int | None = None
    drawn_share: float = DRAWN_SHARE

    def __post_init__(self) -> None:
        if self.per_day is not None and self.per_day < 1:
            raise ReviewError(f"budget {self.per_day} a day: at least one review a day, or none set")
        if not 0 < self.drawn_share <= 1:
            raise ReviewError(f"drawn share {self.drawn_share}: must be above 0 and at most 1")

    @property
    def drawn_quota(self) -> int:
        """Drawn items of a day that go before every other reason."""
        return 0 if self.per_day is None else ceil(self.per_day * self.drawn_share)


@dataclass(frozen=True)
class Today:
    """Reviews of today by reason, decided or in somebody's hands."""

    by_reason: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_reason.values())

    def left(self, budget: Budget) -> int | None:
        """How many the budget still allows today; None without a budget."""
        return None if budget.per_day is None else max(0, budget.per_day - self.total)


def order_of_reasons(budget: Budget, today: Today) -> tuple[Reason, ...]:
    """In which order reasons are tried for the next item; none where the day's budget is spent.

    Drawn items first, up to their quota; the others share the rest, the one that had the fewest today first, so that
    a long list of unsure contacts does not keep a leader waiting.
    """
    if today.left(budget) == 0:
        return ()
    others = sorted((*AGAIN, *WANTED), key=lambda reason: today.by_reason.get(reason, 0))
    full = budget.per_day is not None and today.by_reason.get(DRAWN, 0) >= budget.drawn_quota
    return (*others, DRAWN, GOLD) if full else (DRAWN, *others, GOLD)


def gold_is_due(by: str, reads: int) -> bool:
    """Whether the next item of an analyst who has done so many reads is a known answer: by chance, nobody can tell."""
    return stable_share("gold", by, str(reads)) < GOLD_SHARE


def reason_of(tag: Tag, *, disagreed: bool) -> Reason | None:
    """Why a tag should be looked at.

    Words in it spoke to the tagger, model and LLM read it differently, it is like nothing known, or it was left unsure.
    """
    if tag.suspicious:
        return "suspicious"
    if disagreed:
        return "disagree"
    if not tag.deferred:
        return None
    return "novel" if tag.novelty >= NOVEL else "unsure"


def goes_before(reason: Reason) -> tuple[Reason, ...]:
    """The reasons whose item on the same contact makes one of this reason needless."""
    return REASONS[: REASONS.index(reason)] if reason in WANTED else ()
