"""Analysts' decisions made elsewhere into the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from store.audit import acting, record_audit
from store.intake import Given
from store.outside_draws import Offered, add_outside_draw, probability_of
from store.review_queueing import rows_named
from store.reviews import add_decisions, find_item
from tagger.decision_record import parse_decision
from tagger.formats.fields import clean
from tagger.formats.outcome import Rejected
from tagger.labels import LabelReader
from tagger.review import Decision, ReviewError
from taxonomy.errors import BadInputError
from taxonomy.model import Job

SAME = 1e-6
NAMES = ("item", "contact_id")


@dataclass(frozen=True)
class Unused:
    """A line that could not be used, and why."""

    line: int
    message: str


@dataclass(frozen=True)
class Taken:
    """Decisions that were new, were there already, are still open, and lines that could not be used."""

    added: int
    already_there: int
    undecided: int
    refused: tuple[Unused, ...]


def take_decisions(session: Session, job: Job, rows: Iterable[Given]) -> Taken:
    """Take decisions as `headway review export` writes them; taking them twice changes nothing."""
    labels = LabelReader(job, within="decision")
    found: list[tuple[str, Decision]] = []
    refused, undecided = [], 0
    for row in rows:
        if isinstance(row, Rejected):
            refused.append(Unused(row.line, row.message))
            continue
        line, values = row
        try:
            _check(values)
            if values.get("decision") is None:
                undecided += 1
            else:
                found.append(_decided(session, values, labels))
        except BadInputError as error:
            refused.append(Unused(line, str(error)))
    added = add_decisions(session, found)
    if added:
        detail = {"decisions": added}
        record_audit(session, who=acting(session), action="review.import", object=f"job/{job.id}", detail=detail)
    return Taken(added, len(found) - added, undecided, tuple(refused))


def _check(values: Mapping[str, Any]) -> None:
    """What holds for open lines too. Raises ReviewError."""
    for name in NAMES:
        if not isinstance(values.get(name), str | None):
            raise ReviewError(f"{name}: {str(values[name])[:80]!r} must be text")
    if values.get("pi") is not None:
        _probability(values["pi"])


def _decided(session: Session, values: Mapping[str, Any], labels: LabelReader) -> tuple[str, Decision]:
    decision = parse_decision(values["decision"], labels)
    item = find_item(session, labels.job_id, item=values.get("item"), contact_id=values.get("contact_id"))
    if item is None:
        raise ReviewError("no item of that name or contact is in the review queue")
    check_probability(session, item, values.get("pi"))
    return item, decision


def take_outside_draw(session: Session, job_id: str, rows: Iterable[Given]) -> int:
    """Keep the draw that lines with `pi` tell of, where they name contacts that no draw of ours offered."""
    given: dict[str, tuple[float, bool]] = {}
    for row in rows:
        if isinstance(row, Rejected) or row[1].get("item") or row[1].get("pi") is None:
            continue
        values = row[1]
        pi, drawn = _probability(values["pi"]), values.get("drawn", values.get("decision") is not None)
        given[clean(str(values.get("contact_id")))] = (pi, bool(drawn))
    if not given:
        return 0
    named = rows_named(session, job_id, list(given))
    offered = [Offered(key, *given[name]) for name, keys in named.items() for key in keys]
    return add_outside_draw(session, job_id, offered)


def check_probability(session: Session, item: str, given: Any) -> None:
    """Raise ReviewError where a line's `pi` is larger than the one its item was drawn with."""
    stored = probability_of(session, item)
    if given is not None and stored is not None and _probability(given) > stored * (1 + SAME):
        raise ReviewError(f"pi {given}: item {item} was drawn with {stored:g}; leave `pi` out, or export it again")


def _probability(given: Any) -> float:
    try:
        if isinstance(given, bool):
            raise TypeError
        chance = float(given)
    except (TypeError, ValueError, OverflowError) as error:
        raise ReviewError(f"pi {str(given)[:40]!r}: must be a number above 0 and at most 1") from error
    if not 0 < chance <= 1:
        raise ReviewError(f"pi {str(given)[:40]!r}: must be above 0 and at most 1")
    return chance
