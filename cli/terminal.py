"""What strangers wrote, on a terminal: shown, never obeyed."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters but for tab and line end, and those that turn the direction of text round."""


def shown_safely(text: str) -> str:
    """The text with every character that a terminal would obey written out as JSON writes it."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class SafeStream:
    """A text stream on which nothing that is printed moves the cursor, renames the window or hides a line.

    `unguarded` is the stream itself, for rich, whose own sequences are wanted and whose texts are made safe before.
    """

    def __init__(self, stream: TextIO) -> None:
        self.unguarded = stream

    def write(self, text: str) -> int:
        """Write the text made safe."""
        self.unguarded.write(shown_safely(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unguarded, name)


def guard_streams() -> None:
    """Put the guard before standard output and standard error."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, SafeStream):
            setattr(sys, name, SafeStream(stream))


def console() -> Console:
    """A console of rich on standard output; give it texts made safe, never markup."""
    from rich.console import Console

    return Console(file=getattr(sys.stdout, "unguarded", sys.stdout), highlight=False)
