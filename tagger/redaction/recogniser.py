"""The two values that every recogniser is made of: the rule, and what it found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MASK = "\ue000"
"""Stands for one placeholder while the text is searched; no pattern matches it."""

LINK = r"(?:\s{0,2}(?:(?:number|num|nr|code|id|is|was|it'?s)(?![a-z])|no\.?(?![a-z])|[:=#-])){0,4}\s{0,2}[\"'#(]{0,2}"
"""What may stand between the word that announces a value and the value."""

KINDS = (
    "SECRET",
    "EMAIL",
    "URL",
    "CARD",
    "IBAN",
    "IP",
    "ID",
    "DOB",
    "ADDRESS",
    "PHONE",
    "ORDER",
    "ACCOUNT",
    "USER",
    "NAME",
    "PRIVATE",
)
"""Every type of placeholder; PRIVATE is what a job's deny list names."""


@dataclass(frozen=True)
class Hit:
    """Characters `start` to `end` are personal data of this kind."""

    kind: str
    start: int
    end: int


Check = Callable[[re.Match[str]], "Hit | None"]
"""Looks at a match more closely: which part of it is personal data, of which kind, or none."""


@dataclass(frozen=True)
class Recogniser:
    """One rule. `check` decides on a match; without one the group `v`, or the whole match, is the finding.

    `hints` are lower-case strings of which one must occur before the pattern is tried at all; "0" stands for any digit.
    Patterns must be linear: bounded repeats, and a look-behind that stops a second start inside the same token.
    """

    kind: str
    pattern: re.Pattern[str]
    check: Check | None = None
    hints: Sequence[str] = ()

    def find(self, text: str) -> list[Hit]:
        """Everything that this rule sees in a text, left to right, not overlapping."""
        found, at = [], 0
        while (match := self.pattern.search(text, at)) is not None:
            hit = self._hit(match)
            if hit is not None and hit.start < hit.end:
                found.append(hit)
                at = max(hit.end, match.start() + 1)  # a match may reach beyond its finding, over the next one
            else:
                at = max(match.end(), match.start() + 1)
        return found

    def _hit(self, match: re.Match[str]) -> Hit | None:
        if self.check is not None:
            return self.check(match)
        group: str | int = "v" if "v" in self.pattern.groupindex else 0
        return Hit(self.kind, match.start(group), match.end(group))
