"""Personal data out of text that could not be read as a record: a broken line, a row, anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tagger.model import Speaker, Turn
from tagger.redaction.conversation import mark_turns
from tagger.redaction.fields import free_value_kind, keyed_kind, plain_key
from tagger.redaction.lists import EVERYWHERE, Rules
from tagger.redaction.marking import MAX_PASSES, Marking, Pseudonyms, find_all

_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)("|\\?$)', re.DOTALL)
_NUMBER = re.compile(r"-?\d[\d.eE+-]*")
_TIME = re.compile(r"\d[\dTtZz:.+ -]{3,39}")
_WORD = re.compile(r"[A-Za-z][\w./-]{0,59}")
_KEPT = {
    "id": re.compile(r".{0,200}", re.DOTALL),
    "speaker": re.compile(r"customer|agent|system"),
    "channel": _WORD,
    **dict.fromkeys(("startedat", "endedat", "at", "answeredat"), _TIME),
    **dict.fromkeys(("scale", "step", "outcome"), _WORD),
}
"""Fields whose value stays as it is, if it has the form that it should have."""
_CUSTOMER = "customerid"
_SHORTEST_NUMBER = 7
"""Digits below which a number without a telling name is a count, an amount or a year."""


@dataclass(frozen=True)
class _Piece:
    """A string literal of the raw text (without its quotes), or what stands between two of them."""

    text: str
    literal: bool
    key: str = ""


def redact_pieces(raw: str, names: Pseudonyms, rules: Rules = EVERYWHERE) -> str:
    """The raw text with its JSON punctuation, field names, ids, times and labels; the customer's id becomes null."""
    json_like = raw.lstrip().startswith(("{", "["))
    pieces = list(_pieces(raw))
    said = _said(pieces, names, rules) if json_like else {}
    return "".join(said.get(at) or _written(piece, names, json_like, rules) for at, piece in enumerate(pieces))


def redact_text(text: str, names: Pseudonyms, rules: Rules = EVERYWHERE) -> str:
    """One text on its own, with the numbering of its contact."""
    return marked(text, rules).render(names.of)[0]


def marked(text: str, rules: Rules = EVERYWHERE) -> Marking:
    """A text with everything found in it."""
    marking = Marking(text, rules)
    for _ in range(MAX_PASSES):
        if not marking.add(find_all(marking.work)):
            break
    return marking


def _pieces(raw: str) -> Iterator[_Piece]:
    at, key = 0, ""
    for match in _STRING.finditer(raw):
        if match.start() > at:
            yield _Piece(raw[at : match.start()], literal=False, key=key)
        is_key = match[2] == '"' and raw[match.end() : match.end() + 8].lstrip().startswith(":")
        if is_key:
            key = match[1]
            yield _Piece(match[0], literal=False)
        else:
            yield _Piece(match[0], literal=True, key=key)
        at = match.end()
    yield _Piece(raw[at:], literal=False, key=key)


def _said(pieces: list[_Piece], names: Pseudonyms, rules: Rules) -> dict[int, str]:
    """The texts of turns by their place, read as the conversation that they are: answers follow questions."""
    turns: dict[int, Turn] = {}
    speaker: Speaker = "customer"
    for at, piece in enumerate(pieces):
        body = piece.text.strip('"')
        if piece.literal and plain_key(piece.key) == "speaker":
            speaker = "agent" if body == "agent" else "system" if body == "system" else "customer"
        elif piece.literal and plain_key(piece.key) == "text" and piece.text.endswith('"') and len(piece.text) > 1:
            turns[at] = Turn(speaker, _unescaped(piece.text[1:-1]))
    rendered = (marking.render(names.of)[0] for marking in mark_turns(list(turns.values()), rules))
    redacted = dict(zip(turns, rendered, strict=True))
    return {at: json.dumps(text, ensure_ascii=False) for at, text in redacted.items() if text != turns[at].text}


def _unescaped(body: str) -> str:
    try:
        return str(json.loads(f'"{body}"', strict=False))
    except ValueError:
        return body


def _written(piece: _Piece, names: Pseudonyms, json_like: bool, rules: Rules) -> str:
    key = plain_key(piece.key)
    if not piece.literal:
        return _between(piece, names, json_like, rules)
    closing = '"' if len(piece.text) > 1 and piece.text.endswith('"') else ""
    body = piece.text[1 : len(piece.text) - len(closing)]
    if json_like and key == _CUSTOMER:
        return "null" if closing else ""
    if json_like and key in _KEPT and _KEPT[key].fullmatch(body):
        return piece.text
    if json_like and key == "speaker":
        return f'"{names.of("NAME", body)}{closing}'  # a speaker of no known kind mostly is a name
    kind = (keyed_kind(piece.key) or free_value_kind(piece.key, body)) if json_like and body.strip() else None
    if kind is not None and not body.startswith("["):
        return f'"{names.of(kind, body)}{closing}'
    return f'"{_redact_escaped(body, names, rules)}{closing}'


def _redact_escaped(body: str, names: Pseudonyms, rules: Rules) -> str:
    r"""Escapes such as \u0040 could hide what a pattern looks for, so they are read first where they can be."""
    try:
        text = json.loads(f'"{body}"', strict=False)
    except ValueError:
        return redact_text(body, names, rules)
    redacted = redact_text(text, names, rules)
    return body if redacted == text else json.dumps(redacted, ensure_ascii=False)[1:-1]


def _between(piece: _Piece, names: Pseudonyms, json_like: bool, rules: Rules) -> str:
    if not json_like or piece.text.startswith('"'):
        return piece.text if piece.text.startswith('"') and json_like else redact_text(piece.text, names, rules)
    key = plain_key(piece.key)
    if key in _KEPT:
        return piece.text
    return _NUMBER.sub(lambda match: _number(match[0], piece, names), piece.text)


def _number(text: str, piece: _Piece, names: Pseudonyms) -> str:
    if plain_key(piece.key) == _CUSTOMER:
        return "null"
    kind = keyed_kind(piece.key)
    if kind is None and len(text) < _SHORTEST_NUMBER:
        return text
    redacted = names.of(kind, text) if kind else redact_text(text, names)
    return text if redacted == text else json.dumps(redacted)
