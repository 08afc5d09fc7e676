"""Publish the Alignment Index: freeze its formula the first time, then one row for each change of its inputs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from alignment.build import index_json
from alignment.index import baseline_view, freeze_formula
from alignment.scorecard import Scorecard, View
from flows.workspace import Workspace
from store.scorecards import read_inputs, read_scorecard
from store.scores import PublishedIndex, read_formula, save_formula, save_published


@dataclass(frozen=True)
class Published:
    """Whether the index could be published, whether this is news, and why not."""

    published: bool
    new: bool
    formula: str | None
    reason: str | None


def publish(workspace: Workspace) -> Published:
    """Publish the index of everything known now. The same inputs are published once."""
    job, now = workspace.job, datetime.now(UTC)
    with workspace.database.session() as session:
        if read_formula(session, job.id) is None:
            _freeze(session, workspace, now)
    with workspace.database.session() as session:
        card = read_scorecard(session, job, View(as_of=now))
        content = index_json(card)
        new = save_published(session, job.id, _record(card, content), digest=_digest(job.id, content))
    index = card.index
    return Published(index.published, new, index.formula or None, index.reason)


def _freeze(session: Session, workspace: Workspace, now: datetime) -> None:
    inputs = read_inputs(session, workspace.job, as_of=now)
    view = baseline_view(inputs.moments, as_of=now)
    if view is None:
        return
    card = read_scorecard(session, workspace.job, view)
    formula = freeze_formula(workspace.job, card, survey=inputs.survey)
    if formula is not None:
        save_formula(session, workspace.job.id, formula, by="headway publish", why="first baseline")


def _record(card: Scorecard, content: dict[str, Any]) -> PublishedIndex:
    return PublishedIndex(
        card.view.as_of, card.view.start, card.view.end, card.job.stamp, card.model or "", card.index.formula, content
    )


def _digest(job_id: str, content: dict[str, Any]) -> str:
    """What was published without the moment it was: the same figures are not news."""
    undated = json.dumps(_without(content, "as_of"), sort_keys=True, default=str)
    return hashlib.sha256(f"{job_id}\x1f{undated}".encode()).hexdigest()


def _without(data: Any, name: str) -> Any:
    if isinstance(data, dict):
        return {key: _without(value, name) for key, value in data.items() if key != name}
    return [_without(item, name) for item in data] if isinstance(data, list) else data
