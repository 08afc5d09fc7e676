"""Known answers from a file or by hand into the review queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.workspace import Workspace
from store.review_gold import set_gold
from store.review_queueing import rows_named
from tagger.formats.reading import Rejected
from tagger.formats.rows import read_rows
from tagger.labels import LabelReader
from tagger.model import Labels
from tagger.review import ReviewError
from taxonomy.errors import BadInputError


@dataclass(frozen=True)
class GoldAdded:
    """Known answers that are new or changed, the same as before, and lines that could not be used."""

    added: int
    already_there: int
    refused: tuple[str, ...]


def add_gold_file(workspace: Workspace, path: Path, *, by: str) -> GoldAdded:
    """Known answers from JSON Lines or CSV: `contact_id` (or `id`) with `step` and `outcome`, or `labels` of them."""
    found: list[tuple[str, Labels]] = []
    refused = []
    reader = LabelReader(workspace.job)
    for row in read_rows(path):
        if isinstance(row, Rejected):
            refused.append(f"{path}:{row.line}: {row.message}")
            continue
        line, values = row
        try:
            found.append(_answer(values, reader))
        except BadInputError as error:
            refused.append(f"{path}:{line}: {error}")
    done = add_gold(workspace, found, by=by)
    return GoldAdded(done.added, done.already_there, (*refused, *done.refused))


def add_gold(
    workspace: Workspace, answers: Sequence[tuple[str, Labels]], *, by: str, note: str | None = None
) -> GoldAdded:
    """Known answers by contact id, in the job's own ids."""
    with workspace.database.session() as session:
        rows = rows_named(session, workspace.job.id, [contact for contact, _ in answers])
        known = [(key, labels) for contact, labels in answers for key in rows.get(contact, ())]
        triples = [(key, labels.step, labels.outcome) for key, labels in known]
        added = set_gold(session, workspace.job.id, triples, by=by, now=datetime.now(UTC), note=note)
    unknown = [f"no contact {contact!r} of this job is in the store" for contact, _ in answers if contact not in rows]
    return GoldAdded(added, len(known) - added, tuple(unknown))


def _answer(values: Mapping[str, Any], reader: LabelReader) -> tuple[str, Labels]:
    contact = values.get("contact_id") or values.get("id")
    labels = values.get("labels") if isinstance(values.get("labels"), Mapping) else values
    if not contact or not isinstance(labels, Mapping) or "step" not in labels:
        raise ReviewError("a known answer needs `contact_id` and `step` (null: fits no step)")
    return str(contact), reader.resolve(Labels(labels["step"] or None, labels.get("outcome") or None))
