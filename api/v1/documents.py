"""JSON documents that only the API gives; those it shares with the command line are in `alignment.documents`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from store.browse import ContactDetail, Page
from store.scores import PublishedIndex
from taxonomy.model import Job

Document = dict[str, Any]


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


def contact_json(detail: ContactDetail) -> Document:
    """A contact; the customer's hash stays inside."""
    contact = detail.contact
    names = ("id", "channel", "started_at", "ended_at", "transfers", "cost", "abandoned")
    tags = [{name: part for name, part in asdict(tag).items() if name != "contact_id"} for tag in detail.tags]
    return _document(
        {
            **{name: getattr(contact, name) for name in names},
            "source": detail.source,
            "segment": {name: str(value) for name, value in contact.segment.items()},
            "circumstance": {name: str(value) for name, value in contact.circumstance.items()},
            "survey": asdict(contact.survey) if contact.survey else None,
            "turns": [asdict(turn) for turn in contact.turns],
            "tags": tags,
            "decisions": [asdict(decision) for decision in detail.decisions],
            "drivers": [{"job": job, **asdict(one)} for job, found in detail.drivers.items() for one in found],
        }
    )


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
