"""JSON documents that only the API gives; those it shares with the command line are in `alignment.documents`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from store.browse import ContactDetail, Page
from store.scores import PublishedIndex
from tagger.model import Turn
from taxonomy.model import Job

Document = dict[str, Any]
UNSTORED = ("contact_id", "suspicious")
"""Of a tag, what stands beside it or is only known while it is made."""
ROW_NAMES = ("week", "outcome", "step", "id")
"""What a row of a list is called by, the most telling first."""


def job_json(job: Job, dimensions: Mapping[str, tuple[str, ...]]) -> Document:
    """A job with its steps, outcomes and filters."""
    steps = [
        {
            "id": step.id,
            "stage": step.stage.value,
            "name": step.name,
            "statement": step.statement,
            "critical": step.critical,
            "outcomes": [{"id": o.id, "statement": o.statement, "critical": o.critical} for o in step.outcomes],
        }
        for step in job.steps
    ]
    return {
        **summary_json(job),
        "steps": steps,
        "dimensions": {name: list(found) for name, found in dimensions.items()},
    }


def summary_json(job: Job) -> Document:
    """A job in a list."""
    return {"id": job.id, "version": job.stamp, "statement": job.statement}


def page_json(page: Page) -> Document:
    """A page of contacts."""
    return _document(asdict(page))


def contact_json(detail: ContactDetail, *, whole: bool) -> Document:
    """A contact; the customer's hash stays inside. Unless `whole`, of its words only those that are evidence."""
    contact = detail.contact
    names = ("id", "channel", "started_at", "ended_at", "transfers", "cost", "abandoned")
    tags = [{name: part for name, part in asdict(tag).items() if name not in UNSTORED} for tag in detail.tags]
    return _document(
        {
            **{name: getattr(contact, name) for name in names},
            "source": detail.source,
            "segment": {name: str(value) for name, value in contact.segment.items()},
            "circumstance": {name: str(value) for name, value in contact.circumstance.items()},
            "survey": asdict(contact.survey) if contact.survey else None,
            "turns": [asdict(turn) for turn in (contact.turns if whole else _evidence_alone(detail))],
            "whole": whole,
            "tags": tags,
            "decisions": [asdict(decision) for decision in detail.decisions],
            "drivers": [{"job": job, **asdict(one)} for job, found in detail.drivers.items() for one in found],
        }
    )


def _evidence_alone(detail: ContactDetail) -> list[Turn]:
    """The turns with every character that carried no decision blanked, so that offsets still point right."""
    spans = [span for tag in detail.tags for span in tag.evidence]
    spans += [one.span for found in detail.drivers.values() for one in found if one.span is not None]
    turns = []
    for number, turn in enumerate(detail.contact.turns):
        shown = {at for span in spans if span.turn == number for at in range(span.start, span.end)}
        turns.append(replace(turn, text="".join(c if at in shown else " " for at, c in enumerate(turn.text)).rstrip()))
    return turns


def history_json(job: Job, history: list[PublishedIndex]) -> Document:
    """Everything published of a job."""
    return _document({"job": job.id, "history": [dict(vars(row)) for row in history]})


def _document(values: Mapping[str, Any]) -> Document:
    return {name: plain(value) for name, value in values.items()}


def plain(value: Any) -> Any:
    """Only what JSON knows: moments in ISO 8601, tuples as lists."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(part) for key, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case _:
            return value


def sliced_rows(document: Mapping[str, Any], part: str) -> list[Document]:
    """The figures of a document as rows: the whole with an empty `slice`, then each slice."""
    slices = document.get("slices") or {}
    rows = [{"slice": "", **row} for row in document[part]]
    return rows + [{"slice": value, **row} for value, found in slices.items() for row in found]


def figure_rows(document: Mapping[str, Any]) -> list[Document]:
    """Every figure of a document as a row under its place in it, such as `steps.track-delivery.effort`."""
    return [{"figure": place, **estimate} for place, estimate in _figures(document, ())]


def _figures(node: Any, place: tuple[str, ...]) -> Iterator[tuple[str, Document]]:
    if isinstance(node, Mapping) and "low" in node and "as_of" in node and "method" in node:
        yield ".".join(place), dict(node)
    elif isinstance(node, Mapping):
        for name, part in node.items():
            yield from _figures(part, (*place, str(name)))
    elif isinstance(node, list):
        for number, part in enumerate(node):
            name = (
                next((part[key] for key in ROW_NAMES if key in part), number) if isinstance(part, Mapping) else number
            )
            yield from _figures(part, (*place, str(name)))
