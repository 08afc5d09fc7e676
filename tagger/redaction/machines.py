"""Addresses of machines: IPv4 and IPv6, typed and said, with port or network, and those of network cards."""

from __future__ import annotations

import ipaddress
import re

from tagger.redaction.recogniser import Hit, Recogniser
from tagger.redaction.spoken import NUMBER_WORD, digits_said

_I = re.IGNORECASE
_PART = rf"(?:{NUMBER_WORD}|hundred|\d{{1,3}})(?: (?:and |hundred )?(?:{NUMBER_WORD}|hundred|\d{{1,3}})){{0,4}}"
_MOST = 12
"""Digits that an IPv4 address has at most."""


def _typed(match: re.Match[str]) -> Hit | None:
    """A real IP address; a version number such as 10.2.400.1 or a time is not."""
    text = match["v"]
    if "::" not in text and text.count(":") not in (0, 7):
        return None
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return None
    return Hit("IP", *match.span()) if len(text) > 6 else None


def _said(match: re.Match[str]) -> Hit | None:
    """Four numbers with `dot` between them."""
    return Hit("IP", *match.span()) if 4 <= digits_said(match[0])[0] <= _MOST else None


ADDRESSES_OF_MACHINES: tuple[Recogniser, ...] = (
    Recogniser(
        "IP",
        re.compile(r"(?<![\w.])(?P<v>(?:\d{1,3}\.){3}\d{1,3})(?:[:/]\d{1,5})?(?![\w]|\.\d)"),
        _typed,
        ("0",),
    ),
    Recogniser("IP", re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", _I), hints=(":", "-")),
    Recogniser(
        "IP",
        re.compile(
            r"(?<![\w:.])(?:\[(?=[0-9a-f:.]{2,45}\]))?(?P<v>(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})(?:%\w{1,15})?"
            r"(?:\](?::\d{1,5})?|/\d{1,3})?(?![\w:])",
            _I,
        ),
        _typed,
        (":",),
    ),
    Recogniser(
        "IP", re.compile(rf"(?<![\w-]){_PART}(?: (?:dot|point) {_PART}){{3}}(?!\w)", _I), _said, (" dot ", " point ")
    ),
)
"""In the order in which they are tried."""
