"""Numbers, references, dates, mailboxes and passwords as people say them, and as a transcript of speech writes them."""

from __future__ import annotations

import re

from tagger.redaction.checks import announced
from tagger.redaction.recogniser import Hit, Recogniser

_I = re.IGNORECASE
_ONES = r"zero|oh|nought|naught|one|two|three|four|five|six|seven|eight|nine"
_TEENS = r"ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
NUMBER_WORD = rf"(?:{_ONES}|{_TEENS}|{_TENS}|double|triple|treble)"
NUMBERS = re.compile(rf"\b{NUMBER_WORD}\b", re.IGNORECASE)
_ONE, _TEEN, _TEN = (frozenset(words.split("|")) for words in (_ONES, _TEENS, _TENS))
_COUNTS = _ONE | _TEEN | _TEN | {"double", "triple", "treble"}
_GAP = r"[\s,.-]{1,3}"
_NUMBER = rf"(?:{NUMBER_WORD}|o|\d{{1,4}})"
_BETWEEN = rf"(?:(?:and(?:{_GAP}then)?|then|dash|hyphen|slash|space){_GAP})?"
_RUN = rf"(?:{NUMBER_WORD}|\d{{1,4}})(?:{_GAP}{_BETWEEN}{_NUMBER}){{2,40}}"
_WORD = re.compile(r"[a-z]+|\d+", _I)
_COUNTED = (
    r"(?!\w|[.,:/%]\d|\s?(?:%|dollars?|bucks|pounds?|euros?|cents?|pence|percent|per cent|hours?|minutes?|mins?"
    r"|seconds?"
    r"|days?|weeks?|months?|years?|times|miles|hundred|thousand|million|am\b|pm\b|o'?clock|points|gigs?|items?"
    r"|people)\b)"
)
_LINKED = re.compile(
    r"(?:\b(?:is|are|was|in|with|number|no|it'?s|digits|code|by|at|on|say|says|yes|yeah|okay|ok|sure|to)|[:#,.])\s*$",
    _I,
)
_SPELLERS = (
    "alpha|alfa|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliet|kilo|lima|mike|november|oscar|papa|quebec"
    "|romeo"
    "|sierra|tango|uniform|victor|whiskey|xray|x-ray|yankee|zulu"
)
_LETTER = rf"(?:[a-z](?:{_GAP}(?:as in|for|like){_GAP}[a-z]{{2,15}})?|{_SPELLERS})(?![a-z'’])"
_CODE = rf"(?:{_LETTER}|{_NUMBER})(?:{_GAP}(?:dash{_GAP})?(?:{_LETTER}|{_NUMBER})){{3,30}}"
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_ORDINAL = (
    r"(?:(?:twenty|thirty)[\s-])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
_DAY = rf"(?:{_ORDINAL}|\d{{1,2}}(?:\s?(?:st|nd|rd|th))?|(?:{_TENS})[\s-](?:{_ONES})|{_TEENS}|{_ONES})"
_YEAR = (
    rf"(?:(?:19|20)\d\d|['’]?\d\d|nineteen[\s-](?:hundred(?:\sand)?\s)?(?:(?:{_TENS})(?:[\s-](?:{_ONES}))?|{_TEENS}"
    rf"|oh[\s-](?:{_ONES}))|two thousand(?:(?:\sand)?\s(?:{_TEENS}|{_ONES}))?|twenty[\s-]oh[\s-](?:{_ONES})"
    rf"|(?:{_TENS})(?:[\s-](?:{_ONES}))?)"
)
_OF = r"[\s,.-]{1,2}(?:of\s)?"
LONG_DATE = rf"(?:(?:the\s)?{_DAY}{_OF}{_MONTHS}\.?{_OF}{_YEAR}|{_MONTHS}\.?\s(?:the\s)?{_DAY}{_OF}{_YEAR})"
"""A day with its month by name and its year, in digits or as said."""

DATE_WORDS = re.compile(
    rf"{_MONTHS}|{_ORDINAL}|{NUMBER_WORD}|the|of|and|hundred|thousand|thirtieth|st|nd|rd|th|in|on", _I
)
"""Words that a date is said in."""

_BORN = re.compile(r"\b(?:born|birth(?:day|date)?|d\.?\s?o\.?\s?b\.?|geb(?:oren)?|n[ée]e?|nacid[oa]|nat[oa])\b", _I)
_OLD = re.compile(r"(?:^|\D)(?:19[2-9]\d|200[0-6])(?:\D|$)|\bnineteen[\s-]", _I)
"""A full date in one of these years mostly is somebody's birth: what is complained about is recent."""
_PERIOD = re.compile(r"\b(?:up to|until|till|since|before|after|between|from|ending|through|and) $", re.IGNORECASE)
"""Words that make of a date an end of some period."""
_SIGNS = (
    r"(?:exclamation (?:mark|point)|question mark|hash(?:tag)?|dollar(?: sign)?|pound sign|percent(?: sign)?|underscore"
    r"|ampersand|asterisk|star|at sign|plus(?: sign)?|dash|hyphen|dot|full stop|period)"
)
_SAID_PART = rf"(?:(?:capital|uppercase|lowercase|upper case|lower case|all caps|small)\s\w{{1,20}}|{_SIGNS}|{_NUMBER})"


def digits_said(text: str) -> tuple[int, bool]:
    """How many digits the number words of a text make, and whether all were said one by one."""
    count, single, after_tens = 0, True, False
    for word in (match[0].lower() for match in _WORD.finditer(text)):
        if word.isdigit():
            count, after_tens = count + len(word), False
            single = single and len(word) == 1
        elif word in _TEEN or word in _TEN:
            count, single, after_tens = count + 2, False, word in _TEN
        elif word in ("double", "triple", "treble"):
            count, after_tens = count + (1 if word == "double" else 2), False
        elif word in _ONE or word == "o":
            count += 0 if after_tens and word not in ("zero", "oh", "o") else 1
            after_tens = False
    return count, single


def check_said(match: re.Match[str]) -> Hit | None:
    """Digits said in a row: announced, or so many that they count nothing; `twenty twenty three` is a year."""
    text = match.string
    count, single = digits_said(match[0])
    if not any(word[0].lower() in _ONE | _TEEN | _TEN for word in _WORD.finditer(match[0])):
        return None  # digits alone are for other recognisers
    kind = announced(text, match.start())
    linked = kind is not None and _LINKED.search(text, max(0, match.start() - 12), match.start()) is not None
    if not (
        count >= (4 if single else 7)
        or (linked and count >= (3 if kind == "SECRET" else 4))
        or (kind is not None and count >= 6)
    ):
        return None
    return Hit(kind or ("PHONE" if count in (10, 11) else "ACCOUNT"), *match.span())


def check_said_code(match: re.Match[str]) -> Hit | None:
    """Letters and digits said one by one; without a cue at least two telling letters and three digits."""
    start, end = match.span()
    words = [word[0].lower() for word in _WORD.finditer(match[0])]
    count, _ = digits_said(" ".join(word for word in words if word in _COUNTS or word.isdigit()))
    letters = sum(len(word) == 1 and word.isalpha() for word in words) + sum(
        word in _SPELLERS.split("|") for word in words
    )
    telling = any(word not in ("a", "i", "o") and (len(word) == 1 or word in _SPELLERS.split("|")) for word in words)
    kind = announced(match.string, start)
    if not telling or count < (2 if kind else 3) or letters < (1 if kind else 2):
        return None
    return Hit(kind or "ORDER", start, end)


def check_born(match: re.Match[str]) -> Hit | None:
    """A full date after a word of birth, or of a year in which the customers of today were born."""
    before = match.string[max(0, match.start() - 30) : match.start()]
    if _BORN.search(before):
        return Hit("DOB", *match.span())
    return Hit("DOB", *match.span()) if _OLD.search(match[0]) and not _PERIOD.search(before) else None


def _spaced(match: re.Match[str]) -> Hit | None:
    """Digits typed one by one: five, or four that a cue announces."""
    kind = announced(match.string, match.start())
    return Hit(kind or "ACCOUNT", *match.span()) if kind or len(match[0]) >= 9 else None


SAID_SECRETS: tuple[Recogniser, ...] = (
    Recogniser(
        "SECRET",
        re.compile(
            r"\b(?:pass ?word|pass ?code|pass ?phrase)(?:\s(?:is|was|to|it'?s|should be|that'?s)){1,2}\s"
            rf"(?P<v>(?:(?:it'?s\s)?\w{{1,20}}\s)?{_SAID_PART}(?:\s(?:{_SAID_PART}|[a-z](?!\w))){{1,25}})",
            _I,
        ),
        hints=("pass",),
    ),
)

SAID_DATES: tuple[Recogniser, ...] = (
    Recogniser(
        "DOB",
        re.compile(rf"(?<![\w-]){LONG_DATE}(?!\w|-\d)", _I),
        check_born,
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ),
)

SAID_NUMBERS: tuple[Recogniser, ...] = (
    Recogniser(
        "ORDER",
        re.compile(rf"(?<![\w'’-]){_CODE}(?![\w'’])", _I),
        check_said_code,
        ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple"),
    ),
    Recogniser(
        "ACCOUNT",
        re.compile(rf"(?<![\w$€£.-]){_RUN}{_COUNTED}", _I),
        check_said,
        (
            "zero",
            "oh",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "double",
            "triple",
            "ten",
        ),
    ),
    Recogniser("ACCOUNT", re.compile(r"(?<![\w$€£.-])\d(?: \d){3,20}(?!\w|[.,]\d)"), _spaced, ("0",)),
)
"""In the order in which they are tried."""
