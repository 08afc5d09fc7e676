"""What only the whole contact tells: answers to a question for personal data, and what is said again later."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tagger.model import Turn
from tagger.redaction.checks import digits_of, is_date, is_day
from tagger.redaction.lists import EVERYWHERE, Rules
from tagger.redaction.marking import MAX_PASSES, Marking, find_all
from tagger.redaction.names import is_name_word
from tagger.redaction.recogniser import MASK, Hit
from tagger.redaction.repeats import mark_repeats
from tagger.redaction.spoken import NUMBERS
from tagger.redaction.words import NOT_FAMILY

REPLY_REACH = 4
"""Turns after a question in which a short turn of the customer is taken as its answer."""

_NOT_CODE = r"(?<!zip )(?<!post )(?<!postal )(?<!error )(?<!promo )(?<!area )(?<!discount )(?<!voucher )(?<!sort )"
_ASKS = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        ("NAME", r"names?|who am i (?:speaking|talking|chatting)|whom? (?:do|have) i"),
        ("ADDRESS", r"(?<!e-mail )(?<!email )address|zip(?: ?code)?|postal code|post ?code|where do you live"),
        ("USER", r"user ?names?|user ?id|login"),
        (
            "ORDER",
            r"order (?:id|number|no)|booking|reservation|confirmation (?:number|code)|tracking|reference|ticket number"
            r"|case number|claim number|policy number|invoice number",
        ),
        ("CARD", r"card number|number on the (?:card|front)|long number|16 digits?|sixteen digits?|card details"),
        ("ACCOUNT", r"account|acct|member(?:ship)? (?:id|number)|customer (?:id|number)|routing|\bid\b|iban"),
        (
            "PHONE",
            r"phone|mobile|(?:contact|callback|best|good|call back) number|number (?:can|should|do) (?:we|i)|cell",
        ),
        (
            "SECRET",
            rf"pin|password|passcode|security|{_NOT_CODE}code|otp|maiden|memorable|cvv|(?:digits|numbers) on the back",
        ),
        ("DOB", r"birth(?:day|date)?|dob|born"),
        ("ID", r"ssn|social|passport|licen[cs]e|national (?:id|insurance)"),
    )
)
_REQUEST = re.compile(
    r"\?|\b(?:may i|can i|could i|could you|can you|would you|please|provide|give|need|what(?:'s| is| are)|tell|share"
    r"|verify|confirm|enter|type|do you have|who am i|and (?:the|your)|whenever you)\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^\s*(?:(?:yes|yeah|yep|yup|sure|ok|okay|hi|hello|it'?s|it is|it says|it should be|it would be|they are|name"
    r"|my name is"
    r"|that is|that'?s|that would be|of course|well|so|right|alright|here(?: it is| you go)?|certainly|i do|i have it"
    r"|the (?:number|code|name) is|like|you know|oh)[\s,.:!-]{1,3}){0,4}",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\s,;]{1,80}")
_PART = re.compile(r"[^,;\n]+")
_PLAIN_CODE = re.compile(
    r"#?\d(?:[ -]?\d){3,20}|[A-Za-z]{1,4} ?\d{3,12}|(?=[A-Z]{0,11}\d)(?=\d{0,11}[A-Z])[A-Z0-9]{6,12}"
    r"|[a-z]{1,3} \d{1,4} [a-z]{1,3} \d{1,4}(?: [a-z]{1,3})?(?: \d{1,3})?|\d{1,4} [a-z]{1,3} \d{1,4} [a-z]{1,3}",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:[,;]|\band\b|&)\s*|(?<=\ue000)\s+|\s+(?=\ue000)")
_TOWN = re.compile(r"(?P<town>[A-Za-z]{3,15}(?: [A-Za-z]{2,15}){0,2})(?: and)? (?P<v>\d{5,6})")
_GUESSED = ("ACCOUNT", "PHONE", "ORDER")
_NAME_TURN_WORDS = 4
_CODE_TURN_WORDS = 8
_ADDRESS_TURN_WORDS = 14


def mark_turns(turns: Sequence[Turn], rules: Rules = EVERYWHERE) -> list[Marking]:
    """Every turn with its findings, until another look at all of them finds nothing more."""
    markings = [Marking(turn.text, rules) for turn in turns]
    _mark_replies(turns, markings, names_only=True)  # before a part of a full name is taken by itself
    stale = set(range(len(turns)))  # a turn that did not change shows nothing new to the recognisers
    for _ in range(MAX_PASSES):
        stale = {i for i in stale if markings[i].add(find_all(markings[i].work))}
        stale |= _mark_replies(turns, markings)
        stale |= mark_repeats(markings)
        if not stale:
            break
    return markings


def _mark_replies(turns: Sequence[Turn], markings: Sequence[Marking], *, names_only: bool = False) -> set[int]:
    asked: frozenset[str] = frozenset()
    age, found = 0, set()
    alone = all(turn.speaker == "customer" for turn in turns)
    for i, (turn, marking) in enumerate(zip(turns, markings, strict=True)):
        if turn.speaker == "customer":
            if asked and age < REPLY_REACH:
                if marking.add(_answers(marking.work, asked & {"NAME"} if names_only else asked)):
                    found.add(i)
                _name_by_question(marking, asked)
            if alone and len(turns) > 1 and not names_only and marking.add(_lone_codes(marking.work)):
                found.add(i)
        elif kinds := _asked(marking.work):
            asked, age = kinds, 0
        elif turn.speaker == "agent" and "?" in marking.work:
            asked = frozenset()  # the talk has moved on
        age += 1
    return found


def _lone_codes(text: str) -> list[Hit]:
    """Codes in a turn of codes only, no dates, years and prices: answers to a question that is not on record."""
    if len(text) > 60:
        return []
    start = _after_lead(text)
    rest = text[start:].rstrip(" .!")
    if town := _TOWN.fullmatch(rest):
        known = any(word in NOT_FAMILY for word in town["town"].lower().split())
        return [] if known else [Hit("ADDRESS", start + town.start("v"), start + town.end("v"))]
    hits, at = [], start
    for part in _AND.split(rest):
        place = text.index(part, at)
        at = place + len(part)
        if part == MASK or not part:
            continue
        if not _PLAIN_CODE.fullmatch(part) or is_day(part) or part.endswith("00") or _is_word(part):
            return []
        hits.append(Hit("ACCOUNT" if part.lstrip("#")[0].isdigit() else "ORDER", place, at))
    return hits


def _is_word(part: str) -> bool:
    return part.split(maxsplit=1)[0].lower() in NOT_FAMILY


def _name_by_question(marking: Marking, asked: frozenset[str]) -> None:
    """A number whose kind was only guessed is of the kind that was asked for, where one thing was."""
    wanted = [kind for kind in asked if kind != "NAME"]
    if len(wanted) == 1 and len(marking.work) < 60 and wanted[0] not in ("ADDRESS", "DOB", "USER"):
        for kind in _GUESSED:
            marking.retype(kind, wanted[0])


def _asked(text: str) -> frozenset[str]:
    if len(text) > 2000 or not _REQUEST.search(text):
        return frozenset()
    return frozenset(kind for kind, pattern in _ASKS if pattern.search(text))


def _after_lead(text: str) -> int:
    lead = _LEAD_IN.match(text)
    return lead.end() if lead else 0


def _answers(text: str, asked: frozenset[str]) -> list[Hit]:
    """The personal data in a short answer; long turns tell a story and are left to the recognisers."""
    start = _after_lead(text)
    tokens = [Hit("", *match.span()) for match in _TOKEN.finditer(text, start)]
    words = [text[token.start : token.end].rstrip(".!?") for token in tokens]
    if not words or len(text) > 200:
        return []
    if "NAME" in asked and (names := _named_parts(text, start)):
        return names
    if "SECRET" in asked and len(words) <= 3 and _is_name(words):
        return [Hit("SECRET", tokens[0].start, tokens[-1].start + len(words[-1]))]
    if "ADDRESS" in asked and _is_address(text, text[start:].strip(), words):
        return [Hit("ADDRESS", start, len(text.rstrip()))]
    kinds = [_code_kind(word, asked) if len(words) <= _CODE_TURN_WORDS else None for word in words]
    return [
        Hit(kind, token.start, token.start + len(word))
        for kind, token, word in zip(kinds, tokens, words, strict=True)
        if kind
    ]


def _is_address(text: str, whole: str, words: list[str]) -> bool:
    fits = 3 <= len(words) <= _ADDRESS_TURN_WORDS and MASK not in text and not is_date(whole)
    return fits and bool(digits_of(whole) or NUMBERS.search(whole))


def _named_parts(text: str, start: int) -> list[Hit]:
    """The parts of an answer, with commas between them, that can be a name."""
    found = []
    for part in _PART.finditer(text, start):
        value = part[0].strip().rstrip(".!?")
        if value and _is_name(value.split()):
            at = text.index(value, part.start())
            found.append(Hit("NAME", at, at + len(value)))
    return found


def _is_name(words: list[str]) -> bool:
    letters = all(word.replace("'", "").replace("-", "").replace("’", "").isalpha() for word in words)
    return letters and len(words) <= _NAME_TURN_WORDS and all(is_name_word(word) or len(word) == 1 for word in words)


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
