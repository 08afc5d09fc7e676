"""What a caller did, into the audit log of the same unit of work: it stands there if and only if it was done."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session

from api.access import caller_of
from store.audit import record_audit


def note(request: Request, session: Session, action: str, object: str, **detail: Any) -> None:
    """One row about the caller of a request; see `store.audit.record_audit` for what the parts are."""
    record_audit(session, who=caller_of(request).name, action=action, object=object, detail=detail)
