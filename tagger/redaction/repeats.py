"""What was found in one place of a contact and stands in another without anything that announces it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tagger.redaction.checks import digits_of, is_date
from tagger.redaction.marking import Marking
from tagger.redaction.people import is_name_word
from tagger.redaction.recogniser import Hit

_NUMBERS = ("SECRET", "ORDER", "ACCOUNT", "ADDRESS", "PHONE", "ID", "CARD")
_MOST = 200
"""Values of one kind that are looked for; a contact that names more people is not a conversation."""


def mark_repeats(markings: Sequence[Marking]) -> set[int]:
    """Take out what was found in one place wherever it stands again; the positions of the texts that changed."""
    pattern = _pattern(markings)
    if pattern is None:
        return set()
    found = set()
    for i, marking in enumerate(markings):
        hits = [Hit(match.lastgroup or "NAME", *match.span()) for match in pattern.finditer(marking.work)]
        if hits and marking.add(hits):
            found.add(i)
    return found


def full_names(markings: Sequence[Marking]) -> dict[str, str]:
    """Each part of a name as the full name it belongs to, so that both get one placeholder; the first one counts."""
    owners: dict[str, str] = {}
    for marking in markings:
        for name in marking.values("NAME"):
            parts = name.split()
            if len(parts) > 1:
                for part in parts:
                    owners.setdefault(part.casefold(), name)
    return owners


def _pattern(markings: Sequence[Marking]) -> re.Pattern[str] | None:
    """One pattern for everything that does stand again; most contacts have nothing and pay for a search only."""
    names = _values(markings, "NAME")
    values = {kind: {value for value in _values(markings, kind) if _is_telling(value)} for kind in _NUMBERS}
    values["USER"] = {user for user in (*_values(markings, "USER"), *_mailboxes(markings)) if len(user) > 4}
    values["NAME"] = names
    parts = {part.capitalize() for name in names for part in name.split() if len(part) > 2 and is_name_word(part)}
    if not names and not any(values.values()):
        return None
    left = "\n".join(marking.work for marking in markings)
    folded = left.casefold()
    chosen = [
        f"(?P<{kind}>(?i:{_any_of(again)}))"
        for kind, found in values.items()
        if (again := [value for value in found if value.casefold() in folded])
    ]
    if again := [part for part in (*parts, *(part.upper() for part in parts)) if part in left]:
        chosen.append(_any_of(again))
    return re.compile(rf"(?<![\w$€£])(?:{'|'.join(chosen)})(?!\w|[.,]\d)") if chosen else None


def _values(markings: Sequence[Marking], kind: str) -> set[str]:
    return {value for marking in markings for value in marking.values(kind)}


def _mailboxes(markings: Sequence[Marking]) -> Iterator[str]:
    """What stands before the @ often is a user name too."""
    return (email.partition("@")[0] for email in _values(markings, "EMAIL"))


def _is_telling(value: str) -> bool:
    """Long enough to be nobody else's number, and no date."""
    return 5 <= len(value) <= 60 and len(digits_of(value)) >= 3 and not is_date(value)


def _any_of(words: Iterable[str]) -> str:
    """Longest first, so that a part does not stop its whole from being seen."""
    ordered = sorted(words, key=lambda word: (-len(word), word))[:_MOST]
    return "|".join(re.escape(word) for word in ordered)
