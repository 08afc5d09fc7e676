"""The tagger as a filter: lines in, lines out, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from classifiers.artifact import load
from classifiers.llm import AidedModel
from classifiers.model import Model, WordsAlone
from store.job_version import check_version
from store.llm import aided
from store.models import ModelShelf
from store.settings import Settings
from tagger.formats.chunks import Line
from tagger.formats.json_lines import records_of
from tagger.formats.outcome import Accepted, Rejected, checked
from tagger.model import Contact, Tag
from tagger.redact import Rules, redact_contact, redact_raw
from tagger.tag import tag_contacts
from taxonomy.model import Job


@dataclass(frozen=True)
class Predictor:
    """One job and one model, ready to answer; `reader` is the model with the LLM behind it, where one is configured."""

    job: Job
    model: Model
    reader: Model | AidedModel | WordsAlone

    @classmethod
    def open(cls, job: Job, *, settings: Settings, model: str | None = None, words_alone: bool = False) -> Predictor:
        """The model in use, or the one named; of it the cheap stage alone, without vectors and LLM, if so asked.

        Raises NoModelError or JobVersionError.
        """
        folder = ModelShelf(settings.models, job.id).path(model)
        found = load(folder, home=settings.home)
        check_version(found, job)
        reader = WordsAlone(found) if words_alone else aided(found, job, settings=settings, folder=folder)
        return cls(job, found, reader)

    @cached_property
    def rules(self) -> Rules:
        """What the job adds to redaction."""
        return Rules.of(self.job)

    def lines(self, batch: Sequence[tuple[int, bytes]]) -> list[dict[str, Any]]:
        """One answer per numbered line, in order: a tag, or an error where the line cannot be read."""
        now = datetime.now(UTC)
        reads = [self._read(number, line, now) for number, line in batch]
        contacts = [redact_contact(read, self.rules) for read in reads if isinstance(read, Contact)]
        tags = iter(tag_contacts(self.job, self.reader, contacts).tags if contacts else ())
        return [tag_line(next(tags)) if isinstance(read, Contact) else error_line(read) for read in reads]

    def _read(self, number: int, line: bytes, now: datetime) -> Contact | Rejected:
        for found in records_of(Line(number, line.rstrip(b"\r\n")), lambda record: iter([record])):
            read = found if isinstance(found, Rejected) else checked(found, now=now)
            return read.contact if isinstance(read, Accepted) else read
        return Rejected(number, "empty-line", "the line is empty", "")


def tag_line(tag: Tag) -> dict[str, Any]:
    """The line of `headway predict` for one contact."""
    # Field by field: `asdict` copies every probability, which took three quarters of a quick tagger's time.
    return {
        "id": tag.contact_id,
        "step": tag.step,
        "outcome": tag.outcome,
        "confidence": tag.confidence,
        "deferred": tag.deferred,
        "source": tag.source,
        "steps": tag.steps,
        "outcomes": tag.outcomes,
        "evidence": [{"turn": span.turn, "start": span.start, "end": span.end} for span in tag.evidence],
        "novelty": round(tag.novelty, 6),
        "model": tag.model,
        "job": tag.job,
        "job_version": tag.job_version,
        "prompt": tag.prompt,
        "suspicious": tag.suspicious,
        "secondary": [
            {"step": one.step, "outcome": one.outcome, "confidence": one.confidence} for one in tag.secondary
        ],
    }


def error_line(refused: Rejected) -> dict[str, Any]:
    """The line of `headway predict` where the input could not be read."""
    named = {"id": refused.id} if refused.id is not None else {"line": refused.line}
    return {**named, "error": {"type": refused.kind, "message": redact_raw(refused.message)}}
