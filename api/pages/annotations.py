"""What happened to a job besides its contacts: read, add, change, withdraw; what it said before stays visible."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from alignment.annotations import BY_HAND, KINDS
from api.access import caller_of, require
from api.address import Asked, Links
from api.deps import DbSession
from api.headers import page_answer
from api.pages.review_session import Form, Named, text
from api.problems import NotFoundError
from api.rendering import render
from store.annotations import AnnotationError, AnnotationEvent, annotation_history, edit_annotation, record_annotation
from store.jobs import read_job
from taxonomy.model import Job

router = APIRouter(prefix="/jobs/{job}/annotations", include_in_schema=False, dependencies=[require("leader")])

LONGEST = 500


@router.get("")
def happened(request: Request, session: DbSession, job: str) -> Response:
    """The page: those in force, the newest first, then those that were withdrawn."""
    found = read_job(session, job)
    links = Links(found.id, Asked())
    history = sorted(annotation_history(session, found.id).values(), key=lambda events: events[-1].annotation.at)
    html = render(
        "annotations.html",
        job=found,
        links=links,
        here="annotations",
        json_url=links.plain("annotations", api=True),
        standing=[events for events in reversed(history) if not events[-1].withdrawn],
        withdrawn=[events for events in reversed(history) if events[-1].withdrawn],
        kinds=KINDS,
        by_hand=BY_HAND,
        may_write=caller_of(request).may("analyst"),
        said=said,
        today=datetime.now(UTC).date(),
    )
    return page_answer(request, html)


@router.post("", dependencies=[require("analyst")])
def add(session: DbSession, form: Form, by: Named, job: str) -> Response:
    """Add one. Raises AnnotationError where a field cannot be used."""
    found = read_job(session, job)
    kind, words = text(form, "kind"), text(form, "text")
    if kind not in BY_HAND:
        raise AnnotationError(f"kind: choose one of {', '.join(BY_HAND)}")
    record_annotation(
        session,
        found.id,
        kind=kind,
        at=_when(form),
        text=_short(words),
        by=_who(by),
        step=_step(found, form),
        anew=True,
    )
    return _back(found)


@router.post("/{annotation}", dependencies=[require("analyst")])
def change(session: DbSession, form: Form, by: Named, job: str, annotation: str) -> Response:
    """Change one or withdraw it; the old form is kept. Raises AnnotationError."""
    found = read_job(session, job)
    _known(session, found, annotation)
    if text(form, "do") == "withdraw":
        edit_annotation(session, found.id, annotation, by=_who(by), withdrawn=True)
    else:
        words, step = _short(text(form, "text")), _step(found, form)
        edit_annotation(
            session,
            found.id,
            annotation,
            by=_who(by),
            at=_when(form),
            text=words,
            step=step,
            whole_job=step is None,
        )
    return _back(found)


def said(events: tuple[AnnotationEvent, ...], at: int) -> str:
    """What one event of an annotation's history did."""
    event, one = events[at], events[at].annotation
    if at == 0:
        return f"added: {one.text}"
    if event.withdrawn:
        return "withdrawn"
    before = events[at - 1].annotation
    changes = [f"said “{before.text}” before"] if before.text != one.text else []
    changes += [f"was dated {before.at:%Y-%m-%d %H:%M}"] if before.at != one.at else []
    changes += [f"was about {before.step or 'the whole job'}"] if before.step != one.step else []
    return f"changed: {'; '.join(changes) or 'nothing'}"


def _known(session: Session, job: Job, annotation: str) -> None:
    if annotation not in annotation_history(session, job.id):
        raise NotFoundError(f"job {job.id} has no annotation {annotation!r}")


def _when(form: Form) -> datetime:
    """A day, or a day and time, taken as UTC."""
    given = text(form, "at")
    try:
        return datetime.fromisoformat(given).replace(tzinfo=UTC)
    except ValueError:
        raise AnnotationError(f"at: {given!r} is not a date; write it as 2026-03-31") from None


def _short(words: str) -> str:
    if not words or len(words) > LONGEST:
        raise AnnotationError(f"text: say in 1 to {LONGEST} characters what happened")
    return words


def _who(by: str) -> str:
    if not by:
        raise AnnotationError("by: say who you are")
    return by


def _step(job: Job, form: Form) -> str | None:
    step = text(form, "step")
    if step and step not in job.step_by_id:
        raise AnnotationError(f"step: {step!r} is not in job {job.id}")
    return step or None


def _back(job: Job) -> Response:
    return RedirectResponse(Links(job.id).plain("annotations"), status_code=303)
