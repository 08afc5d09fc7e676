"""What a job has no place for: groups of contacts that fit no step, outcomes proposed for them, and their approval."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse, RedirectResponse

from api.access import require
from api.deps import DbSession
from api.pages.review_session import Form, Sender, analyst_of, remember, text
from api.problems import RefusedError
from api.rendering import render
from store.gap_decisions import Said, approve, newest_version, preview, propose, reject
from store.gap_proposals import Staged, read_proposals
from store.gaps import read_gaps
from store.jobs import read_job
from taxonomy.changes import JobDiff
from taxonomy.loader import UnknownJobError
from taxonomy.model import Job, JobStage
from taxonomy.proposal import NewStep, Proposal, ProposalError

router = APIRouter(prefix="/jobs/{job}/gaps", include_in_schema=False, dependencies=[require("leader")])

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
ADMIN = "admin"


@router.get("")
def gaps(request: Request, session: DbSession, job: str) -> Response:
    """The groups with examples, and the proposals with what lint says and what approving would change."""
    in_force = read_job(session, job)
    current = newest_job(request, session, in_force)
    analyst = analyst_of(request)
    html = render(
        "gaps.html",
        job=in_force,
        current=current,
        report=read_gaps(session, job),
        proposals=[(one, *_consequence(session, current, one)) for one in read_proposals(session, job)],
        analyst=analyst,
        may_approve=request.state.caller.role == ADMIN,
        stages=tuple(JobStage),
        address=_address(job),
        json_url=f"/v1{_address(job)}",
    )
    return HTMLResponse(html, headers=HEADERS)


@router.post("/name", dependencies=[require("analyst")])
def name(request: Request, form: Form, job: str) -> Response:
    """Say who is asking; proposals and approvals carry it."""
    answer = RedirectResponse(_address(job), status_code=303)
    remember(request, answer, text(form, "name"))
    return answer


@router.post("/proposals", dependencies=[require("analyst")])
def propose_outcome(request: Request, session: DbSession, analyst: Sender, form: Form, job: str) -> Response:
    """Stage an outcome; it changes nothing until it is approved."""
    current = newest_job(request, session, read_job(session, job))
    said = Said(analyst.name, text(form, "why"))
    staged = propose(session, current, _proposal(form), said, gap=text(form, "gap") or None)
    return _back(job, staged.proposal)


@router.post("/proposals/{proposal}/approve", dependencies=[require("admin")])
def approve_outcome(
    request: Request, session: DbSession, analyst: Sender, form: Form, job: str, *, proposal: str
) -> Response:
    """Write the next version of the job."""
    _check_admin(request)
    current = newest_job(request, session, read_job(session, job))
    approve(session, current, proposal, Said(analyst.name, text(form, "why")), folder=_folder(request))
    return _back(job, proposal)


@router.post("/proposals/{proposal}/reject", dependencies=[require("admin")])
def reject_outcome(
    request: Request, session: DbSession, analyst: Sender, form: Form, job: str, *, proposal: str
) -> Response:
    """Turn a proposal down."""
    _check_admin(request)
    reject(session, job, proposal, Said(analyst.name, text(form, "why")))
    return _back(job, proposal)


def newest_job(request: Request, session: Session, in_force: Job) -> Job:
    """The newest version of a job that was kept; the one in force where the home folder holds none."""
    try:
        return newest_version(in_force.id, _folder(request))
    except UnknownJobError:
        return read_job(session, in_force.id)


def _consequence(session: Session, job: Job, staged: Staged) -> tuple[JobDiff | None, str]:
    """What approving would change, or why it cannot be approved."""
    if staged.state != "proposed":
        return None, ""
    try:
        return preview(session, job, staged.proposal).diff, ""
    except ProposalError as error:
        return None, str(error)


def _proposal(form: Any) -> Proposal:
    step, named = text(form, "step"), text(form, "step_name")
    if named:
        new_id = text(form, "step_id") or "-".join(word for word in named.lower().split() if word.isalnum())
        return Proposal(
            new_id, text(form, "outcome"), text(form, "statement"), False, NewStep(named, text(form, "stage"))
        )
    return Proposal(step, text(form, "outcome"), text(form, "statement"))


def _check_admin(request: Request) -> None:
    if request.state.caller.role != ADMIN:
        raise RefusedError("only an admin may change the job; your proposal waits for one")


def _folder(request: Request) -> Path:
    folder: Path = request.app.state.settings.jobs
    return folder


def _address(job: str) -> str:
    return f"/jobs/{quote(job, safe='')}/gaps"


def _back(job: str, proposal: str) -> Response:
    return RedirectResponse(f"{_address(job)}#{proposal}", status_code=303)
