"""Passwords, one-time codes, answers to security questions, user names and links with keys in them."""

from __future__ import annotations

import re

from tagger.redaction.checks import digits_of
from tagger.redaction.phrases import check_one_time_code, check_secret, check_url, check_user
from tagger.redaction.recogniser import LINK, Hit, Recogniser
from tagger.redaction.spoken import NUMBER_WORD
from tagger.redaction.wording import words

_I = re.IGNORECASE
_NO_WORD = frozenset(
    words(
        "a all an and another any at be both but by can change continue do each enter even every few find for"
        " get go gain"
        " have he help her his i if in it its just log login long make many me more my new no not of on one open"
        " or other our"
        " protect reset safe same see shared she show sign so some something still strong sure than that the"
        " their them then"
        " there these they this those to too try unlock up use very view was we what when which who will with"
        " work you your"
        " wrong correct incorrect invalid required expired yes"
    )
)


def _check_chosen(match: re.Match[str]) -> Hit | None:
    """What a password was changed to: anything but a word that goes on with the sentence."""
    value = match["v"].rstrip(".,!?)")
    if len(value) < 3 or value.lower() in _NO_WORD:
        return None
    return Hit("SECRET", match.start("v"), match.start("v") + len(value))


def _check_sent(match: re.Match[str]) -> Hit | None:
    """Digits named as a code; three to eight of them."""
    return Hit("SECRET", *match.span("v")) if 3 <= len(digits_of(match["v"])) <= 8 else None


def _check_back(match: re.Match[str]) -> Hit | None:
    """The three or four digits of a card's back, typed or said."""
    return Hit("SECRET", *match.span("v"))


def _check_before(match: re.Match[str]) -> Hit | None:
    """`x9!goose as my password`: with a digit or sign in it; plain words stand there too (`use it as my pin`)."""
    value = match["v"].lstrip("\"'“(")
    marked = len(value) >= 4 and not value.rstrip("\"'”).,!?").replace("-", "").isalpha()
    return Hit("SECRET", match.end("v") - len(value), match.end("v")) if marked else None


def _whole_user(match: re.Match[str]) -> Hit:
    return Hit("USER", match.start("v"), match.start("v") + len(match["v"].rstrip(".-")))


LINKS: tuple[Recogniser, ...] = (
    Recogniser("URL", re.compile(r"\b(?:https?://|www\.)[^\s<>\"'\ue000]{1,2000}", _I), check_url, ("http", "www.")),
)

SECRETS: tuple[Recogniser, ...] = (
    Recogniser(
        "SECRET",
        re.compile(
            r"\b(?:password|passwd|passwort|contrase[ñn]a|mot de passe|pwd|pw|passcode|passphrase|pass(?=\s?[:=])|pin"
            r"|otp|cvv2?|cvc2?|security code|access code"
            rf"|verification code|one[- ]time (?:code|password)|(?:secret|security) answer|api key|token)(?![a-z])"
            rf"(?P<link>(?:\s(?:to|as|of))?{LINK})"
            r"(?P<v>[^\s\ue000\"',;<>{}\[\]]{3,64})",
            _I,
        ),
        check_secret,
        ("pass", "pw", "pin", "otp", "cv", "code", "answer", "api key", "token", "contrase"),
    ),
    Recogniser(
        "SECRET",
        re.compile(
            r"\b(?:chang(?:ed|e|ing)|set|reset|updated?|made|put|chose|choose)(?: (?:my|the|a|his|her|our|new|old|it))*"
            r" pass ?(?:word|code|phrase) (?:to|as|is) [\"'“]?(?P<v>[^\s\ue000\"'”,;]{3,40})",
            _I,
        ),
        _check_chosen,
        ("pass",),
    ),
    Recogniser(
        "SECRET",
        re.compile(
            r"\b(?:(?:security|secret|memorable|safe|pass|verbal) ?(?:word|phrase|answer|place|name)|maiden name)"
            r"(?: (?:on|for|of) (?:the|my|this|your|our) [a-z]{2,12})?(?: (?:is|was)|\s?[:=])(?: set to)? "
            r"[\"'“]?(?P<v>[^\s\ue000\"'”,;]{3,40})",
            _I,
        ),
        _check_chosen,
        ("word", "phrase", "answer", "memorable", "maiden"),
    ),
    Recogniser(
        "SECRET",
        re.compile(r"\bcode(?:\s(?:is|was)|\sit'?s|:)?\s{1,2}(?P<v>\d{4,8})(?![\w-]|\.\d)", _I),
        check_one_time_code,
        ("code",),
    ),
    Recogniser(
        "SECRET",
        re.compile(
            r"(?<!zip )(?<!error )(?<!post )(?<!area )(?<!promo )(?<!sort )\b(?:code|pin|otp|password) (?:i|you"
            r"|we|they|he|she|that|which)"
            r" (?:\w{1,10},? ){1,5}?(?:is|was|says?|of|it'?s) (?P<v>\d(?:[ -]?\d){3,7})(?![\w-])",
            _I,
        ),
        _check_sent,
        ("code", "pin", "otp", "pass"),
    ),
    Recogniser(
        "SECRET",
        re.compile(
            r"(?<![\w-])(?P<v>\d(?:[ -]?\d){3,7}) (?:is|as) (?:your|my|the) (?:\w{1,12} ){0,3}"
            r"(?:code|passcode|otp|pin|password)\b",
            _I,
        ),
        _check_sent,
        ("code", "otp", "pin", "pass"),
    ),
    Recogniser(
        "SECRET",
        re.compile(
            r"(?<!\S)(?P<v>[^\s\ue000]{4,40}) (?:as|for) (?:my|the|a|our|new) (?:new |old )?"
            r"(?:pass ?(?:word|code|phrase)|pin)\b",
            _I,
        ),
        _check_before,
        ("pass", "pin"),
    ),
    Recogniser(
        "SECRET",
        re.compile(r"\bpin\b[\w' ]{0,50}? to (?:be )?(?P<v>\d{4,6})(?![\w-]|[.,]\d)", _I),
        hints=("pin",),
    ),
    Recogniser(
        "SECRET",
        re.compile(
            r"\b(?:three|3|four|4) (?:digits?|numbers?) (?:on|at) (?:the )?(?:back|front|reverse)(?: of (?:the"
            r"|my) card)?"
            rf"(?: (?:is|are)|:)? (?P<v>\d ?\d ?\d(?: ?\d)?|{NUMBER_WORD}(?:[ ,-]{{1,2}}{NUMBER_WORD}){{1,3}})(?!\w)",
            _I,
        ),
        _check_back,
        ("digit", "number"),
    ),
)
"""In the order in which they are tried."""

USERS: tuple[Recogniser, ...] = (
    Recogniser(
        "USER",
        re.compile(
            rf"\b(?:user ?name|user ?id|login|log ?in|screen name)(?P<link>{LINK})(?P<v>[A-Za-z0-9][\w.-]{{2,40}})", _I
        ),
        check_user,
        ("user", "log", "screen"),
    ),
    Recogniser(
        "USER",
        re.compile(
            r"\b(?:log(?:ged|ging)?|sign(?:ed|ing)?)[ -]?(?:in|on)(?:to \w{1,20})? (?:as|with|under)(?: user)?"
            r" (?P<v>(?=[A-Za-z]*[\d_.])[A-Za-z][\w.-]{2,40})",
            _I,
        ),
        _whole_user,
        ("log", "sign"),
    ),
    Recogniser("USER", re.compile(r"(?<![\w.@/])@[A-Za-z]\w{3,30}(?![\w@])"), hints=("@",)),
)
"""In the order in which they are tried."""
