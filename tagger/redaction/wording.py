"""Word lists are written as text: one line of many words reads better than as many strings."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return text.split()
