"""Personal data out, before anything else sees the text.

Typed placeholders take its place (`[EMAIL_1]`), the same one for the same value within a contact.
Redacting what is redacted changes nothing. The recognisers are in `tagger/redaction/table.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tagger.model import Contact
from tagger.redaction.conversation import mark_turns
from tagger.redaction.marking import Marking, Pseudonyms, Span
from tagger.redaction.raw import keyed_kind, marked, redact_pieces, redact_text
from tagger.redaction.repeats import full_names

__all__ = ["Redacted", "Span", "redact", "redact_contact", "redact_raw"]


@dataclass(frozen=True)
class Redacted:
    """A text without personal data; `spans` say where each finding stood in the original."""

    text: str
    spans: tuple[Span, ...]


def redact(text: str) -> Redacted:
    """One text on its own: what is announced by its words, or recognised by its form."""
    text, spans = marked(text).render(Pseudonyms((text,)).of)
    return Redacted(text, spans)


def redact_contact(contact: Contact) -> Contact:
    """The contact without personal data in turns, segment, circumstance, channel and extra fields.

    Answers to a question for personal data and names said again are found as well. `id` and `customer_id` stay:
    the one is the key, the other is hashed where it is stored.
    """
    names = Pseudonyms(_texts(contact))
    markings = mark_turns(contact.turns)
    texts = _rendered(markings, names)
    return replace(
        contact,
        turns=tuple(replace(turn, text=text) for turn, text in zip(contact.turns, texts, strict=True)),
        channel=None if contact.channel is None else redact_text(contact.channel, names),
        segment={key: redact_text(value, names) for key, value in contact.segment.items()},
        circumstance={key: redact_text(value, names) for key, value in contact.circumstance.items()},
        extra={key: _redact_value(value, key, names) for key, value in contact.extra.items()},
    )


def redact_raw(raw: str) -> str:
    """A line that could not be parsed: JSON punctuation, field names, ids, times and labels stay as they are.

    The value of `customer_id` becomes null: here it cannot be hashed, and it may not be kept.
    """
    return redact_pieces(raw, Pseudonyms((raw,)))


def _rendered(markings: list[Marking], names: Pseudonyms) -> list[str]:
    owners = full_names(markings)

    def name(kind: str, value: str) -> str:
        return names.of(kind, owners.get(value.casefold(), value) if kind == "NAME" else value)

    return [marking.render(name)[0] for marking in markings]


def _redact_value(value: Any, key: str, names: Pseudonyms) -> Any:
    """A JSON value; the name of its field can say what it is (`phone: 5550123`)."""
    match value:
        case Mapping():
            return {inner: _redact_value(item, inner, names) for inner, item in value.items()}
        case list() | tuple():
            return [_redact_value(item, key, names) for item in value]
        case bool() | None | float():
            return value
    text = str(value)
    kind = keyed_kind(key) if text.strip() and not text.startswith("[") else None
    redacted = names.of(kind, text) if kind else redact_text(text, names)
    return value if redacted == text else redacted


def _texts(contact: Contact) -> Iterator[str]:
    """Every string of the contact, so that placeholders already in it keep their numbers to themselves."""
    yield from (turn.text for turn in contact.turns)
    waiting: list[Any] = [contact.channel, contact.segment, contact.circumstance, contact.extra]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case Mapping() as mapping:
                waiting.extend(mapping.values())
            case list() | tuple() as items:
                waiting.extend(items)
