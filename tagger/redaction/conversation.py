"""What only the whole contact tells: answers to a question for personal data, and what is said again later."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tagger.model import Turn
from tagger.redaction.checks import digits_of, is_date
from tagger.redaction.marking import MAX_PASSES, Marking, find_all
from tagger.redaction.names import is_name_word
from tagger.redaction.recogniser import MASK, Hit
from tagger.redaction.repeats import mark_repeats

REPLY_REACH = 4
"""Turns after a question in which a short turn of the customer is taken as its answer."""

_ASKS = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        ("NAME", r"names?"),
        ("ADDRESS", r"(?<!e-mail )(?<!email )address|zip(?: ?code)?|postal code|postcode"),
        ("USER", r"user ?names?|user ?id|login"),
        ("ORDER", r"order (?:id|number|no)|booking|reservation|confirmation (?:number|code)|tracking|reference"),
        ("ACCOUNT", r"account|acct|member(?:ship)? (?:id|number)|customer id|card number|routing|\bid\b"),
        ("PHONE", r"phone|mobile|contact number|cell"),
        ("SECRET", r"pin|password|passcode|security|verification code|otp|maiden"),
        ("DOB", r"birth|dob"),
        ("ID", r"ssn|social security|passport|licen[cs]e"),
    )
)
_REQUEST = re.compile(
    r"\?|\b(?:may i|can i|could i|could you|can you|would you|please|provide|give|need|what(?:'s| is)|tell|share"
    r"|verify|enter|type)\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^\s*(?:(?:yes|yeah|sure|ok|okay|hi|it'?s|it is|name|that is|of course)[\s,.:!-]{1,3}){0,3}", re.IGNORECASE
)
_TOKEN = re.compile(r"[^\s,;]{1,80}")
_NAME_TURN_WORDS = 4
_CODE_TURN_WORDS = 8
_ADDRESS_TURN_WORDS = 14


def mark_turns(turns: Sequence[Turn]) -> list[Marking]:
    """Every turn with its findings, until another look at all of them finds nothing more."""
    markings = [Marking(turn.text) for turn in turns]
    stale = set(range(len(turns)))  # a turn that did not change shows nothing new to the recognisers
    for _ in range(MAX_PASSES):
        stale = {i for i in stale if markings[i].add(find_all(markings[i].work))}
        stale |= _mark_replies(turns, markings)
        stale |= mark_repeats(markings)
        if not stale:
            break
    return markings


def _mark_replies(turns: Sequence[Turn], markings: Sequence[Marking]) -> set[int]:
    asked: frozenset[str] = frozenset()
    age, found = 0, set()
    for i, (turn, marking) in enumerate(zip(turns, markings, strict=True)):
        if turn.speaker == "customer":
            if asked and age < REPLY_REACH and marking.add(_answers(marking.work, asked)):
                found.add(i)
        elif kinds := _asked(marking.work):
            asked, age = kinds, 0
        elif turn.speaker == "agent" and "?" in marking.work:
            asked = frozenset()  # the talk has moved on
        age += 1
    return found


def _asked(text: str) -> frozenset[str]:
    if len(text) > 2000 or not _REQUEST.search(text):
        return frozenset()
    return frozenset(kind for kind, pattern in _ASKS if pattern.search(text))


def _answers(text: str, asked: frozenset[str]) -> list[Hit]:
    """The personal data in a short answer; long turns tell a story and are left to the recognisers."""
    if len(text) > 200:
        return []
    start = _LEAD_IN.match(text).end()  # type: ignore[union-attr]  # matches the empty string too
    tokens = [Hit("", *match.span()) for match in _TOKEN.finditer(text, start)]
    words = [text[token.start : token.end].rstrip(".!?") for token in tokens]
    if not words:
        return []
    if "NAME" in asked and _is_name(words):
        return [Hit("NAME", tokens[0].start, tokens[len(words) - 1].start + len(words[-1]))]
    whole = text[start:].strip()
    if (
        "ADDRESS" in asked
        and 3 <= len(words) <= _ADDRESS_TURN_WORDS
        and digits_of(whole)
        and not is_date(whole)
        and MASK not in text
    ):
        return [Hit("ADDRESS", start, len(text.rstrip()))]
    if len(words) > _CODE_TURN_WORDS:
        return []
    kinds = [_code_kind(word, asked) for word in words]
    return [
        Hit(kind, token.start, token.start + len(word))
        for kind, token, word in zip(kinds, tokens, words, strict=True)
        if kind
    ]


def _is_name(words: list[str]) -> bool:
    letters = all(word.replace("'", "").replace("-", "").replace("’", "").isalpha() for word in words)
    return letters and len(words) <= _NAME_TURN_WORDS and all(is_name_word(word) or len(word) == 1 for word in words)


def _code_kind(word: str, asked: frozenset[str]) -> str | None:
    """What a single token of an answer is: a code with digits, or capitals in a row; None for plain words and dates."""
    digits = len(digits_of(word))
    letters = sum(character.isalpha() for character in word)
    bare = word.lstrip("#")
    if (
        MASK in word
        or not bare
        or is_date(word)
        or word.startswith(("$", "£", "€"))
        or len(bare) < 4
        or digits + letters < 4
    ):
        return None
    if digits and letters:
        return next(
            (
                kind
                for kind in ("USER", "ORDER", "ACCOUNT", "SECRET", "ID", "ADDRESS")
                if kind in asked and len(bare) > 4
            ),
            None,
        )
    if digits:
        wanted = ("ORDER", "ACCOUNT", "SECRET", "PHONE", "ID", "ADDRESS", "DOB")
        return next((kind for kind in wanted if kind in asked), None)
    if bare.isupper() and len(bare) >= 8:
        return next((kind for kind in ("ORDER", "ACCOUNT") if kind in asked), None)
    return None
