"""Links with somebody's key, number or mailbox in them, and keys for programs."""

from __future__ import annotations

import re

from tagger.redaction.recogniser import Hit, Recogniser

_I = re.IGNORECASE
_KEYED = re.compile(r"[?#=@]|[\w-]{20}|\d{5}")
_PIECE = re.compile(r"[A-Za-z0-9]{6,}")
_WORD_AND_NUMBER = re.compile(r"[a-z]+\d{1,4}|\d{1,4}[a-z]+|v\d+", _I)
_DOMAIN_AND_PATH = r"(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,10}/[^\s<>\"'\ue000]{4,500}"
_LONG_KEY = 24


def _link(match: re.Match[str]) -> Hit | None:
    """An address that can carry somebody's key, number or e-mail; a plain link to a page stays."""
    text = match[0].rstrip(".,;:!?)")
    path = text.partition("://")[2] or text
    path = path.partition("/")[2]
    keyed = _KEYED.search(text) or any(_is_random(piece[0]) for piece in _PIECE.finditer(path))
    return Hit("URL", match.start(), match.start() + len(text)) if keyed else None


def _is_random(piece: str) -> bool:
    """Letters and digits mixed as no word does: `3r2pMjZ`, not `iphone15`."""
    mixed = any(c.isdigit() for c in piece) and any(c.isalpha() for c in piece)
    cased = re.search(r"[a-z][A-Z]{2,}[a-z]|[a-z][A-Z][a-z]?[A-Z]", piece) is not None
    return (mixed and _WORD_AND_NUMBER.fullmatch(piece) is None) or cased


def _key(match: re.Match[str]) -> Hit | None:
    """A long token of letters of both cases and digits."""
    text = match[0]
    digits, upper = sum(c.isdigit() for c in text), sum(c.isupper() for c in text)
    lower = sum(c.islower() for c in text)
    return Hit("SECRET", *match.span()) if digits >= 3 and upper >= 2 and lower >= 2 else None


LINKS: tuple[Recogniser, ...] = (
    Recogniser(
        "URL", re.compile(r"\b(?:[a-z][a-z0-9+.-]{2,11}://|www\.)[^\s<>\"'\ue000]{1,2000}", _I), _link, ("://", "www.")
    ),
    Recogniser("URL", re.compile(rf"(?<![\w@./-]){_DOMAIN_AND_PATH}", _I), _link, ("/",)),
)
"""In the order in which they are tried."""

KEYS: tuple[Recogniser, ...] = (
    Recogniser(
        "SECRET",
        re.compile(
            r"(?<![\w-])(?:sk_(?:live|test)_\w{10,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}"
            r"|AKIA[A-Z0-9]{12,}|AIza[\w-]{30,}|eyJ[\w-]{10,}(?:\.[\w-]{5,}){1,2}|glpat-[\w-]{15,}|pk_(?:live"
            r"|test)_\w{10,})"
        ),
        hints=("sk_", "gh", "xox", "akia", "aiza", "eyj", "glpat", "pk_"),
    ),
    Recogniser("SECRET", re.compile(rf"(?<![\w./@-])[A-Za-z0-9_-]{{{_LONG_KEY},200}}(?![\w./@-])"), _key, ("0",)),
)
"""Keys by the beginnings that their makers give them, and long tokens that no person chose."""
