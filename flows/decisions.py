"""Analysts' decisions from a file into the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from flows.workspace import Workspace
from store.outside_draws import Offered, add_outside_draw, probability_of
from store.review_queueing import rows_named
from store.reviews import add_decisions, find_item
from tagger.formats.reading import Rejected
from tagger.formats.rows import read_rows
from tagger.labels import LabelReader
from tagger.model import Labels
from tagger.review import CANNOT_TELL, Decision, ReviewError, analyst_name
from taxonomy.errors import BadInputError

SAME = 1e-6
LONGEST_BY = 200


@dataclass(frozen=True)
class Imported:
    """Decisions that were new, were there already, are still open, and lines that could not be used."""

    added: int
    already_there: int
    undecided: int
    refused: tuple[str, ...]


def import_decisions(workspace: Workspace, path: Path) -> Imported:
    """Take decisions from JSON Lines as `headway review export` writes them. Idempotent.

    Lines with `pi` of contacts that no draw of ours offered are a draw made elsewhere: with every contact that it
    offered in the file (`drawn` true or false) its decisions correct figures. Raises ReviewError where it is not.
    """
    labels = LabelReader(workspace.job)
    found: list[tuple[str, Decision]] = []
    refused, undecided = [], 0
    with workspace.database.session() as session:
        take_outside_draw(session, workspace.job.id, path)
        for row in read_rows(path):
            if isinstance(row, Rejected):
                refused.append(f"{path}:{row.line}: {row.message}")
                continue
            line, values = row
            if values.get("decision") is None:
                undecided += 1
                continue
            try:
                decision = parse_decision(values["decision"], labels)
                item = find_item(
                    session, workspace.job.id, item=values.get("item"), contact_id=values.get("contact_id")
                )
                if item is None:
                    raise ReviewError("no item of that name or contact is in the review queue")
                check_probability(session, item, values.get("pi"))
            except BadInputError as error:
                refused.append(f"{path}:{line}: {error}")
                continue
            found.append((item, decision))
        added = add_decisions(session, found)
    return Imported(added, len(found) - added, undecided, tuple(refused))


def take_outside_draw(session: Session, job_id: str, path: Path) -> int:
    """Keep the draw that a file's lines with `pi` tell of, where they name contacts that no draw of ours offered."""
    given: dict[str, tuple[float, bool]] = {}
    for row in read_rows(path):
        if isinstance(row, Rejected) or row[1].get("item") or row[1].get("pi") is None:
            continue
        values = row[1]
        pi, drawn = _probability(values["pi"]), values.get("drawn", values.get("decision") is not None)
        given[str(values.get("contact_id"))] = (pi, bool(drawn))
    if not given:
        return 0
    rows = rows_named(session, job_id, list(given))
    offered = [Offered(key, *given[name]) for name, keys in rows.items() for key in keys]
    return add_outside_draw(session, job_id, offered)


def check_probability(session: Session, item: str, given: Any) -> None:
    """Raise ReviewError where a line's `pi` is larger than the one its item was drawn with."""
    stored = probability_of(session, item)
    if given is not None and stored is not None and _probability(given) > stored * (1 + SAME):
        raise ReviewError(f"pi {given}: item {item} was drawn with {stored:g}; leave `pi` out, or export it again")


def _probability(given: Any) -> float:
    try:
        return float(given)
    except (TypeError, ValueError) as error:
        raise ReviewError(f"pi {given!r}: must be a number above 0 and at most 1") from error


def parse_decision(data: Any, labels: LabelReader) -> Decision:
    """One decision in the words of the job. Raises ReviewError or UnknownLabelError."""
    if not isinstance(data, Mapping) or "step" not in data:
        raise ReviewError("decision: must be an object with at least `step` (null: fits no step), `by` and `at`")
    if not data.get("by") or not data.get("at"):
        raise ReviewError("decision: `by` and `at` are needed, so that taking it twice changes nothing")
    step = _text(data, "step")
    decided = Labels(step) if step == CANNOT_TELL else labels.resolve(Labels(step, _text(data, "outcome")))
    others = data.get("secondary") or []
    if not isinstance(others, list) or not all(isinstance(one, str) for one in others):
        raise ReviewError(f"decision.secondary: {others!r} must be a list of steps")
    return Decision(
        step=decided.step,
        outcome=decided.outcome,
        by=analyst_name(str(data["by"]), longest=LONGEST_BY),
        at=_moment(data["at"]),
        secondary=labels.others(others, primary=decided.step),
        seconds=_seconds(data.get("seconds")),
        suggestion_hidden=bool(data.get("suggestion_hidden", False)),
    )


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise ReviewError(f"decision.{name}: {value!r} must be text or null")
    return value


def _moment(given: Any) -> datetime:
    """In UTC; a day in the future is left for clocks and zones that are off."""
    try:
        at = datetime.fromisoformat(str(given))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ReviewError(f"decision.at: {given!r} is not an ISO 8601 date") from error
    if at > datetime.now(UTC) + timedelta(days=1):
        raise ReviewError(f"decision.at: {given!r} lies in the future")
    return at


def _seconds(given: Any) -> float | None:
    try:
        seconds = None if given is None else float(given)
    except (TypeError, ValueError, OverflowError) as error:
        raise ReviewError(f"decision.seconds: {given!r} is not a number") from error
    if seconds is not None and not 0 <= seconds < inf:
        raise ReviewError(f"decision.seconds: {given!r} must be 0 or more")
    return seconds
