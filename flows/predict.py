"""The tagger as a filter: lines in, lines out, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from classifiers.artifact import load
from classifiers.llm import AidedModel
from classifiers.model import Model
from flows.llm import aided
from flows.tag import check_version
from store.models import ModelShelf
from store.settings import Settings
from tagger.formats.chunks import Line
from tagger.formats.json_lines import records_of
from tagger.formats.outcome import Accepted, Rejected, checked
from tagger.model import Contact, Tag
from tagger.redact import redact_contact
from tagger.tag import tag_contacts
from taxonomy.model import Job


@dataclass(frozen=True)
class Predictor:
    """One job and one model, ready to answer; `reader` is the model with the LLM behind it, where one is configured."""

    job: Job
    model: Model
    reader: Model | AidedModel

    @classmethod
    def open(cls, job: Job, *, settings: Settings, model: str | None = None) -> Predictor:
        """The model in use, or the one named. Raises NoModelError or JobVersionError."""
        folder = ModelShelf(settings.models, job.id).path(model)
        found = load(folder, home=settings.home)
        check_version(found, job)
        return cls(job, found, aided(found, job, settings=settings, folder=folder))

    def lines(self, batch: Sequence[tuple[int, bytes]]) -> list[dict[str, Any]]:
        """One answer per numbered line, in order: a tag, or an error where the line cannot be read."""
        now = datetime.now(UTC)
        reads = [self._read(number, line, now) for number, line in batch]
        contacts = [redact_contact(read) for read in reads if isinstance(read, Contact)]
        tags = iter(tag_contacts(self.job, self.reader, contacts).tags if contacts else ())
        return [tag_line(next(tags)) if isinstance(read, Contact) else error_line(read) for read in reads]

    def _read(self, number: int, line: bytes, now: datetime) -> Contact | Rejected:
        for found in records_of(Line(number, line.rstrip(b"\r\n")), lambda record: iter([record])):
            read = found if isinstance(found, Rejected) else checked(found, now=now)
            return read.contact if isinstance(read, Accepted) else read
        return Rejected(number, "empty-line", "the line is empty", "")


def tag_line(tag: Tag) -> dict[str, Any]:
    """The line of `headway predict` for one contact."""
    line = asdict(tag)
    line["id"] = line.pop("contact_id")
    line["evidence"] = [asdict(span) for span in tag.evidence]
    line["novelty"] = round(tag.novelty, 6)
    order = ("id", "step", "outcome", "confidence", "deferred", "source", "steps", "outcomes", "evidence", "novelty")
    return {name: line[name] for name in (*order, "model", "job", "job_version", "prompt")}


def error_line(refused: Rejected) -> dict[str, Any]:
    """The line of `headway predict` where the input could not be read."""
    named = {"id": refused.id} if refused.id is not None else {"line": refused.line}
    return {**named, "error": {"type": refused.kind, "message": refused.message}}
