"""A turn in passages: what somebody says in one breath, so that each can be read alone."""

from __future__ import annotations

import re

MOST_WORDS = 24
"""A longer run of words without a stop, such as speech written down by a machine, is cut into equal parts."""

BREAK = re.compile(
    r"(?<=[.!?])\s+|\s*\n\s*|"
    r"\s+(?=(?:also|one more thing|another (?:thing|question)|while i have you|on top of that|separately|"
    r"before i forget|by the way)\b)",
    re.IGNORECASE,
)
WORD = re.compile(r"\S+")


def spans_of(text: str) -> list[tuple[int, int]]:
    """Where the passages of a text start and end, in order, without the blanks between them.

    They end at stops, at line breaks, and before words that begin another matter; none has more than MOST_WORDS.
    """
    spans, start = [], 0
    for stop in BREAK.finditer(text):
        spans += _parts(text, start, stop.start())
        start = stop.end()
    return spans + _parts(text, start, len(text))


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """One passage between stops, or several of about equal length."""
    words = [word.span() for word in WORD.finditer(text, start, end)]
    if len(words) <= MOST_WORDS:
        return [(words[0][0], words[-1][1])] if words else []
    parts = -(-len(words) // MOST_WORDS)
    size = -(-len(words) // parts)
    runs = [words[at : at + size] for at in range(0, len(words), size)]
    return [(run[0][0], run[-1][1]) for run in runs]
