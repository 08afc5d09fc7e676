"""What only the whole contact tells: answers to a question for personal data, and names said again later."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tagger.model import Turn
from tagger.redaction.checks import digits_of, is_date
from tagger.redaction.marking import MAX_PASSES, Marking, find_all
from tagger.redaction.names import is_name_word
from tagger.redaction.recogniser import MASK, Hit

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
_REPEATED = ("SECRET", "ORDER", "ACCOUNT", "ADDRESS", "PHONE", "ID", "CARD")
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


def mark_repeats(markings: Sequence[Marking]) -> set[int]:
    """Take out what was found in one place wherever it stands again: names, their parts, user names, numbers."""
    pattern = _repeats(markings)
    if pattern is None:
        return set()
    found = set()
    for i, marking in enumerate(markings):
        hits = [Hit(match.lastgroup or "NAME", *match.span()) for match in pattern.finditer(marking.work)]
        if hits and marking.add(hits):
            found.add(i)
    return found


def full_names(markings: Sequence[Marking]) -> dict[str, str]:
    """Each part of a name as the full name it belongs to, so that both get one placeholder; the first one counts."""
    owners: dict[str, str] = {}
    for marking in markings:
        for name in marking.values("NAME"):
            parts = name.split()
            if len(parts) > 1:
                for part in parts:
                    owners.setdefault(part.casefold(), name)
    return owners


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


def _repeats(markings: Sequence[Marking]) -> re.Pattern[str] | None:
    names: set[str] = set()
    parts: set[str] = set()
    users: set[str] = set()
    for marking in markings:
        for name in marking.values("NAME"):
            names.add(name)
            parts |= {part.capitalize() for part in name.split() if len(part) > 2 and is_name_word(part)}
        users |= {user for user in marking.values("USER") if len(user) > 4}
        users |= {email.partition("@")[0] for email in marking.values("EMAIL") if len(email.partition("@")[0]) > 4}
    numbers = {kind: {v for m in markings for v in m.values(kind) if _worth_repeating(v)} for kind in _REPEATED}
    alternatives = [
        *(f"(?P<{kind}>{_any_of(values)})" for kind, values in numbers.items() if values),
        f"(?P<USER>(?i:{_any_of(users)}))" if users else "",
        f"(?P<NAME>(?i:{_any_of(names)})|(?:{_any_of(parts | {part.upper() for part in parts})}))" if names else "",
    ]
    chosen = "|".join(alternative for alternative in alternatives if alternative)
    return re.compile(rf"(?<![\w$€£])(?:{chosen})(?!\w|[.,]\d)") if chosen else None


def _worth_repeating(value: str) -> bool:
    """Long enough to be nobody else's number, and no date."""
    return 5 <= len(value) <= 60 and len(digits_of(value)) >= 3 and not is_date(value)


def _any_of(words: set[str]) -> str:
    """Longest first, and not too many: a contact that names a thousand people is not a conversation."""
    ordered = sorted(words, key=lambda word: (-len(word), word))[:200]
    return "|".join(re.escape(word) for word in ordered) or "(?!)"
