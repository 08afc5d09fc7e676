"""Asking over HTTP that a customer or a contact be erased, and the receipts of what was."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from api.access import AccessRefusedError, caller_of, require
from api.deps import DbSession
from api.problems import NotFoundError
from api.sessions import identity_of
from api.v1.documents import plain
from api.v1.shapes import Shape
from store.erasure import ErasureError, Receipt, Subject, list_receipts, read_receipt
from store.erasure_requests import ask_erasure

router = APIRouter(prefix="/v1/erasures", tags=["erasures"], dependencies=[require("admin")])

Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$", examples=["u-9"])]


class ErasureBody(Shape):
    """Whom to erase: all of a customer, one contact, or one contact of a customer."""

    customer_id: Id | None = None
    contact_id: Id | None = None
    source: Id | None = None


class ReceiptShape(Shape):
    """What was asked for and what was removed, by kind; nothing in it says who. `finished_at` null: not done yet."""

    receipt: str
    scope: str
    by: str
    asked_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]


class ReceiptsShape(Shape):
    """The newest receipts first, at most a hundred."""

    items: list[ReceiptShape]
    next_cursor: str | None


@router.post("", response_model=ReceiptShape, status_code=202)
def ask(request: Request, session: DbSession, body: ErasureBody) -> dict[str, Any]:
    """Ask for an erasure. The same contacts are refused from now on; the next `headway retain` or `erase` does it."""
    _check_everywhere(request)
    subject = Subject(body.customer_id, body.contact_id, body.source)
    receipt = ask_erasure(session, subject, by=caller_of(request).name, identity=identity_of(request))
    return _json(read_receipt(session, receipt))


@router.get("", response_model=ReceiptsShape)
def list_all(request: Request, session: DbSession) -> dict[str, Any]:
    """The receipts."""
    _check_everywhere(request)
    return {"items": [_json(one) for one in list_receipts(session)], "next_cursor": None}


@router.get("/{receipt}", response_model=ReceiptShape)
def read(request: Request, session: DbSession, receipt: str) -> dict[str, Any]:
    """One receipt."""
    _check_everywhere(request)
    try:
        return _json(read_receipt(session, receipt))
    except ErasureError as error:
        raise NotFoundError(str(error)) from error


def _check_everywhere(request: Request) -> None:
    """A customer's contacts may be of any job: a key for some jobs may not speak for the others."""
    if caller_of(request).jobs is not None:
        raise AccessRefusedError("erasures touch every job: ask with a key that is not held to some")


def _json(receipt: Receipt) -> dict[str, Any]:
    document: dict[str, Any] = plain(asdict(receipt))
    return document
