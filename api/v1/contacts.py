"""One contact."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access import may_read_text, require
from api.audited import note
from api.deps import DbSession
from api.headers import json_answer
from api.v1.contact_shapes import ContactShape
from api.v1.documents import contact_json
from api.v1.jobs import PROBLEMS
from store.browse import read_contact

router = APIRouter(prefix="/v1", tags=["contacts"], responses=PROBLEMS, dependencies=[require("leader")])


@router.get("/contacts/{contact_id:path}", response_model=ContactShape)
def contact(
    request: Request,
    session: DbSession,
    contact_id: str,
    source: Annotated[str | None, Query(description="Where it came from, if two sources use the same id.")] = None,
) -> Response:
    """A contact: its redacted words, what models said of it, what analysts decided. Each look is in the audit log.

    Leaders and services are given the words that carried a decision, the others blanked; `whole` says which it is.
    """
    detail, whole = read_contact(session, contact_id, source=source or None), may_read_text(request)
    seen = "whole" if whole else "evidence"
    note(request, session, "contact.read", f"contact/{detail.pk}", page="api", text=seen)
    return json_answer(request, contact_json(detail, whole=whole))
