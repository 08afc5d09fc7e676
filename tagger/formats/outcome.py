"""What reading one line or document gave: a contact, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tagger.formats.people import People, people_in, people_of
from tagger.formats.problems import ContactError
from tagger.formats.record import parse_contact
from tagger.model import Contact

RAW_KEPT = 64 * 1024
"""Characters of a refused line that are kept for the quarantine."""


@dataclass(frozen=True)
class Accepted:
    """A contact; `line` counts from 1 (row, or item of a list); `byte_size` is what it took in the file."""

    contact: Contact
    line: int
    byte_size: int


@dataclass(frozen=True)
class Rejected:
    """Input that cannot be used: why (`kind` is a stable slug), and the text itself, not redacted yet.

    `truncated` says that `raw` is only the first RAW_KEPT characters. `id` is the contact's, where one could be read;
    `people` are all whom the input names, so that it can be found when one of them is erased.
    """

    line: int
    kind: str
    message: str
    raw: str
    truncated: bool = False
    id: str | None = None
    people: People = field(default=People(), compare=False, repr=False)


Read = Accepted | Rejected


@dataclass(frozen=True)
class Found:
    """A record on its way to become a contact: a JSON object, its place, and the bytes it came from."""

    record: Mapping[str, Any]
    line: int
    raw: bytes


def rejected(
    line: int, error: ContactError, raw: bytes, *, contact_id: object = None, people: People | None = None
) -> Rejected:
    """A refusal that keeps as much of the input as the quarantine takes, and whom it names beside `people`."""
    text = raw[: RAW_KEPT * 4].decode("utf-8", "replace").replace("\x00", "")
    shown = str(contact_id)[:200] if isinstance(contact_id, str | int) else None
    cut = len(raw) > RAW_KEPT * 4 or len(text) > RAW_KEPT
    named = people_in(raw) | (people or People()) | People.of(contact=contact_id)
    return Rejected(line, error.kind, error.message, text[:RAW_KEPT], cut, shown, named)


def checked(found: Found, *, now: datetime) -> Read:
    """The contact in a record, or why it cannot be used."""
    try:
        return Accepted(parse_contact(found.record, now=now), found.line, len(found.raw))
    except ContactError as error:
        return rejected(found.line, error, found.raw, contact_id=found.record.get("id"), people=people_of(found.record))


def all_checked(items: Iterator[Found | Rejected], *, now: datetime) -> Iterator[Read]:
    """Records turned into contacts one by one; refusals pass through."""
    for item in items:
        yield item if isinstance(item, Rejected) else checked(item, now=now)
