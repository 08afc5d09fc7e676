"""Whom input is about that cannot be used: the ids that it names, found even where the rest of it is broken."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tagger.formats.fields import MAX_ID_LENGTH, clean

CUSTOMER_FIELDS = (
    "customer_id", "respondent_id", "respondent", "customer", "requester_id",
    "ResponseId", "Response ID", "ResponseID", "tel", "mailto", "sip", "uuid",
)  # fmt: skip
"""Fields whose value is a customer's id: ours, and those of the formats that are read."""

CONTACT_FIELDS = ("id", "event_id", "ContactId", "JobName", "uuid")
MOST = 500
"""Ids of one refused line that are looked at; a page of an export holds a hundred tickets."""

SHORT = 4
"""Characters from which on an id is told from a number that happens to be the same."""

LOOKED_AT = 256 * 1024
"""Bytes at each end of a refused line that are searched."""

_REQUESTER = re.compile(r'"requester"\s*:\s*\{[^{}]{0,500}?"id"\s*:\s*"?([^",}\s]{1,200})')


def _fields(names: tuple[str, ...]) -> re.Pattern[str]:
    """`name: value` in JSON and in what is nearly JSON: quotes of either kind or none."""
    known = "|".join(re.escape(name) for name in names)
    value = r'"((?:[^"\\]|\\.){1,400})"|' + r"'([^']{1,400})'|([^\s,;{}\[\]\"']{1,200})"
    return re.compile(rf"(?<![\w.-])(?:{known})[\"']?\s*[:=]\s*(?:{value})")


_CUSTOMERS, _CONTACTS = _fields(CUSTOMER_FIELDS), _fields(CONTACT_FIELDS)


@dataclass(frozen=True)
class People:
    """Ids as the sender wrote them; they are hashed before anything is kept."""

    customers: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()

    def __or__(self, other: People) -> People:
        return People(self.customers | other.customers, self.contacts | other.contacts)

    @classmethod
    def of(cls, *, customer: object = None, contact: object = None) -> People:
        """A customer and a contact, where they are ids at all."""
        return cls(_ids([customer]), _ids([contact]))


def people_of(record: Mapping[str, Any]) -> People:
    """Whom a record or a row of a table is about."""
    customers = [record.get(name) for name in CUSTOMER_FIELDS]
    return People(_ids(customers), _ids([record.get(name) for name in CONTACT_FIELDS]))


def people_in(raw: bytes) -> People:
    """Whom a line names, parsed or not: by the names of fields before the values."""
    ends = raw if len(raw) <= 2 * LOOKED_AT else raw[:LOOKED_AT] + b"\n" + raw[-LOOKED_AT:]
    text = ends.decode("utf-8", "replace")
    customers = [*_found(_CUSTOMERS, text), *(match[1] for match in _some(_REQUESTER, text))]
    return People(_ids(customers), _ids(_found(_CONTACTS, text)))


def without_customers(text: str, people: People) -> str:
    """Text without the customers' ids: here they cannot be hashed, and they may not be kept.

    Where a value is expected they become null, so that JSON stays JSON. An id of one to three characters is left in
    JSON, where it would be found in every number.
    """
    like_json = text.lstrip()[:1] in ("{", "[")
    for one in sorted(people.customers, key=len, reverse=True):
        if len(one) >= SHORT or not like_json:
            word = re.escape(one)
            text = re.sub(rf'(?<![\\])"{word}"|(?<=[:,\[])(\s*){word}(?=\s*[,\]}}]|$)', r"\1null", text)
            text = re.sub(rf"(?<![\w.@-]){word}(?![\w@-])", "[CUSTOMER]", text)
    return text


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [_unescaped(match[1]) if match[1] else match[2] or match[3] for match in _some(pattern, text)]


def _some(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    found = pattern.finditer(text)
    return [match for _, match in zip(range(MOST), found, strict=False)]


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _ids(values: list[Any]) -> frozenset[str]:
    """What can be an id, written as the readers write ids."""
    given = (value for value in values if isinstance(value, str | int | float) and not isinstance(value, bool))
    texts = (clean(str(value)).strip() for value in given)
    return frozenset(text for text in texts if text and len(text) <= MAX_ID_LENGTH)
