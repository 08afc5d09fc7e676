"""Names without a cue: a first name that is hardly ever anything else, and the family name behind it."""

from __future__ import annotations

import re

from tagger.redaction.given_names import ALSO_WORDS, GIVEN_NAMES
from tagger.redaction.people import NAME_TOKEN, PARTICLES, is_name_word, person_end
from tagger.redaction.recogniser import Hit, Recogniser
from tagger.redaction.words import BRANDS

_WORD = re.compile(NAME_TOKEN)
_SHOPS = frozenset(("levi's", "levi’s", "wendy's", "wendy’s", "denny's", "denny’s", "arnold's", "carl's"))
_TOWNS = re.compile(
    r"\b(?:san|santa|saint|st\.?|los|fort|port|lake|mount|mt|marks (?:and|&)|ruth'?s?|no way|fettuccine|chicken|red"
    r"|chi) $",
    re.IGNORECASE,
)
"""Words that make of a first name a town, a shop or a dish."""
_SURE = re.compile(
    r"\b(?:name|names|it'?s|this is|i'?m|speaking to|speaking with|called|named|for|that'?s|under|by|from|mr|mrs|ms)"
    r"(?: is)? $",
    re.IGNORECASE,
)

_ACTS = re.compile(
    r" (?:(?:had |has |just |already |also |who )?(?:told|promised|assured|informed|advised|said|helped|explained"
    r"|called|emailed|texted|rang|spoke|transferred|hung|wanted|asked|answered)|from|in|at|here|speaking|calling)\b",
    re.IGNORECASE,
)


def is_whole_name(text: str) -> bool:
    """Whether a value that stands alone is somebody's name: one to four words, the first a first name of the list."""
    words = [word.strip(".,") for word in text.replace(",", " ").split()]
    if not 1 <= len(words) <= 4 or not all(_WORD.fullmatch(word) or len(word) == 1 for word in words):
        return False
    first = {word.lower() for word in (words[0], words[-1])} & GIVEN_NAMES
    return bool(first) and all(len(word) == 1 or is_name_word(word) or word.lower() in PARTICLES for word in words)


def _known(match: re.Match[str]) -> Hit | None:
    """A first name of the list, with the family name behind it; in small letters only if it is nothing else."""
    word, text = match[0], match.string
    lowered = word.lower().removesuffix("'s").removesuffix("’s")
    if lowered not in GIVEN_NAMES or word.lower() in _SHOPS:
        return None
    start, end = match.start(), match.start() + len(lowered)
    family = _next_word(text, end)
    if _names_a_thing(text, start, lowered, family, possessive=word.lower() != lowered):
        return None
    if word[0].islower() and lowered in ALSO_WORDS and not _told(text, start, end, alone=family is None):
        return None
    return Hit("NAME", start, end if word.lower() != lowered else person_end(text, start))


def _told(text: str, start: int, end: int, *, alone: bool) -> bool:
    """Whether the words around a first name that is a word as well tell of a person: `it's robin`, `bob told me`."""
    sure = _SURE.search(text, max(0, start - 24), start) is not None
    return sure or (not alone and _ACTS.match(text, end) is not None)


def _names_a_thing(text: str, start: int, lowered: str, family: re.Match[str] | None, *, possessive: bool) -> bool:
    """Whether the first name is part of a brand, a town, a handle or a place: `a table at michael's`."""
    if family is not None and (lowered, family[0].lower()) in BRANDS:
        return True
    at_place = possessive and text[max(0, start - 3) : start].lower() == "at "
    inside = start > 0 and text[start - 1] in "-_/@#"
    return at_place or inside or _TOWNS.search(text, max(0, start - 12), start) is not None


def _next_word(text: str, end: int) -> re.Match[str] | None:
    return _WORD.match(text, end + 1) if text[end : end + 1] == " " else None


KNOWN_NAMES = (Recogniser("NAME", re.compile(rf"(?<![\w.@]){NAME_TOKEN}(?![\w@]|\.\w)"), _known),)
"""Tried after everything that a cue announces."""
