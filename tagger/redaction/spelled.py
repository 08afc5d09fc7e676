"""Words spelled letter by letter: `s m i t h`, `S-M-I-T-H`, `s as in sam`, `sierra mike india`."""

from __future__ import annotations

import re

from tagger.redaction.recogniser import Hit, Recogniser
from tagger.redaction.wording import words

_I = re.IGNORECASE
SPELLERS = words(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey whisky xray x-ray yankee zulu"
)
"""The spelling alphabet of pilots, which call centres use."""
AS_IN = r"(?:,? (?:as in|for|like|as) (?:the |a )?[a-z]{2,12})"
"""What people put behind a letter so that it is understood."""
LETTER = rf"(?:[a-z]{AS_IN}|{'|'.join(SPELLERS)}|(?:capital |double )?[a-z](?![a-z'’]))"
_SEPARATOR = r"(?:[\s,.-]{1,3}(?:(?:and|then) )?)"
_LETTERS = re.compile(rf"(?<![\w'’@&.-]){LETTER}(?:{_SEPARATOR}{LETTER}){{1,30}}(?![\w'’@&])", _I)
_UNIT = re.compile(LETTER, _I)
_ABBREVIATIONS = frozenset(
    words("hsbc rsvp ymca hdmi asap usps uspsa html https nhs ssn dob pin atm usb dvd vpn gps sms ips isp bbc cnn ibm")
)
_NAMED = re.compile(
    r"\b(?:name|surname|spell(?:ed|ing|s|t)?|spelt|that['’]?s|thats|called|is it|letters?)\b[\w ,'’:-]{0,25}$", _I
)
_SURE_LETTERS = 5
_ANNOUNCED_LETTERS = 3


def _spelled(match: re.Match[str]) -> Hit | None:
    """A name that is spelled: announced, or so long that no abbreviation is."""
    units = [unit[0].lower() for unit in _UNIT.finditer(match[0])]
    plain = "".join(unit for unit in units if len(unit) == 1)
    if plain in _ABBREVIATIONS or (plain and set(plain) <= {"a", "i", "o"}):
        return None
    worded = sum(len(unit) > 1 for unit in units)
    announced = _NAMED.search(match.string, max(0, match.start() - 45), match.start()) is not None
    enough = _ANNOUNCED_LETTERS if announced or worded * 2 > len(units) else _SURE_LETTERS
    return Hit("NAME", *match.span()) if len(units) >= enough else None


SPELLED: tuple[Recogniser, ...] = (Recogniser("NAME", _LETTERS, _spelled),)
"""Behind codes with digits in them, before the names that a list knows."""


def spelled_end(text: str, start: int) -> int:
    """Where a spelled word that begins at `start` ends; `start` where fewer than two letters stand there."""
    match = _LETTERS.match(text, start)
    return match.end() if match else start
