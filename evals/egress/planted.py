"""Contacts with personal data planted in them, and where to look for it afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.redaction.plant import draw
from evals.worlds import WorldSpec, generate
from tagger.formats.record import parse_contact
from tagger.redact import redact_contact
from taxonomy.errors import BadInputError

DISTINCT = 7
Row = dict[str, Any]


class EgressFileError(BadInputError):
    """A file of planted contacts does not have the form that is needed."""


@dataclass(frozen=True)
class Secret:
    """A planted value and its type; `found`: redaction finds it, so that it may not be in any byte that leaves."""

    kind: str
    value: str
    found: bool

    @property
    def distinct(self) -> bool:
        """Whether the value can be told from everyday words."""
        told = any(c.isdigit() or c == "@" for c in self.value) or len(self.value.split()) > 1
        return len(self.value) >= DISTINCT and told


@dataclass(frozen=True)
class PlantedSet:
    """Contacts as they come in, and the secrets in them."""

    rows: tuple[Row, ...]
    secrets: tuple[Secret, ...]


def planted_contacts(count: int, *, job: str) -> PlantedSet:
    """Generated contacts of a job, each with what a customer gives away in one form of the redaction set."""
    world = generate(WorldSpec(job=job, contacts=count, seed=41))
    forms = draw("forms", wanted=count)[:count]
    rows: list[Row] = []
    secrets: list[Secret] = []
    for number, planted in enumerate(forms):
        given = world.contact(number)
        said = [{"speaker": turn.speaker, "text": turn.text} for turn in planted.contact.turns]
        rows.append({**given, "id": f"egress-{number}", "turns": [*given["turns"], *said]})
        values = [(item.kind, planted.contact.turns[item.turn].text[item.start : item.end]) for item in planted.items]
        secrets += _secrets(rows[-1], values)
    return PlantedSet(tuple(rows), tuple(secrets))


def read_planted(path: Path) -> PlantedSet:
    """A file of one's own: contacts in JSON Lines, each with "planted": [{"type": ..., "value": ...}, ...].

    Raises EgressFileError.
    """
    rows: list[Row] = []
    secrets: list[Secret] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            values = [(str(one["type"]), str(one["value"])) for one in row.pop("planted")]
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path}:{number}: each line is a contact with `planted`: [{{type, value}}, ...] ({error})"
            raise EgressFileError(message) from error
        rows.append(row)
        secrets += _secrets(row, values)
    return PlantedSet(tuple(rows), tuple(secrets))


def _secrets(row: Row, values: Iterable[tuple[str, str]]) -> Iterator[Secret]:
    """Each value with whether redaction takes it out of this contact, wherever it stands in it."""
    contact = parse_contact({"id": row["id"], "turns": row["turns"]}, now=datetime.now(UTC))
    left = squeezed("\n".join(turn.text for turn in redact_contact(contact).turns))
    for kind, value in values:
        yield Secret(kind, value, squeezed(value) not in left)


def squeezed(text: str) -> str:
    """A text as values are looked for in it: small letters, one blank for many."""
    return re.sub(r"\s+", " ", text).casefold()
