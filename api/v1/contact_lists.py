"""The contacts behind figures: a step's, narrowed down, page by page or as a file."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.access import caller_of, require
from api.deps import ReadingOf
from api.headers import json_answer
from api.problems import NotFoundError
from api.tables import TABLES, FormOf, table_answer
from api.v1.contact_shapes import ContactsShape
from api.v1.documents import page_json
from store.audit import record_audit
from store.browse import list_tagged
from store.contact_filters import Only
from tagger.drivers import DRIVERS

PAGE, FILE = 50, 50_000
"""Contacts of a page and of a file where the address names no limit; a file may not have more."""

router = APIRouter(prefix="/v1/jobs/{job}", tags=["contacts"], dependencies=[require("leader")])


def narrowed(
    driver: Annotated[
        str | None, Query(description="Only those with this effort driver.", json_schema_extra={"enum": ["", *DRIVERS]})
    ] = None,
    answered: Annotated[bool | None, Query(description="Whether the customer answered on effort.")] = None,
    deferred: Annotated[bool | None, Query(description="Whether the tagger was not sure enough.")] = None,
    decided: Annotated[bool | None, Query(description="Whether an analyst put it where it stands.")] = None,
) -> Only:
    """What contacts of a list must be. Raises UnknownDriverError."""
    return Only(driver=driver or None, answered=answered, deferred=deferred, decided=decided)


@router.get("/steps/{step}/contacts", response_model=ContactsShape, responses=TABLES)
def step_contacts(
    request: Request,
    reading: ReadingOf,
    only: Annotated[Only, Depends(narrowed)],
    form: FormOf,
    step: str,
    *,
    outcome: Annotated[str | None, Query(description="Only this outcome of the step.")] = None,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int | None, Query(ge=1, le=FILE, description="Default 50; in a file all that it takes.")] = None,
) -> Response:
    """The contacts behind a step's figures, newest first, as known when the first page was asked for."""
    job = reading.job
    if step not in job.step_by_id:
        raise NotFoundError(f"step {step!r} is not in job {job.id}; known are {', '.join(job.step_by_id)}")
    if outcome and outcome not in {one.id for one in job.step_by_id[step].outcomes}:
        raise NotFoundError(f"outcome {outcome!r} is not in step {step!r} of job {job.id}")
    page = list_tagged(
        reading.session, job, view=reading.view, step=step, outcome=outcome or None, only=only, cursor=cursor or None,
        limit=limit or (PAGE if form == "json" else FILE),
    )  # fmt: skip
    if form == "json":
        return json_answer(request, page_json(page))
    detail: dict[str, Any] = {"step": step, "outcome": outcome, "form": form, "contacts": len(page.items)}
    who = caller_of(request).name
    record_audit(reading.session, who=who, action="export.write", object=f"job/{job.id}", detail=detail)
    return table_answer(request, form, f"{job.id}-{step}-contacts", page.items, more=page.next_cursor)
