"""Contacts in a line, for tests of what redaction takes out of them."""

from __future__ import annotations

from typing import Any

from tagger.model import Contact, Speaker, Turn


def contact(*turns: tuple[Speaker, str], **fields: Any) -> Contact:
    """The contact c-1 of these turns."""
    return Contact(id="c-1", turns=tuple(Turn(speaker, text) for speaker, text in turns), **fields)
