"""Check the tagger's promise on what analysts decided, once a week."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.workspace import Workspace
from store.review_promise import Check, check_promise


def check_tags(workspace: Workspace, *, again: bool = False) -> Check | None:
    """Check the promise on kept tags and widen deferral on a breach; None where it is not due."""
    with workspace.database.session() as session:
        return check_promise(session, workspace.job, now=datetime.now(UTC), again=again)
