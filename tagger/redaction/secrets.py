"""Passwords, one-time codes, answers to security questions, user names and links with keys in them."""

from __future__ import annotations

import re

from tagger.redaction.checks import digits_of
from tagger.redaction.phrases import NO_VALUE, check_one_time_code, check_secret
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
        " wrong correct incorrect invalid required expired yes too case very still only really already also almost"
        " about"
        " longer shorter long short weak strong fine good bad ok okay right blank empty missing unknown there here gone"
        " because what why where how who on under with without within between than as like at least supposed meant"
        " different simple easy hard secure unsafe public private temporary permanent the same old new stuck down"
    )
)


_STATES = ("ed", "ing", "ble", "ous")
"""Endings of what a password is said to be: `blocked`, `not working`, `unacceptable`."""
_FURTHER = re.compile(
    r"(?P<more>(?: (?!(?:and|but|so|then|or|for|on|if|because|which|that|when|thanks|please|it|i|is|still|to|in|with"
    r"|not"
    r"|all|now|as|at|since|my|the)\b)[\w'-]{2,20}){1,4})(?=\s*$|[.,;!?\n]| (?:and|but|so|then|or|for|on|if|because"
    r"|which"
    r"|that|when|thanks|please|it|i|all|now|as|with|my|the)\b)",
    _I,
)


def _check_chosen(match: re.Match[str]) -> Hit | None:
    """What a password is or was changed to: a word, or a few up to the end of the clause, that say nothing of it."""
    value = match["v"].rstrip(".,!?)")
    lowered = value.lower()
    if len(value) < 3 or lowered in _NO_WORD or lowered in NO_VALUE or (value.isalpha() and lowered.endswith(_STATES)):
        return None
    further = _FURTHER.match(match.string, match.start("v") + len(value)) if len(value) == len(match["v"]) else None
    end = further.end("more") if further and further["more"] else match.start("v") + len(value)
    return Hit("SECRET", match.start("v"), end)


def _check_used(match: re.Match[str]) -> Hit | None:
    """`I use blue horse seven as password`: one to four words."""
    words = match["v"].split()
    told = all(word.lower().strip("\"'“”") in _NO_WORD | NO_VALUE for word in words)
    return None if told or words[0].lower() in _NO_WORD else Hit("SECRET", *match.span("v"))


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
            r"\b(?:(?:security|secret|memorable|safe|pass|verbal) ?(?:word|phrase|answer|place|name|code)|maiden name"
            r"|(?:first|childhood) (?:pet|school|car|teacher)(?:['’]s name)?|pet['’]s name|mother['’]s name)"
            r"(?: (?:on|for|of) (?:the|my|this|your|our) [a-z]{2,12})?(?: (?:is|was)|\s?[:=])(?: set to| called|"
            r" named| just| simply| always)? "
            r"[\"'“]?(?P<v>[^\s\ue000\"'”,;]{3,40})",
            _I,
        ),
        _check_chosen,
        ("word", "phrase", "answer", "maiden", "pass", "secret", "security", "pet", "first ", "childhood", "mother"),
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
            r"(?<![\w-])(?P<v>(?:[A-Z]{1,3}-)?\d(?:[ -]?\d){3,7}) (?:is|as) (?:your|my|the) (?:\w{1,12} ){0,3}"
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
        re.compile(
            r"\b(?:us(?:e|ed|ing)|typed?|entered|enter|put in|tried|try|have|chose) [\"'“]?(?P<v>[^\s\ue000,;:]{2,30}"
            r"(?: [^\s\ue000,;:]{2,20}){0,3}?)[\"'”]? (?:as|for) (?:my |the |a |our )?(?:new |old |wifi )?"
            r"(?:pass ?(?:word|code|phrase)|pin|security word)\b",
            _I,
        ),
        _check_used,
        ("pass", "pin", "security"),
    ),
    Recogniser("SECRET", re.compile(r"(?<![\w-])G-\d{6}(?![\w-])"), hints=("g-",)),
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
