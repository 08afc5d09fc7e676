"""What made a contact hard work for the customer: effort drivers, from what is known of it and from what was said.

Data are preferred to words: where the sender counts transfers the words about them are not asked, and a contact that
follows another of the same customer is a repeat whether or not anybody says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tagger.driver_rules import DRIVERS, RETURNED, SWITCHED, TRANSFER, rules
from tagger.model import Contact, EvidenceSpan

__all__ = ["DRIVERS", "VERSION", "Driver", "Earlier", "find_drivers", "said_drivers"]

VERSION = 1
"""Contacts that were read by rules of a lower version are read again."""

WORD = re.compile(r"\w+|[.!?]+(?=\s)")
TOKEN = re.compile(r"[\w'’-]*\w[\w'’-]*|[.!?]+(?=\s)")
FILLED = re.compile(r"\b(?:um+|uh+|erm?|hmm+|well|like|so yeah|yeah|i mean|you know|let me see) ")
FILLERS = ("um", "uh", "er ", "erm", "hmm", "well", "like", "yeah", "i mean", "you know", "let me see")
_INSIDE_WORDS = str.maketrans("", "", "'’-")

Source = Literal["data", "words"]


@dataclass(frozen=True)
class Earlier:
    """The contact of the same customer, on the same job, that ended last before this one within the job's window."""

    channel: str | None
    ended_at: datetime


@dataclass(frozen=True)
class Driver:
    """One driver of a contact, how it is known, and the words that say it (None where data do)."""

    driver: str
    source: Source
    span: EvidenceSpan | None = None


def find_drivers(contact: Contact, *, earlier: Earlier | None = None) -> tuple[Driver, ...]:
    """The contact's drivers in the order of DRIVERS, each once, known from data where data say so."""
    found = {driver.driver: driver for driver in said_drivers(contact)}
    if contact.transfers is not None:
        # The sender counts them: words about other contacts' transfers are not this one's.
        found.pop(TRANSFER, None)
    found |= {name: Driver(name, "data") for name in _known(contact, earlier)}
    return tuple(found[name] for name in DRIVERS if name in found)


def _known(contact: Contact, earlier: Earlier | None) -> Iterator[str]:
    if contact.transfers:
        yield TRANSFER
    if earlier is not None:
        yield RETURNED
        if None not in (earlier.channel, contact.channel) and earlier.channel != contact.channel:
            yield SWITCHED


def said_drivers(contact: Contact) -> tuple[Driver, ...]:
    """What the words alone say, each driver at the first turn that says it, in the order of DRIVERS."""
    found: dict[str, Driver] = {}
    for place, turn in enumerate(contact.turns):
        words = plain_words(turn.text)
        for rule in rules()[turn.speaker]:
            if rule.driver in found or rule.hint.search(words) is None:
                continue
            match = rule.pattern.search(words)
            if match is not None:
                found[rule.driver] = Driver(
                    rule.driver, "words", EvidenceSpan(place, *_place(turn.text, *match.span()))
                )
    return tuple(found[name] for name in DRIVERS if name in found)


def plain_words(text: str) -> str:
    """The words of a text in lower case with one blank between two, without what speech is filled with.

    The stop of a sentence is a word of its own, which no pattern reaches over.
    """
    words = _words(text)
    return FILLED.sub("", words) if any(piece in words for piece in FILLERS) else words


def _words(text: str) -> str:
    return " ".join(WORD.findall(text.lower().translate(_INSIDE_WORDS)))


def _place(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the characters `start` to `end` of the plain words stand in the text itself."""
    words, ends, taken = _words(text), [start, end - 1], 0
    for cut in FILLED.finditer(words):
        ends = [place + len(cut[0]) if cut.start() - taken <= place - taken else place for place in ends]
        taken += len(cut[0])
    first, last = (words.count(" ", 0, place) for place in ends)
    spans = [word.span() for word in TOKEN.finditer(text.lower())]
    if len(spans) != words.count(" ") + 1:  # words that only their punctuation keeps apart: the whole turn says it
        return 0, len(text)
    return spans[first][0], min(spans[last][1], len(text))
