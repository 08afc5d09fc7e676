"""Which of the contacts behind a figure a page lists: what its address says, and the form that says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from api.address import BadFilterError
from store.contact_filters import Only
from tagger.drivers import DRIVERS

DRIVER_WORDS = {
    "transfer": "passed to somebody else",
    "had-to-repeat": "had to say it again",
    "switched-channel": "tried another channel before, or was sent to one",
    "repeat-contact": "came back about it",
    "generic-answer": "got a stock answer",
}
CHOICES: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = {
    "driver": ("What made it hard", [(name, DRIVER_WORDS[name]) for name in DRIVERS]),
    "answered": ("Survey", [("true", "answered"), ("false", "not answered")]),
    "decided": ("Said by", [("true", "an analyst"), ("false", "the tagger alone")]),
    "deferred": ("The tagger was", [("true", "not sure: put aside for a person"), ("false", "sure enough")]),
}
"""What a list can be narrowed by: the label, and each value with its words."""


@dataclass(frozen=True)
class Choice:
    """What a list is narrowed to, as the address says it, and from where it goes on."""

    given: Mapping[str, str]
    cursor: str | None = None

    @property
    def only(self) -> Only:
        """The same as a filter."""
        return Only(
            driver=self.given.get("driver"),
            answered=_flag("answered", self.given),
            deferred=_flag("deferred", self.given),
            decided=_flag("decided", self.given),
        )


def chosen(
    driver: Annotated[str | None, Query(description="Only contacts with this effort driver.")] = None,
    answered: Annotated[
        str | None, Query(description="true: only those who answered on effort; false: the others.")
    ] = None,
    deferred: Annotated[str | None, Query(description="true: only those that the tagger handed over.")] = None,
    decided: Annotated[str | None, Query(description="true: only those that an analyst decided.")] = None,
    cursor: Annotated[str | None, Query(description="Where the list goes on.")] = None,
) -> Choice:
    """The choice in an address; an empty value counts as not given, as forms send it. Raises BadFilterError."""
    named = {"driver": driver, "answered": answered, "deferred": deferred, "decided": decided}
    choice = Choice({name: value for name, value in named.items() if value}, cursor or None)
    choice.only  # noqa: B018 - says now what cannot be read
    return choice


ChoiceOf = Annotated[Choice, Depends(chosen)]


def _flag(name: str, given: Mapping[str, str]) -> bool | None:
    value = given.get(name)
    if value not in (None, "true", "false"):
        raise BadFilterError(f"{name}: {value!r} is neither true nor false")
    return None if value is None else value == "true"
