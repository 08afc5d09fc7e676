"""Lists that only grow: a page of them as JSON, CSV or Parquet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from sqlalchemy.orm import Session

from api.audited import note
from api.headers import json_answer
from api.tables import Form, FormOf, table_answer
from api.v1.documents import plain
from api.v1.moments import Moment
from store.jobs import read_job
from store.row_lists import RowPage

AsOf = Annotated[Moment | None, Query(description="As it was known then; default now.")]


@dataclass(frozen=True)
class PageAsked:
    """Which part of a list, as known when, in which form."""

    as_of: datetime
    cursor: str | None
    limit: int
    form: Form


def get_page(
    form: FormOf,
    as_of: AsOf = None,
    cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Rows of a page.")] = 100,
) -> PageAsked:
    """What the address asks for."""
    return PageAsked(as_of or datetime.now(UTC), cursor or None, limit, form)


PageOf = Annotated[PageAsked, Depends(get_page)]


def list_answer(
    request: Request, session: Session, job: str, page: PageAsked, read: Callable[..., RowPage], *, name: str
) -> Response:
    """A page of a job's list. Raises UnknownJobError, BadCursorError."""
    found = read(session, read_job(session, job).id, as_of=page.as_of, cursor=page.cursor, limit=page.limit)
    if page.form == "json":
        return json_answer(request, {"items": plain(found.items), "next_cursor": found.next_cursor})
    note(request, session, "export.write", f"job/{job}", kind=name, form=page.form, rows=len(found.items))
    return table_answer(request, page.form, f"{job}-{name}", found.items, more=found.next_cursor)
