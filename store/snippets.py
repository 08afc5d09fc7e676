"""The words of a contact that a line of a list shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SNIPPET = 180
"""Characters of it."""


def snippet(evidence: Sequence[Sequence[int]], turns: Sequence[Any]) -> str:
    """The first evidence span, else the first thing the customer said, cut at a word."""
    for turn, start, end in evidence:
        if turn < len(turns) and turns[turn][1][start:end].strip():
            return _cut(turns[turn][1][start:end])
    return _cut(next((text for speaker, text, _ in turns if speaker == "customer" and text.strip()), ""))


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SNIPPET else words[:SNIPPET].rsplit(" ", 1)[0] + " …"
