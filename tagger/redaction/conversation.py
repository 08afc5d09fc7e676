"""What only the whole contact tells: answers to a question for personal data, and what is said again later."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tagger.model import Turn
from tagger.redaction import questions
from tagger.redaction.answers import after_lead, answers, whole_answer
from tagger.redaction.checks import is_day
from tagger.redaction.lists import EVERYWHERE, Rules
from tagger.redaction.marking import MAX_PASSES, Marking, find_all
from tagger.redaction.recogniser import MASK, Hit
from tagger.redaction.repeats import mark_repeats
from tagger.redaction.words import NOT_FAMILY

REPLY_REACH = 4
"""Turns after a question in which a short turn of the customer is taken as its answer."""

_PLAIN_CODE = re.compile(
    r"#?\d(?:[ -]?\d){3,20}|[A-Za-z]{1,4} ?\d{3,12}|(?=[A-Z]{0,11}\d)(?=\d{0,11}[A-Z])[A-Z0-9]{6,12}"
    r"|[a-z]{1,3} \d{1,4} [a-z]{1,3} \d{1,4}(?: [a-z]{1,3})?(?: \d{1,3})?|\d{1,4} [a-z]{1,3} \d{1,4} [a-z]{1,3}",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:[,;]|\band\b|&)\s*|(?<=\ue000)\s+|\s+(?=\ue000)")
_TOWN = re.compile(r"(?P<town>[A-Za-z]{3,15}(?: [A-Za-z]{2,15}){0,2})(?: and)? (?P<v>\d{5,6})")
_GUESSED = ("ACCOUNT", "PHONE", "ORDER")


def mark_turns(turns: Sequence[Turn], rules: Rules = EVERYWHERE) -> list[Marking]:
    """Every turn with its findings, until another look at all of them finds nothing more."""
    markings = [Marking(turn.text, rules) for turn in turns]
    _mark_replies(turns, markings, early=True)  # before a part of a name or number is taken by itself
    stale = set(range(len(turns)))  # a turn that did not change shows nothing new to the recognisers
    for _ in range(MAX_PASSES):
        stale = {i for i in stale if markings[i].add(find_all(markings[i].work))}
        stale |= _mark_replies(turns, markings)
        stale |= mark_repeats(markings)
        if not stale:
            break
    return markings


def _mark_replies(turns: Sequence[Turn], markings: Sequence[Marking], *, early: bool = False) -> set[int]:
    asked: frozenset[str] = frozenset()
    age, found = 0, set()
    alone = all(turn.speaker == "customer" for turn in turns)
    for i, (turn, marking) in enumerate(zip(turns, markings, strict=True)):
        if turn.speaker == "customer":
            if asked and age < REPLY_REACH:
                hits = whole_answer(marking.work, asked) if early else []
                if marking.add(hits or answers(marking.work, asked, names_only=early)):
                    found.add(i)
                _name_by_question(marking, asked)
            if alone and len(turns) > 1 and not early and marking.add(_lone_codes(marking.work)):
                found.add(i)
        elif kinds := questions.asked(marking.work):
            asked, age = kinds, 0
        elif turn.speaker == "agent" and "?" in marking.work:
            asked = frozenset()  # the talk has moved on
        age += 1
    return found


def _lone_codes(text: str) -> list[Hit]:
    """Codes in a turn of codes only, no dates, years and prices: answers to a question that is not on record."""
    if len(text) > 60:
        return []
    start = after_lead(text)
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
