"""Bare answers to a question for personal data: names, codes typed or said, dates, addresses, words that are secret."""

from __future__ import annotations

import re

from tagger.redaction.checks import digits_of, is_date
from tagger.redaction.everyday import is_everyday
from tagger.redaction.given_names import GIVEN_NAMES
from tagger.redaction.people import is_name_word, person_end
from tagger.redaction.recogniser import MASK, Hit
from tagger.redaction.spelled import LETTER, spelled_end
from tagger.redaction.spoken import DATE_WORDS, NUMBER_WORD, NUMBERS, digits_said
from tagger.redaction.words import NOT_NAMES

_I = re.IGNORECASE
LEAD_IN = re.compile(
    r"^\s*(?:(?:yes|yeah|yep|yup|sure|ok|okay|hi|hello|hey|it['’]?s|it is|it says|says|it should be|it would be|they"
    r" are|name|my (?:first |last |full )?name(?:['’]s| is)|this is|i['’]?m|i am|that is|that['’]?s|thats|that would be"
    r"|that will be|of course|well|so|right|alright|here(?: it is| you go)?|certainly|i do|i have it|got it|found it"
    r"|the (?:number|code|name|first one|last one|answer|password|user ?name|email)(?:"
    r" is|['’]s| on it is)?|like|you know"
    r"|oh(?! (?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)\b)"
    r"|hang on|hold on|one (?:sec|second|moment)|just a (?:sec|second|moment)"
    r"|let me (?:see|look|check|think|get it)"
    r"|i (?:think|believe|guess)|should be|must be|would be|is|and|no problem|ah|great|thanks|please|absolutely|try"
    r"|use)"
    r"(?:[\s,.:!…-]{1,5}|$)){0,7}",
    _I,
)
_TAIL = re.compile(
    r"(?:[\s,.!?;)-]+(?:i (?:think|believe|guess)|thanks?(?: you)?|please|sir|ma['’]?am|is fine|that['’]s it|if that"
    r" helps"
    r"|for you|is (?:the|my) (?:number|code|name|one)|in (?:capitals|caps)|all (?:lower ?case|one word)|again|ok|okay"
    r"|from memory|on file))?[\s.!?,;]*$",
    _I,
)
_TOKEN = re.compile(r"[^\s,;]{1,80}")
_PART = re.compile(r"[^,;\n]+")
_SEPARATORS = re.compile(r"[ ./–-]+")
_UNIT = rf"(?:{LETTER}|{NUMBER_WORD}|\d{{1,6}}|hundred|dash|hyphen|slash|dot|space|then|and)"
_SAID = re.compile(rf"{_UNIT}(?:[\s,.-]{{1,3}}{_UNIT}){{1,40}}", _I)
_MARKS = re.compile(r"\b(?:underscore|dot|dash|hyphen|capital)\b", _I)
_AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d{1,2})?|\d+[.,]\d{2}")
_EXPIRY = re.compile(r"(?:0?[1-9]|1[0-2]) ?[/.-] ?(?:20)?[2-4]\d")
_REFUSED = re.compile(
    r"\b(?:don['’]?t|do not|can['’]?t|cannot|not|no|why|what|which|where|how|never|forgot|forgotten|lost|know"
    r"|remember|have"
    r"|didn['’]?t|won['’]?t|need|want|sent|send|received|get|got|see|find|look|arrived|there|wait|you|your|me|we"
    r"|they)\b",
    _I,
)
_SECRET_WORDS = 4
_NAME_WORDS = 4
_CODE_WORDS = 8
_ADDRESS_WORDS = 16
_USER_WORDS = 8
_LONGEST = 200
_LONGEST_PART = 25
_NUMBERED = ("CARD", "ORDER", "ACCOUNT", "SECRET", "PHONE", "ID", "ADDRESS", "DOB")


def after_lead(text: str) -> int:
    """Where the answer begins behind `yes, it's`."""
    lead = LEAD_IN.match(text)
    return lead.end() if lead else 0


def body(text: str) -> tuple[int, int]:
    """From and to of what was answered, without what leads to it and what follows."""
    start = after_lead(text)
    tail = _TAIL.search(text, start)
    return start, max(start, tail.start() if tail else len(text))


def whole_answer(text: str, asked: frozenset[str]) -> list[Hit]:
    """An answer that is nothing but one code, date, user name or spelled word; what recognisers would see in part."""
    if len(text) > _LONGEST:
        return []
    start, end = body(text)
    said = text[start:end]
    if not said or MASK in said:
        return []
    if "NAME" in asked and spelled_end(text, start) >= end > start:
        return [Hit("NAME", start, end)]
    if "DOB" in asked and _is_birth(said):
        return [Hit("DOB", start, end)]
    if "ADDRESS" in asked and "NAME" not in asked and _is_one_address(said):
        return [Hit("ADDRESS", start, end)]
    kind = _typed_kind(said, asked) or _said_kind(said, asked)
    if kind is None and "USER" in asked and _is_user(said):
        kind = "USER"
    return [Hit(kind, start, end)] if kind else []


def _is_one_address(said: str) -> bool:
    """An answer that is one address, and nothing else that has digits."""
    words = said.split()
    return len(words) > 2 and "@" not in said and len(digits_of(said)) < 12 and _is_address(said, said, words)


def _is_birth(said: str) -> bool:
    words = re.findall(r"[a-z]+|\d+", said.lower())
    return 1 < len(words) <= 9 and all(word.isdigit() or DATE_WORDS.fullmatch(word) for word in words)


def _typed_kind(said: str, asked: frozenset[str]) -> str | None:
    digits, letters = len(digits_of(said)), sum(character.isalpha() for character in said)
    if "CARD" in asked and _EXPIRY.fullmatch(said):
        return "CARD"
    several = "USER" in asked and " " in said
    if several or not all(_is_code_part(part) for part in _SEPARATORS.split(said.lstrip("#"))):
        return None
    if is_date(said) and "ACCOUNT" not in asked:
        return None
    if _AMOUNT.fullmatch(said) and not said.isdigit():
        return None
    least = 3 if asked & {"SECRET"} else 4
    if digits < least and not (letters and digits >= 2 and digits + letters >= 5):
        return None
    return _kind(digits, asked)


def _is_code_part(part: str) -> bool:
    """A part of a typed code: digits, with letters or without, or a few letters."""
    if not part.isalnum() or re.search(r"[a-z]{4}", part):
        return False
    return len(part) <= _LONGEST_PART and (any(c.isdigit() for c in part) or len(part) <= (6 if part.isupper() else 3))


def _said_kind(said: str, asked: frozenset[str]) -> str | None:
    if not _SAID.fullmatch(said):
        return None
    count, _ = digits_said(said)
    return _kind(count, asked) if count >= (3 if asked & {"SECRET", "CARD", "ACCOUNT"} else 4) else None


def _kind(digits: int, asked: frozenset[str]) -> str | None:
    """What a code of so many digits is, of the kinds that were asked for."""
    if "PHONE" in asked and 10 <= digits <= 12:
        return "PHONE"
    return next((kind for kind in _NUMBERED if kind in asked and kind not in ("DOB",)), None)


def _is_user(said: str) -> bool:
    words = said.split()
    if len(words) == 1:
        return len(said) > 3 and "@" not in said and not is_everyday(said.strip("\"'“”"))
    whole = len(words) <= _USER_WORDS and all(re.fullmatch(r"[\w'-]{1,30}", word) for word in words)
    return whole and not _REFUSED.search(said) and (_MARKS.search(said) is not None or NUMBERS.search(said) is not None)


def answers(text: str, asked: frozenset[str], *, names_only: bool = False) -> list[Hit]:
    """The personal data in a short answer; long turns tell a story and are left to the recognisers."""
    if len(text) > _LONGEST:
        return []
    start, end = body(text)
    tokens = [Hit("", *match.span()) for match in _TOKEN.finditer(text, start)]
    words = [text[token.start : token.end].rstrip(".!?") for token in tokens]
    names = _named_parts(text, start) if "NAME" in asked else []
    if names or names_only or not words:
        return names
    if "SECRET" in asked and _is_secret(text[start:end]):
        return [Hit("SECRET", start, end)]
    if "ADDRESS" in asked and _is_address(text, text[start:end], words):
        return [Hit("ADDRESS", start, len(text.rstrip()))]
    kinds = [_code_kind(word, asked) if len(words) <= _CODE_WORDS else None for word in words]
    return [
        Hit(kind, token.start, token.start + len(word))
        for kind, token, word in zip(kinds, tokens, words, strict=True)
        if kind
    ]


def _is_secret(said: str) -> bool:
    """A few words that refuse nothing: the answer to a security question, or a password."""
    words = said.split()
    if not 1 <= len(words) <= _SECRET_WORDS or MASK in said or _REFUSED.search(said) or len(said) < 3:
        return False
    fits = all(word.strip("\"'“”.").replace("'", "").replace("’", "").replace("-", "").isalnum() for word in words)
    return fits and not all(word.strip(".,").lower() in NOT_NAMES for word in words)


def _is_address(text: str, whole: str, words: list[str]) -> bool:
    fits = 2 <= len(words) <= _ADDRESS_WORDS and MASK not in text and not is_date(whole)
    return fits and bool(digits_of(whole) or NUMBERS.search(whole)) and not re.search(r"\?|\b(?:why|when)\b", whole, _I)


def _named_parts(text: str, start: int) -> list[Hit]:
    """The parts of an answer, with commas between them, that can be a name."""
    found = []
    for part in _PART.finditer(text, start):
        at = part.start() + len(part[0]) - len(part[0].lstrip())
        value = part[0].strip().rstrip(".!?")
        if value and _is_name(value.split()):
            found.append(Hit("NAME", at, at + len(value)))
        elif value.split(maxsplit=1)[:1] and value.split()[0].lower() in GIVEN_NAMES:
            found.append(Hit("NAME", at, person_end(text, at, sure=True)))
    return found


def _is_name(words: list[str]) -> bool:
    letters = all(word.replace("'", "").replace("-", "").replace("’", "").replace(".", "").isalpha() for word in words)
    named = all(is_name_word(word) or len(word.rstrip(".")) == 1 for word in words)
    return letters and len(words) <= _NAME_WORDS and named and any(len(word) > 1 for word in words)


def _code_kind(word: str, asked: frozenset[str]) -> str | None:
    """What a single token of an answer is: a code with digits, or capitals in a row; None for plain words and dates."""
    digits = len(digits_of(word))
    letters = sum(character.isalpha() for character in word)
    bare = word.lstrip("#")
    if is_date(word):
        return "DOB" if "DOB" in asked else None
    short = len(bare) < 4 or digits + letters < 4
    if MASK in word or word.startswith(("$", "£", "€")) or (short and not ("SECRET" in asked and digits == 3)):
        return None
    if "USER" in asked and len(bare) > 4 and ("_" in bare or "." in bare or digits):
        return "USER"
    return next((kind for kind in _fitting(bare, digits, letters) if kind in asked), None)


def _fitting(bare: str, digits: int, letters: int) -> tuple[str, ...]:
    """The kinds that a token of so many digits and letters may be, the likeliest first."""
    if digits and letters:
        return ("ORDER", "ACCOUNT", "SECRET", "ID", "ADDRESS") if len(bare) > 4 else ()
    if digits:
        return ("CARD", "ORDER", "ACCOUNT", "SECRET", "PHONE", "ID", "ADDRESS", "DOB")
    return ("ORDER", "ACCOUNT") if bare.isupper() and len(bare) >= 8 else ()
