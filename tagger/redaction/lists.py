"""What a job adds to redaction: terms that always stay, terms that always go, and the fields that it declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tagger.redaction.recogniser import Hit
from taxonomy.model import Job


@dataclass(frozen=True)
class Rules:
    """A job's redaction. `declared` are the segments and circumstances of its file, with the values it lists."""

    allow: re.Pattern[str] | None = None
    deny: re.Pattern[str] | None = None
    declared: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, job: Job | None) -> Rules:
        """The rules of a job; of none, those that hold everywhere."""
        if job is None:
            return EVERYWHERE
        declared = {name: frozenset(values) for name, values in (*job.segments.items(), *job.circumstances.items())}
        return cls(_terms(job.redaction.allow), _terms(job.redaction.deny), declared)

    def denied(self, text: str) -> list[Hit]:
        """Where the text names what must always go."""
        return [Hit("PRIVATE", *match.span()) for match in self.deny.finditer(text)] if self.deny else []

    def kept(self, hits: Iterable[Hit], text: str) -> list[Hit]:
        """The hits without the terms that must stay: of a hit that holds more, the rest still goes."""
        allowed = [match.span() for match in self.allow.finditer(text)] if self.allow else []
        return [part for hit in hits for part in _without(hit, allowed, text)] if allowed else list(hits)


EVERYWHERE = Rules()
"""The rules where no job is known."""


def _without(hit: Hit, allowed: list[tuple[int, int]], text: str) -> list[Hit]:
    if hit.kind == "PRIVATE":
        return [hit]
    parts, at = [], hit.start
    for start, end in [*allowed, (hit.end, hit.end)]:
        if start > hit.end or end <= at:
            continue
        if any(character.isalnum() for character in text[at:start]):
            lead = len(text[at:start]) - len(text[at:start].lstrip())
            parts.append(Hit(hit.kind, at + lead, at + len(text[at:start].rstrip())))
        at = max(at, end)
    return parts


def _terms(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """Whole words in any case; `#` stands for one digit, a space for any white space. Longest first."""
    if not terms:
        return None
    written = sorted(terms, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(_pattern(term) for term in written)})(?!\w)", re.IGNORECASE)


def _pattern(term: str) -> str:
    words = (re.escape(word).replace(r"\#", r"\d") for word in term.split())
    return r"\s{1,3}".join(words)
