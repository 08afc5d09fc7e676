"""One contact: the conversation with the words that carried the decision, and everything said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from alignment.estimate import Estimate
from api import charts
from api.access import caller_of, may_read_text, require
from api.address import Links, contact_link
from api.deps import DbSession
from api.figures import SHARE
from api.headers import page_answer
from api.pages.contact_choice import DRIVER_WORDS
from api.pages.contact_counts import counts_part
from api.pages.review_reasons import REASONS
from api.pages.review_session import LONGEST_NAME, Form, NoNameError, analyst_of, text
from api.pages.twins import twin
from api.rendering import render
from store.audit import record_audit
from store.browse import ContactDetail, read_contact
from store.contacts import UnknownContactError, find_contact
from store.jobs import UnknownJobError, read_job
from store.review_queue import queued_for, reviewed_job
from store.review_queueing import queue_named
from tagger.model import NONE_FITS, EvidenceSpan, Tag
from taxonomy.model import Job

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

SHOWN_STEPS = 4


@dataclass(frozen=True)
class Part:
    """A piece of a turn; `marked` where it carried the decision."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Said:
    """One turn, in pieces."""

    speaker: str
    at: datetime | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Guess:
    """A step with the probability that a model gave it."""

    name: str
    share: str
    chart: Markup


@dataclass(frozen=True)
class TagRow:
    """What one model said, with names and the addresses of step and outcome (None: it fits none)."""

    tag: Tag
    step: str
    step_href: str | None
    outcome: str | None
    outcome_href: str | None
    guesses: tuple[Guess, ...]
    others: tuple[OtherRow, ...]


@dataclass(frozen=True)
class OtherRow:
    """Another step that the contact is about as well, with its address."""

    step: str
    outcome: str | None
    href: str
    share: str


@dataclass(frozen=True)
class HardRow:
    """What made the contact hard work: in words, and what the customer or agent said (None: known from data)."""

    words: str
    said: str | None


@dataclass(frozen=True)
class DecidedRow:
    """What an analyst decided, with names."""

    step: str
    outcome: str | None
    by: str
    at: datetime


@router.get("/contacts/{contact_id:path}")
def contact(
    request: Request, session: DbSession, contact_id: str, source: Annotated[str | None, Query()] = None
) -> Response:
    """A contact's page. Who looked at it is written to the audit log, and whether they saw the whole conversation."""
    try:
        detail = read_contact(session, contact_id, source=source or None)
    except UnknownContactError:
        if not contact_id.endswith(".json"):
            raise
        return twin(request, f"/contacts/{contact_id.removesuffix('.json')}")
    pk, whole = find_contact(session, contact_id, source=detail.source), may_read_text(request)
    seen = {"page": "contact", "text": "whole" if whole else "evidence"}
    record_audit(session, who=caller_of(request).name, action="contact.read", object=f"contact/{pk}", detail=seen)
    return page_answer(request, _html(request, session, detail, pk=pk, whole=whole))


def _html(request: Request, session: Session, detail: ContactDetail, *, pk: int, whole: bool) -> str:
    jobs: dict[str, Job] = {}
    for name in {tag.job for tag in detail.tags} | {decision.job for decision in detail.decisions}:
        try:
            jobs[name] = read_job(session, name)
        except UnknownJobError:
            continue  # a job that left the database leaves its tags behind; they are shown by their ids
    home = jobs.get(detail.tags[0].job) if detail.tags else None
    return render(
        "contact.html",
        detail=detail,
        contact=detail.contact,
        said=conversation(detail, whole=whole),
        whole=whole,
        tags=[tag_row(tag, jobs.get(tag.job)) for tag in detail.tags],
        decisions=[_decided(row.step, row.outcome, row.by, row.at, jobs.get(row.job)) for row in detail.decisions],
        hard=_hard(detail, detail.tags[0].job if detail.tags else None),
        home=Links(detail.tags[0].job) if detail.tags else None,
        job=home,
        counts=None if home is None else counts_part(session, home, detail, pk),
        queued=[(REASONS.get(one.reason, one.reason), one.read) for one in queued_for(session, pk)],
        analyst=analyst_of(request),
        json_url=contact_link(detail.contact.id, detail.source, api=True),
    )


@router.post("/review/ask", dependencies=[require("leader", writes=True)])
def ask(request: Request, session: DbSession, form: Form) -> Response:
    """A leader asks for a contact to be reviewed; back to its page."""
    contact_id, job = text(form, "contact"), reviewed_job(session, text(form, "job") or None)
    found = analyst_of(request)
    by = found.name if found is not None else text(form, "by")
    if not by:
        raise NoNameError("name: say who asks; analysts see it with your question")
    queue_named(session, [contact_id], "asked", job_id=job, by=by[:LONGEST_NAME], note=text(form, "why") or None)
    return RedirectResponse(contact_link(contact_id, text(form, "source")), status_code=303)


def conversation(detail: ContactDetail, *, whole: bool) -> list[Said]:
    """Every turn, cut where the newest tag's evidence starts and ends; unless `whole`, the evidence alone."""
    spans = detail.tags[0].evidence if detail.tags else ()
    said = [
        Said(turn.speaker, turn.at, parts_of(turn.text, [span for span in spans if span.turn == i]))
        for i, turn in enumerate(detail.contact.turns)
    ]
    return said if whole else [replace(turn, parts=shown) for turn in said if (shown := _evidence(turn.parts))]


def _evidence(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The marked parts, with an ellipsis where words are left out; empty where none is marked."""
    if not any(part.marked for part in parts):
        return ()
    return tuple(part if part.marked else Part(" … ", False) for part in parts)


def parts_of(text: str, spans: Sequence[EvidenceSpan]) -> tuple[Part, ...]:
    """The text in pieces that join to it again; overlapping spans mark a character once."""
    parts, done = [], 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        start, end = max(span.start, done), min(span.end, len(text))
        if start >= end:
            continue
        parts += [Part(text[done:start], False), Part(text[start:end], True)]
        done = end
    parts.append(Part(text[done:], False))
    return tuple(part for part in parts if part.text)


def tag_row(tag: Tag, job: Job | None) -> TagRow:
    """A tag in words."""
    links = Links(tag.job)
    ranked = sorted(tag.steps.items(), key=lambda item: -item[1])[:SHOWN_STEPS]
    return TagRow(
        tag,
        _step_name(job, tag.step),
        links.step(tag.step) if tag.step else None,
        _outcome_name(job, tag.outcome),
        links.outcome(tag.outcome) if tag.outcome else None,
        tuple(_guess(_step_name(job, None if step == NONE_FITS else step), p) for step, p in ranked if p >= 0.005),
        tuple(
            OtherRow(
                _step_name(job, one.step), _outcome_name(job, one.outcome), links.step(one.step),
                f"{100 * one.confidence:.0f}%",
            )
            for one in tag.secondary
        ),
    )  # fmt: skip


def _hard(detail: ContactDetail, job: str | None) -> list[HardRow]:
    """The drivers that the newest tag's job knows of."""
    rows = []
    for one in detail.drivers.get(job or "", ()):
        span = one.span
        said = None if span is None else detail.contact.turns[span.turn].text[span.start : span.end]
        rows.append(HardRow(DRIVER_WORDS[one.driver], said))
    return rows


def _guess(name: str, probability: float) -> Guess:
    undated = datetime.min
    drawn = charts.bar_row(Estimate(probability, None, None, 0, 0, "none", undated), SHARE, name=name)
    return Guess(name, f"{100 * probability:.0f}%", drawn)


def _decided(step: str | None, outcome: str | None, by: str, at: datetime, job: Job | None) -> DecidedRow:
    return DecidedRow(_step_name(job, step), _outcome_name(job, outcome), by, at)


def _step_name(job: Job | None, step: str | None) -> str:
    known: Mapping[str, object] = job.step_by_id if job else {}
    if step is None:
        return "fits no step of the job"
    return job.step_by_id[step].name if job and step in known else step.strip("_").replace("_", " ")


def _outcome_name(job: Job | None, outcome: str | None) -> str | None:
    found = job.outcome_by_id.get(outcome) if job and outcome else None
    return found.statement if found else outcome
