"""Zendesk tickets: the account's JSON export (one ticket a line) and pages of the incremental export API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tagger.formats.foreign import known, objects, part, speaker_of
from tagger.formats.problems import ContactError

_CLOSED = frozenset(("solved", "closed"))


def looks_like_zendesk(document: Mapping[str, Any]) -> bool:
    """True for one ticket, and for a page with a list of tickets."""
    if isinstance(document.get("tickets"), list):
        return True
    person = "requester" in document or "requester_id" in document
    return person and ("comments" in document or "description" in document)


def from_zendesk(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A contact record for each ticket; comments written for colleagues only are left out.

    Without comments, the description is the customer's one turn. A good or bad rating is kept as
    `satisfaction_rating`; it is not an effort answer and not a resolution.
    """
    tickets = objects(document["tickets"], "tickets") if "tickets" in document else [document]
    roles = {str(user.get("id")): user.get("role") for user in objects(document.get("users"), "users")}
    for ticket in tickets:
        yield _record(ticket, roles)


def _record(ticket: Mapping[str, Any], roles: Mapping[str, Any]) -> dict[str, Any]:
    requester = part(ticket.get("requester")).get("id") or ticket.get("requester_id")
    return known(
        {
            "id": ticket.get("id"),
            "customer_id": requester,
            "channel": part(ticket.get("via")).get("channel"),
            "started_at": ticket.get("created_at"),
            "ended_at": ticket.get("updated_at") if str(ticket.get("status")) in _CLOSED else None,
            "segment": known({"priority": ticket.get("priority"), "type": ticket.get("type")}),
            "subject": ticket.get("subject"),
            "status": ticket.get("status"),
            "tags": ticket.get("tags"),
            "satisfaction_rating": part(ticket.get("satisfaction_rating")).get("score"),
            "turns": _turns(ticket, requester, roles),
        }
    )


def _turns(ticket: Mapping[str, Any], requester: Any, roles: Mapping[str, Any]) -> list[dict[str, Any]]:
    comments = [item for item in objects(ticket.get("comments"), "comments") if item.get("public", True)]
    if not comments and ticket.get("description"):
        return [{"speaker": "customer", "text": ticket["description"], "at": ticket.get("created_at")}]
    return [_turn(comment, requester, roles) for comment in comments]


def _turn(comment: Mapping[str, Any], requester: Any, roles: Mapping[str, Any]) -> dict[str, Any]:
    author = comment.get("author_id") or part(comment.get("author")).get("id")
    if isinstance(author, Mapping | list):
        raise ContactError("unknown-speaker", "a comment's author_id must be a number", "comments")
    speaker = "customer" if author == requester else speaker_of(roles.get(str(author)) or "agent")
    text = comment.get("plain_body") or comment.get("body") or ""
    return known({"speaker": speaker, "at": comment.get("created_at")}) | {"text": text}
