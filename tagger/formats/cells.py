"""Cells of CSV that a spreadsheet would run: made harmless on the way out, as they were again on the way in."""

from __future__ import annotations

import re

_RUNS = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet takes for the beginning of a formula, in both widths; quotes before it are our own marks."""


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: with a quote before it where one would."""
    return f"'{text}" if _RUNS.match(text) else text


def restored(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
