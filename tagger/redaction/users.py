"""User names: after a word for one, typed or said, and where somebody is signed in as one."""

from __future__ import annotations

import re

from tagger.redaction.everyday import is_everyday
from tagger.redaction.given_names import GIVEN_NAMES
from tagger.redaction.recogniser import LINK, Hit, Recogniser
from tagger.redaction.spoken import NUMBER_WORD

_I = re.IGNORECASE
_SURE = r"user ?names?|user ?ids?|screen ?names?|log ?in (?:name|id)|gamer ?tag|nick ?names?|handle|sign[ -]?in name"
_WEAK = (
    r"user|log ?in|account name|profile(?: name)?|alias|insta(?:gram)?|twitter|skype|discord|telegram|snapchat|tiktok"
    r"|steam|psn|xbox live|facebook|linkedin|reddit|github|paypal|venmo|cash ?app"
)
_TYPED = r"@?[A-Za-z0-9](?:[\w-]|\.(?=\w)){2,40}"
_JOINT = r"(?:underscore|dot|dash|hyphen|point|period)"
_SAID = rf"[a-z]{{1,20}}(?: {_JOINT} (?:[a-z]{{1,20}}|{NUMBER_WORD}))+(?: (?:{NUMBER_WORD}|\d{{1,4}}))*"
_SAID_NUMBERED = rf"[a-z]{{3,20}}(?: [a-z]{{3,20}})?(?: (?:{NUMBER_WORD}|\d{{1,4}})){{1,6}}"
_NAME_PART = 4
_LONG = 5


def _told(match: re.Match[str]) -> Hit | None:
    """What stands behind `username is`, `my profile is` or `user:`."""
    value, link = match["v"], match["link"]
    explicit = re.search(r"[:=]|\b(?:is|was|it'?s)\b", link, _I) is not None
    colon = link.rstrip(" \"'“(").endswith((":", "="))
    if is_everyday(value) and not (colon and match["sure"] and value.lower() not in _NOTHING):
        return None
    plain = value.isalpha()
    fits = not plain or colon or looks_made(value) or (match["sure"] is not None and (explicit or len(value) >= _LONG))
    return Hit("USER", *match.span("v")) if fits and not value.isdigit() | (value.isdigit() and not explicit) else None


_NOTHING = frozenset(("the", "not", "unknown", "required", "invalid", "wrong", "none", "error", "password", "email"))


def looks_made(word: str) -> bool:
    """Whether a word is made as user names are: with a sign or digit, or of a first name and more letters."""
    lowered = word.lower().lstrip("@")
    if not lowered.isalpha() or re.search(r"[a-z][A-Z]", word):
        return True
    return any(
        lowered[:size] in GIVEN_NAMES or lowered[-size:] in GIVEN_NAMES for size in range(_NAME_PART, len(lowered) - 1)
    )


def _signed_in(match: re.Match[str]) -> Hit | None:
    """`signed in as ...`: anything but an everyday word."""
    return None if is_everyday(match["v"]) else Hit("USER", *match.span("v"))


def _whole(match: re.Match[str]) -> Hit:
    return Hit("USER", *match.span("v"))


USERS: tuple[Recogniser, ...] = (
    Recogniser(
        "USER",
        re.compile(
            rf"\b(?:{_SURE}|{_WEAK})(?: for \w{{2,12}})?(?: (?:is|was|it'?s|as)|:){{0,2}} (?P<v>{_SAID}"
            rf"|{_SAID_NUMBERED})(?!\w)",
            _I,
        ),
        lambda match: None if is_everyday(match["v"].split()[0]) and "underscore" not in match["v"] else _whole(match),
        ("user", "log", "screen", "handle", "profile", "name", "alias"),
    ),
    Recogniser(
        "USER",
        re.compile(rf"\b(?:(?P<sure>{_SURE})|{_WEAK})(?P<link>{LINK})(?P<v>{_TYPED})", _I),
        _told,
    ),
    Recogniser(
        "USER",
        re.compile(
            r"\b(?:log(?:ged|ging)?|sign(?:ed|ing)?)[ -]?(?:in|on|up)(?:to \w{1,20})?"
            rf" (?:as|under)(?: user)? [\"'“]?(?P<v>{_SAID}|{_TYPED})",
            _I,
        ),
        _signed_in,
        ("log", "sign"),
    ),
    Recogniser("USER", re.compile(r"(?<![\w.@/])@[A-Za-z]\w{3,30}(?![\w@])"), hints=("@",)),
)
"""In the order in which they are tried."""
