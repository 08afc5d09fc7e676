"""How right the second steps of tags are, on contacts of which it is known what else they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.card import wilson
from tagger.model import Labels, Tag


@dataclass(frozen=True)
class Share:
    """A share of `n` with its 95 % interval (Wilson); None where there is nothing to take it of."""

    n: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, hits: int, count: int) -> Share:
        """So many of so many."""
        return cls(count, hits / count, *wilson(hits, count)) if count else cls(0, None, None, None)

    def __str__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return "none"
        return f"{100 * self.value:.1f} % [{100 * self.low:.1f}, {100 * self.high:.1f}] of {self.n:,}"


@dataclass(frozen=True)
class SecondSteps:
    """Of the second steps given, those that the contact is about (`precision`); of the others it is about, those given.

    `contacts` are those of which somebody said what else they are about, be it nothing.
    """

    contacts: int
    precision: Share
    recall: Share

    def text(self) -> str:
        """In a line for people."""
        return f"second steps: right {self.precision} given, found {self.recall} true ({self.contacts:,} contacts)"


def second_steps(truth: Sequence[Labels], tags: Sequence[Tag]) -> SecondSteps | None:
    """Pairwise, ids as the job has them; None where nobody said what else any contact is about.

    A step that a contact is truly about and that is given neither first nor second is missed; one that is given first
    needs no second mention.
    """
    known = [(label, tag) for label, tag in zip(truth, tags, strict=True) if label.secondary is not None]
    if not known:
        return None
    given = right = true = 0
    for label, tag in known:
        about = {label.step, *(label.secondary or ())} - {None, tag.step}
        said = {one.step for one in tag.secondary}
        given, right, true = given + len(said), right + len(said & about), true + len(about)
    return SecondSteps(len(known), Share.of(right, given), Share.of(right, true))
