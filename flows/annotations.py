"""Annotations that Headway adds itself: every model that was put in use."""

from __future__ import annotations

import hashlib

from flows.workspace import Workspace
from store.annotations import record_annotation
from store.models import Promotion


def annotate_promotions(workspace: Workspace) -> int:
    """Put every promotion of the shelf on the job's trend lines; how many there are. Each is kept once."""
    promotions = workspace.shelf.promotions()
    with workspace.database.session() as session:
        for one in promotions:
            record_annotation(
                session,
                workspace.job.id,
                kind="model",
                at=one.at,
                text=f"tagger {one.model} in use: {one.why}",
                by=one.by,
                annotation=_key(one),
            )
    return len(promotions)


def _key(promotion: Promotion) -> str:
    said = f"{promotion.model}\n{promotion.at.isoformat()}"
    return f"model-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
