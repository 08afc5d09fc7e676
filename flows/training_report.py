"""What a training came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flows.examination import Comparison
from flows.prices import PriceTable
from flows.suspects import Suspected


@dataclass(frozen=True)
class Reviews:
    """What a training made of analysts' decisions.

    `taught` were learned from; `held_back` measure and never teach; `withheld` labelled contacts of the file were
    left out since their customers are held back. `suspected` are labels that are likely wrong.
    """

    taught: int
    held_back: int
    withheld: int
    suspected: Suspected

    def text(self) -> str:
        """The decisions in a line or two."""
        lines = [f"  {self.taught:,} decisions taught it, {self.held_back:,} are held back to measure it"]
        if self.withheld:
            lines.append(f"  {self.withheld:,} labelled contacts were left out: their customers are held back")
        if self.suspected.decisions:
            lines.append(
                f"  {self.suspected.decisions:,} decisions look wrong; {self.suspected.queued:,} of them were put in "
                "the review queue for another look"
            )
        return "\n".join(lines)


@dataclass(frozen=True)
class Training:
    """What a training came to."""

    job: str
    job_version: str
    model: str
    contacts: int
    unused: Mapping[str, int]
    examples: tuple[str, ...]
    held_out: Mapping[str, Any] | None
    deferral: Mapping[str, Any] | None
    comparison: Comparison | None
    promoted: bool
    why: str
    prices: PriceTable | None = None
    second_steps: Mapping[str, int] | None = None
    reviews: Reviews | None = None

    def as_json(self) -> dict[str, Any]:
        """The training as JSON."""
        return asdict(self)

    def text(self) -> str:
        """The training in a few lines for people."""
        if self.held_out is None or self.deferral is None:
            return self._text_without_figures()
        figures = self.held_out["cascade"]
        shares = self.deferral["decided"]
        return "\n".join(
            [
                f"model {self.model} of job {self.job} {self.job_version}, from {self.contacts:,} labelled contacts",
                *([self.reviews.text()] if self.reviews else []),
                f"  on contacts it had not seen: step right {_percent(figures['group'])}, "
                f"outcome {_percent(figures['label'])}",
                f"  left to others: {100 * shares['nobody']:.0f} %, so that of the rest at most "
                f"{100 * self.deferral['max_error']:g} % are wrong (sure to {100 * (1 - self.deferral['delta']):g} %)",
                *([_second_steps(self.second_steps)] if self.second_steps else []),
                *([self.prices.text()] if self.prices else []),
                self._verdict(),
            ]
        )

    def _text_without_figures(self) -> str:
        return "\n".join(
            [
                f"model {self.model} of job {self.job} {self.job_version}, from the job's own words",
                "  no labelled contact: nothing could be measured, and every contact is left to others",
                self._verdict(),
            ]
        )

    def _verdict(self) -> str:
        return f"  {'in use' if self.promoted else 'kept, not in use'}: {self.why}"


def _second_steps(counts: Mapping[str, int]) -> str:
    given, true = counts["given"], counts["true"]
    right, found = (f"{100 * counts['right'] / count:.0f} %" if count else "none" for count in (given, true))
    return (
        f"  second steps, learned from {counts['about_several']:,} of {counts['documents']:,} contacts: "
        f"{right} of {given:,} given right, {found} of {true:,} found"
    )


def _percent(figure: Mapping[str, float]) -> str:
    return f"{100 * figure['accuracy']:.1f} % [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"
