"""Review items on their way to another tool and back: what such a tool is given, and what it may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tagger.model import NONE_FITS, Turn
from tagger.review import CANNOT_TELL, ReviewError, ReviewItem
from tagger.review_reads import HIDDEN_SHARE, Read, Waiting, stable_share
from taxonomy.model import Job

TOOL_AGENT = "headway"
SPECIAL = {NONE_FITS: "Fits no step", CANNOT_TELL: "Cannot tell"}
"""Answers that are no step of the job, and how a tool shows them."""


@dataclass(frozen=True)
class Outgoing:
    """An item with its redacted turns. `reads` are the answers so far, left out where they must not lead.

    `suggestion` is the model's (step, outcome, probability of the step), None where it is hidden or there is none.
    """

    item: ReviewItem
    turns: tuple[Turn, ...]
    model: str
    suggestion: tuple[str | None, str | None, float] | None
    reads: tuple[Read, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What goes along so that an answer finds its item, and a correction its probability."""
        names = ("item", "contact_id", "reason", "drawn", "u", "pi", "policy")
        return {**{name: getattr(self.item, name) for name in names}, "suggestion_hidden": self.suggestion is None}

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The answers so far as decisions."""
        return [answer_of(read) for read in self.reads]


@dataclass(frozen=True)
class People:
    """What analysts are called in the other tool, by their names here; anybody else keeps the tool's own name."""

    there: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Sequence[str]) -> People:
        """From `NAME=THEIR_ID` words. Raises ReviewError."""
        if bad := [pair for pair in pairs if not all(pair.partition("="))]:
            raise ReviewError(f"user {bad[0]!r}: give NAME=ID, the analyst's name here and the id in the other tool")
        return cls(dict(pair.split("=", 1) for pair in pairs))

    def here(self, other: str) -> str:
        """The name here of somebody in the other tool."""
        return next((name for name, known in self.there.items() if known == other), other)


@dataclass(frozen=True)
class Incoming:
    """An answer from another tool, as the `decision` of an exported line; `at` missing: the tool does not say when."""

    where: str
    item: str | None
    contact_id: str | None
    decision: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Passed:
    """A task without an answer: nobody did it yet, or somebody skipped it."""

    where: str
    skipped: bool


@dataclass(frozen=True)
class Unusable:
    """A record that cannot be used, and why."""

    where: str
    message: str


Arrived = Incoming | Passed | Unusable


def answer_of(read: Read) -> dict[str, Any]:
    """A read as the `decision` of an exported line."""
    said = {"step": read.step, "outcome": read.outcome, "secondary": list(read.secondary)}
    return {**said, "by": read.by, "at": read.at.isoformat()}


def shown_suggestion(item: ReviewItem, *, waits: Waiting, to_work: bool) -> tuple[str | None, str | None, float] | None:
    """The model's suggestion for a tool.

    Handed out to be worked, it is left out of every second read and, by chance, of a tenth of the others: two people
    led by one suggestion agree without being right.
    """
    if item.suggested is None:
        return None
    if to_work and (waits != "first" or stable_share("hidden", item.item) < HIDDEN_SHARE):
        return None
    step, outcome = item.suggested.get("step"), item.suggested.get("outcome")
    return step, outcome, float((item.suggested.get("steps") or {}).get(step or NONE_FITS, 0.0))


def step_choices(job: Job) -> Iterator[tuple[str, str]]:
    """(id, name) of everything that may be answered as the step."""
    yield from ((step.id, step.name) for step in job.steps)
    yield from SPECIAL.items()


def said_step(choice: str) -> str | None:
    """A chosen id as a decision has it: None fits no step."""
    return None if choice == NONE_FITS else choice


def as_list(given: Any) -> list[Any]:
    """A list as it is, anything else as an empty one: another tool's file may say what it likes."""
    return given if isinstance(given, list) else []


def moment_of(text: Any) -> datetime | None:
    """A tool's date, None where it gives none that can be read."""
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def earlier_answers(where: str, facts: Mapping[str, Any], given: Any) -> Iterator[Arrived]:
    """Answers that Headway itself sent along and that come back with the task."""
    for answer in as_list(given):
        if isinstance(answer, Mapping) and answer.get("at"):
            yield Incoming(where, facts.get("item"), facts.get("contact_id"), answer, facts)
