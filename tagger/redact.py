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
from tagger.redaction.fields import free_value_kind, keyed_kind
from tagger.redaction.lists import EVERYWHERE, Rules
from tagger.redaction.marking import Marking, Pseudonyms, Span
from tagger.redaction.raw import marked, redact_pieces, redact_text
from tagger.redaction.repeats import full_names

__all__ = ["EVERYWHERE", "Redacted", "Rules", "Span", "redact", "redact_contact", "redact_raw", "redact_turns"]


@dataclass(frozen=True)
class Redacted:
    """A text without personal data; `spans` say where each finding stood in the original."""

    text: str
    spans: tuple[Span, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where characters `start` to `end` of this text stood in the original; a placeholder counts whole."""
        shift = first = last = 0
        for span in self.spans:
            at = span.start + shift  # where its placeholder begins in this text
            after = at + len(span.placeholder)
            if at < end and start < after:
                start, end = min(start, at), max(end, after)
            shift += len(span.placeholder) - (span.end - span.start)
            first = shift if after <= start else first
            last = shift if after <= end else last
        return start - first, end - last


def redact(text: str, rules: Rules = EVERYWHERE) -> Redacted:
    """One text on its own: what is announced by its words, or recognised by its form."""
    text, spans = marked(text, rules).render(Pseudonyms((text,)).of)
    return Redacted(text, spans)


def redact_contact(contact: Contact, rules: Rules = EVERYWHERE) -> Contact:
    """The contact without personal data in turns, segment, circumstance, channel and extra fields.

    Answers to a question for personal data and names said again are found as well. `id` and `customer_id` stay:
    the one is the key, the other is hashed where it is stored. Segments that the rules declare keep their values.
    """
    names = Pseudonyms(_texts(contact))
    texts = _rendered(mark_turns(contact.turns, rules), names)
    return replace(
        contact,
        turns=tuple(replace(turn, text=one.text) for turn, one in zip(contact.turns, texts, strict=True)),
        channel=None if contact.channel is None else redact_text(contact.channel, names, rules),
        segment={key: _redact_field(value, key, names, rules) for key, value in contact.segment.items()},
        circumstance={key: _redact_field(value, key, names, rules) for key, value in contact.circumstance.items()},
        extra={key: _redact_value(value, key, names, rules) for key, value in contact.extra.items()},
    )


def redact_turns(contact: Contact, rules: Rules = EVERYWHERE) -> tuple[Redacted, ...]:
    """The turns of a contact as `redact_contact` gives them, with where each finding stood."""
    return _rendered(mark_turns(contact.turns, rules), Pseudonyms(_texts(contact)))


def redact_raw(raw: str, rules: Rules = EVERYWHERE) -> str:
    """A line that could not be parsed: JSON punctuation, field names, ids, times and labels stay as they are.

    The value of `customer_id` becomes null: here it cannot be hashed, and it may not be kept.
    """
    return redact_pieces(raw, Pseudonyms((raw,)), rules)


def _rendered(markings: list[Marking], names: Pseudonyms) -> tuple[Redacted, ...]:
    owners = full_names(markings)

    def name(kind: str, value: str) -> str:
        return names.of(kind, owners.get(value.casefold(), value) if kind == "NAME" else value)

    return tuple(Redacted(*marking.render(name)) for marking in markings)


def _redact_field(value: str, key: str, names: Pseudonyms, rules: Rules) -> str:
    if key in rules.declared:
        return value if value in rules.declared[key] else redact_text(value, names, rules)
    return str(_redact_value(value, key, names, rules))


def _redact_value(value: Any, key: str, names: Pseudonyms, rules: Rules) -> Any:
    """A JSON value; the name of its field can say what it is (`phone: 5550123`), and so can its form."""
    match value:
        case Mapping():
            return {inner: _redact_value(item, inner, names, rules) for inner, item in value.items()}
        case list() | tuple():
            return [_redact_value(item, key, names, rules) for item in value]
        case bool() | None | float():
            return value
    text = str(value)
    told = text.strip() and not text.startswith("[")
    kind = (keyed_kind(key) or _name_kind(key, text, names)) if told else None
    redacted = names.of(kind, text) if kind else redact_text(text, names, rules)
    return value if redacted == text else redacted


def _name_kind(key: str, text: str, names: Pseudonyms) -> str | None:
    return "NAME" if names.has("NAME", text) else free_value_kind(key, text)


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
