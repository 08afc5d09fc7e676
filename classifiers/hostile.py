"""Words that speak to the tagger and not to the service: orders, forged answers, label names, hidden text.

A customer who wants something has no reason to write them. They are left out of what is read, and the contact goes to
a person: a rule never decides alone.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from classifiers.documents import Document
from classifiers.hostile_words import (
    ENCODED,
    LONGEST_WORD,
    NEAR_ID,
    NEAR_NAME,
    PATTERNS,
    STEMS,
    TURNED,
    TURNED_STEMS,
    as_latin,
    as_read,
)
from classifiers.passages import spans_of

REPEATED = 3
"""So often a label's name is said by nobody who only wants something."""

PARTICLES = frozenset(["back", "by", "down", "in", "off", "on", "out", "over", "through", "up"])
"""A hyphenated id of two parts that ends so, such as check-in, may be a word that customers use; no other is."""

FEWEST_LEFT = 3
"""Fewer words that were left of a cut passage say nothing of their own."""

WORD = re.compile(r"[^\W\d_]{2,}")
READABLE = 0.85
FEWEST_DECODED = 8

Span = tuple[int, int]


@dataclass(frozen=True)
class LabelNames:
    """What labels are called: their `ids`, such as know-arrival, and `names` of several words."""

    ids: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, ids: Collection[str], names: Collection[str]) -> LabelNames:
        """Only what can be told from everyday words: ids with a hyphen, names of two words and more."""
        return cls(
            frozenset(one.lower() for one in ids if "-" in one or "_" in one),
            frozenset(as_read(one) for one in names if " " in one.strip()),
        )


@dataclass(frozen=True)
class Plain:
    """A document without what speaks to the tagger; `kinds` say what that was, none: the document is as it was."""

    document: tuple[str, ...]
    kinds: tuple[str, ...] = ()

    @property
    def suspicious(self) -> bool:
        """Whether anything was left out."""
        return bool(self.kinds)


def plain_of(document: Document, names: LabelNames) -> Plain:
    """The document as a customer would have said it; one without any sign of an attack comes back to the letter."""
    whole = as_read("\n".join(document))
    kinds = _kinds(whole, names, document)
    if not kinds:
        return Plain(tuple(document))
    kept = [" ".join(_plain_passages(segment, names)) for segment in document]
    return Plain(tuple(text for text in kept if text.strip()), kinds)


def _kinds(whole: str, names: LabelNames, document: Document) -> tuple[str, ...]:
    """What kinds of attack a document shows. Most show none: they cost a look for a few dozen words."""
    found: dict[str, None] = {}
    for text in {whole, as_latin(whole)}:
        if any(stem in text for stem in STEMS):
            found |= {kind: None for kind, pattern in PATTERNS if pattern.search(text)}
    if _turned(whole) or any(_decoded(segment) for segment in document):
        found["encoded"] = None
    if _names_labels(whole, names, document):
        found["label"] = None
    return tuple(found)


def _names_labels(whole: str, names: LabelNames, document: Document) -> bool:
    """Whether labels are named as only somebody would who wants to move the tag."""
    ids, said = _named(whole, names.ids), _named(whole, names.names)
    if not ids and not said:
        return False
    if len(ids) > 1 or len(said) >= REPEATED or any(_is_made(whole[start:end]) for start, end in ids):
        return True
    return any(_ordered(line, names) for line in _lines(document))


def _ordered(line: str, names: LabelNames) -> bool:
    """Whether a label stands beside a word that makes an order of it; the words of its own name do not count."""
    ids, said = _named(line, names.ids), _named(line, names.names)
    rest = _blanked(line, [*ids, *said])
    return bool((ids and NEAR_ID.search(rest)) or (said and NEAR_NAME.search(rest)))


def _lines(document: Document) -> list[str]:
    """Passages as they are read, each with the one before: an order and its label may stand in two."""
    passages = [as_read(segment[start:end]) for segment in document for start, end in spans_of(segment)]
    return [f"{before} {passage}" for before, passage in zip(["", *passages], passages, strict=False)]


def _blanked(text: str, spans: Iterable[Span]) -> str:
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _plain_passages(segment: str, names: LabelNames) -> list[str]:
    """What is left of each passage of a segment that belongs to a suspicious document."""
    return [_cut(segment[start:end], names) for start, end in spans_of(segment)]


def _cut(passage: str, names: LabelNames) -> str:
    """A passage without all from its first sign of an attack to its last; to its end where only an order stands."""
    read = as_read(passage)
    signs = _signs(read, names)
    if not signs and (_turned(read) or _signs(as_latin(read), names)):
        return ""
    if not signs:
        return ENCODED.sub(" ", passage) if _decoded(passage) else passage
    if len(read) != len(passage):  # written in letters whose places cannot be told
        return ""
    first, last = min(start for start, _ in signs), max(end for _, end in signs)
    named = _named(read, [*names.ids, *names.names])
    left = f"{passage[:first]} {passage[last:] if named else ''}".strip()
    return left if len(WORD.findall(left)) >= FEWEST_LEFT else ""


def _signs(read: str, names: LabelNames) -> list[Span]:
    found = [match.span() for _, pattern in PATTERNS for match in pattern.finditer(read)]
    named = _named(read, [*names.ids, *names.names])
    if named:
        found += named + [match.span() for match in NEAR_ID.finditer(_blanked(read, named))]
    return found


def _named(read: str, names: Iterable[str]) -> list[Span]:
    """Where these stand in a text, not as a part of a longer word."""
    spans: list[Span] = []
    for one in names:
        if one in read:
            spans += [match.span() for match in re.finditer(rf"(?<![\w-]){re.escape(one)}(?![\w-])", read)]
    return spans


def _turned(read: str) -> bool:
    """Whether letters moved by thirteen give an order."""
    return any(stem in read for stem in TURNED_STEMS) and TURNED.search(codecs.encode(read, "rot13")) is not None


def _is_made(label: str) -> bool:
    """Whether an id is a made word, which nobody says who has not seen the list of labels."""
    parts = re.split(r"[-_]", label)
    return len(parts) > 2 or parts[-1] not in PARTICLES


def _decoded(text: str) -> bool:
    """Whether a run of characters is a text in base64 or in hexadecimal figures."""
    if max(map(len, text.split()), default=0) < LONGEST_WORD:
        return False
    return any(_is_text(found[0]) for found in ENCODED.finditer(text))


def _is_text(run: str) -> bool:
    for decode in (bytes.fromhex, lambda one: base64.b64decode(one + "=" * (-len(one) % 4), validate=True)):
        try:
            raw = decode(run)
        except (ValueError, binascii.Error):
            continue
        readable = sum(32 <= byte < 127 for byte in raw)
        if len(raw) >= FEWEST_DECODED and readable >= READABLE * len(raw) and b" " in raw:
            return True
    return False
