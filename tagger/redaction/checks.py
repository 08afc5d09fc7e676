"""What a pattern alone cannot tell: check digits, dates, and which kind of number the words before it announce."""

from __future__ import annotations

import re
from itertools import pairwise

from tagger.redaction.recogniser import Hit
from tagger.redaction.wording import words
from tagger.redaction.words import NOT_FAMILY

_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])"
    r"|\d{1,2}[-./]\d{1,2}[-./](?:\d{2}|(?:19|20)\d\d)"
)
_COMPACT_DATE = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01]){2}(?:19|20)\d\d"
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:[ -]{1,2}(?:19|20)\d\d)*")
_CUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        ("SECRET", r"pins?|otp|passcode|cvv|cvc|(?:security|verification|one[- ]time|access|confirmation) code|code"),
        (
            "ID",
            r"ssn|social(?: security)?|passport|licen[cs]e|aadhaa?r|national (?:id|insurance)|tax (?:file|id)"
            r"|n ?h ?s|medicare|s ?s ?n",
        ),
        ("DOB", r"birth(?:day|date)?|d ?o ?b|born"),
        ("ADDRESS", r"zip(?: ?code)?|post(?:al)? ?codes?|eircode|house number|plz"),
        ("CARD", r"cards?|visa|mastercard|amex|long number"),
        (
            "PHONE",
            r"phone|mobile|cell|telephone|tel|call(?:back|ing)?|text|whatsapp|reach|fax|my number|contact n(?:umber|o)"
            r"|landline|number to|ring",
        ),
        (
            "ORDER",
            r"orders?|invoice|tracking|booking|reservation|confirmation|reference|ref|ticket|case|shipment|pnr"
            r"|claim|policy|parcel|rma|quote|incident|return",
        ),
        (
            "ACCOUNT",
            r"accounts?|acct|acc|a/c|member(?:ship)?|customer|routing|s(?:ort code|/c)|iban|user|loyalty|contract",
        ),
    )
)
_CARD_WORDS = re.compile(
    r"\b(?:cards?|visa|mastercard|amex|cv[cv]2?|debit|credit|security code)\b|\ue000", re.IGNORECASE
)
_SIZE = re.compile(r"\d ?x ?\d", re.IGNORECASE)
_MONEY = frozenset(
    words("usd eur gbp inr rs aud cad nzd chf sek nok dkk pln rub jpy cny zar brl mxn try aed sgd hkd eu us cost pay")
)
_MONTHS = frozenset(words("jan feb mar apr may jun june july jul aug sep sept oct nov dec"))
_CALLS = ("phone", "mobile", "cell")
NO_AMOUNT = (
    r"(?![\w-]|[.,:/]\d|\s?(?:dollars?|usd|eur|euros?|pounds?|rs|rupees|bucks|points|miles|items?|units?|times|%))"
)
"""What may not stand behind a number that is a reference."""
_FURTHER = re.compile(rf"(?:[ -]\d{{3,12}}){{1,5}}{NO_AMOUNT}", re.IGNORECASE)
_CALLED = re.compile(rf"(?:[ ().-]{{1,2}}\d{{1,12}}){{1,6}}{NO_AMOUNT}", re.IGNORECASE)
_STANDARDS = frozenset(words("iso en iec din ansi rfc cve err sku ean"))
_HEADS = frozenset(words("case order ticket claim policy booking account invoice"))
"""Words that a reference may begin with."""
_MINGLED = 3
_CUE_REACH = 45
"""Characters before a number in which a word may say what it is."""

IBAN_LENGTHS = {
    **dict(AD=24, AE=23, AT=20, BE=16, BG=22, CH=21, CY=28, CZ=24, DE=22, DK=18, EE=20, ES=24, FI=18, FR=27, GB=22),
    **dict(GR=27, HR=21, HU=28, IE=22, IL=23, IS=26, IT=27, LI=21, LT=20, LU=20, LV=21, MC=27, MT=31, NL=18, NO=15),
    **dict(PL=28, PT=25, RO=24, RS=22, SA=24, SE=24, SI=19, SK=24, SM=27, TR=26),
}


def luhn(digits: str) -> bool:
    """True when the last digit is the right check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def check_iban(match: re.Match[str]) -> Hit | None:
    """An account number of its country's length whose remainder by 97 is 1 (ISO 13616)."""
    text = match[0]
    length = IBAN_LENGTHS.get(text[:2].upper())
    taken = [i for i, character in enumerate(text) if character not in " -"]
    if length is None or len(taken) < length:
        return None
    compact = "".join(text[i] for i in taken[:length]).upper()
    if not compact.isascii() or int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 != 1:
        return None
    return Hit("IBAN", match.start(), match.start() + taken[length - 1] + 1)


def check_card(match: re.Match[str]) -> Hit | None:
    """A card number: 13 to 19 digits with the right check digit, or announced as a card."""
    digits = digits_of(match[0])
    if not (luhn(digits) and len(set(digits)) > 1) and announced(match.string, match.start()) != "CARD":
        return None
    return Hit("CARD", *match.span())


def check_expiry(match: re.Match[str]) -> Hit | None:
    """The month a card ends: `exp`, `expiry date` say so; what merely `expires` must be a card by the words around."""
    cue = match[0].lower()
    around = match.string[max(0, match.start() - 60) : match.end() + 30]
    card = _CARD_WORDS.search(around) is not None
    told = card or cue.startswith(("exp ", "exp.", "exp:", "expiry", "expiration", "valid thru"))
    return Hit("CARD", *match.span("v")) if told else None


def check_number(match: re.Match[str]) -> Hit | None:
    """A run of seven or more digits, with or without separators: its kind, or None for dates, years and lists."""
    text = match[0]
    digits = digits_of(text)
    kind = announced(match.string, match.start())
    first = re.split(r"[ ().-]", text, maxsplit=1)[0]
    if kind is None and len(first) == 8 and _COMPACT_DATE.fullmatch(first):
        return None
    if _only_dates(text) or _YEARS.fullmatch(text) or (kind != "DOB" and _COMPACT_DATE.fullmatch(text)):
        return None
    if kind in ("SECRET", "DOB") and len(digits) > 10:
        kind = "ACCOUNT"
    kind = kind or _kind_by_shape(text, digits)
    return Hit(kind, *match.span()) if kind else None


def check_code(match: re.Match[str]) -> Hit | None:
    """A reference of letters and digits after the word that announces it, such as `order number A-2231`."""
    value, cue = match["v"], match["cue"].lower()
    digits = len(digits_of(value))
    explicit = any(character.isalpha() or character in ":=#" for character in match["link"])
    letters = any(character.isalpha() for character in value)
    if " " in value and (digits < (2 if explicit else 3) or value.split()[0].lower() in NOT_FAMILY):
        return None
    enough = digits >= (4 if explicit else 5) or (letters and len(value) >= 5 and digits >= (1 if explicit else 2))
    day = cue != "sort code" and _DATE.match(value)  # sort codes are written like dates: 20-45-77
    if not enough or day or (digits == 4 and _YEARS.fullmatch(value)):
        return None
    end = match.end("v")
    if value.isdigit():  # `phone 07700 900364`: what was announced goes on behind the space
        more = (_CALLED if cue in _CALLS else _FURTHER).match(match.string, end)
        end = more.end() if more else end
    return Hit(announced(cue, len(cue)) or "ACCOUNT", match.start("v"), end)


def check_spaced_code(match: re.Match[str]) -> Hit | None:
    """Letters and digits typed one by one (`a 4 g 4 f 3`): at least two of each."""
    text = match[0]
    if len(digits_of(text)) < 2 or sum(character.isalpha() for character in text) < 2 or _SIZE.search(text):
        return None
    return Hit(announced(match.string, match.start()) or "ORDER", *match.span())


def announced(text: str, start: int) -> str | None:
    """The kind that the nearest cue word before `start` announces, if one stands near."""
    before = text[max(0, start - _CUE_REACH) : start]
    last, found = -1, None
    for kind, pattern in _CUES:
        for match in pattern.finditer(before):
            if match.end() > last:
                last, found = match.end(), kind
    return found


def digits_of(text: str) -> str:
    """The ASCII digits of a text."""
    return "".join(character for character in text if "0" <= character <= "9")


def is_date(text: str) -> bool:
    """True for a calendar date written in digits."""
    return _DATE.fullmatch(text.strip()) is not None


def is_day(text: str) -> bool:
    """True for a date in digits, with signs between them or none, and for a year."""
    return is_date(text) or _COMPACT_DATE.fullmatch(text) is not None or _YEARS.fullmatch(text) is not None


def _only_dates(text: str) -> bool:
    """Whether a date stands in it and nothing but dates: `07.58.60.93.77` is a phone."""
    return _DATE.search(text) is not None and not digits_of(_DATE.sub("", text))


def _kind_by_shape(text: str, digits: str) -> str | None:
    groups = [len(group) for group in re.findall(r"\d+", text)]
    if len(groups) == 1:
        round_sum = digits.endswith("000") and len(digits) < 9
        return "PHONE" if text.startswith("+") else None if round_sum else "ACCOUNT"
    if all(size == 1 for size in groups):
        return "ACCOUNT"
    if text.startswith(("+", "(")) or groups in (
        [2] * 5,
        [3, 3, 4],
        [1, 3, 3, 4],
        [5, 5],
        [5, 6],
        [4, 3, 3],
        [4, 3, 4],
    ):
        return "PHONE"
    if groups == [3, 4] and text[3] in "-.":
        return "PHONE"
    if digits.startswith("0") and 9 <= len(digits) <= 15:
        return "PHONE"
    return "ACCOUNT" if len(digits) >= 11 and max(groups) >= 3 else None


def check_reference(match: re.Match[str]) -> Hit | None:
    """A few letters and a long number (`ghc 456235645`): a policy or an order; not where they are a word or money."""
    letters = (match["letters"] or "").lower()
    if letters in NOT_FAMILY or letters in _MONEY or letters in _MONTHS or letters in _STANDARDS:
        return None
    return Hit(announced(match.string, match.start()) or "ORDER", *match.span())


def check_bare_code(match: re.Match[str]) -> Hit | None:
    """Capitals and digits in one token without a cue; eight of them, letters first, are a model of some machine too."""
    plain = re.fullmatch(r"[A-Z]+\d+", match[0]) is not None
    return Hit("ACCOUNT", *match.span()) if len(match[0]) > 8 or not plain else None


def check_parted(match: re.Match[str]) -> Hit | None:
    """A reference in parts (`CASE-2026-00981`, `BQ/3836/44`), or a letter and a long number; no dates and models."""
    text = match[0]
    head = re.split(r"[/-]", text, maxsplit=1)[0].lower()
    if (
        len(digits_of(text)) < 5
        or head in _MONEY
        or head in _MONTHS
        or head in _STANDARDS
        or head in NOT_FAMILY - _HEADS
    ):
        return None
    return Hit(announced(match.string, match.start()) or "ORDER", *match.span())


def check_mingled(match: re.Match[str]) -> Hit | None:
    """A record locator such as `XK4T9Q`: letters and digits that change places three times at least; no 2x4x6."""
    kinds = [character.isdigit() for character in match[0]]
    changes = sum(one != other for one, other in pairwise(kinds))
    letters = {character for character in match[0].lower() if character.isalpha()}
    if changes < _MINGLED or letters == {"x"} or match[0][:2].lower() == "0x":
        return None
    return Hit(announced(match.string, match.start()) or "ORDER", *match.span())
