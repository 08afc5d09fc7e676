"""Publish the Alignment Index: freeze its formula the first time, then one row for each change of its inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from alignment.documents import index_json
from alignment.index import BaselineNotReadyError, freeze_formula
from alignment.moments import Moments
from alignment.scorecard import Scorecard, View
from flows.workspace import Workspace
from store.scorecards import read_inputs, read_scorecard
from store.scores import PublishedIndex, read_formula, save_formula, save_published

QUARTER = timedelta(weeks=13)
DIGITS, DECIMALS = 7, 9
"""Figures that agree in these are the same figures."""


@dataclass(frozen=True)
class Published:
    """Whether the index could be published, whether this is news, and why not."""

    published: bool
    new: bool
    formula: str
    reason: str | None


def publish(workspace: Workspace) -> Published:
    """Publish the index of everything known now. The same inputs are published once."""
    job = workspace.job
    with workspace.database.session() as session:
        if read_formula(session, job.id) is None:
            _freeze(session, workspace, datetime.now(UTC))
    now = datetime.now(UTC)  # after the formula, which is part of what is known
    with workspace.database.session() as session:
        card = read_scorecard(session, job, View(as_of=now), trends=False, service=False)
        content = index_json(card)
        new = save_published(session, job.id, _record(card, content), digest=_digest(job.id, content))
    index = card.index
    return Published(index.published, new, index.formula, index.reason)


def _freeze(session: Session, workspace: Workspace, now: datetime) -> None:
    """Freeze the baseline on the first quarter, or on more where a quarter is not evidence enough."""
    moments = read_inputs(session, workspace.job, as_of=now).moments
    for view in _baselines(moments, now):
        card = read_scorecard(session, workspace.job, view, trends=False, service=False)
        try:
            formula = freeze_formula(
                workspace.job, outcomes=card.outcomes, failure_modes=card.failure_modes, start=view.start, end=view.end
            )
        except BaselineNotReadyError:
            continue
        save_formula(session, workspace.job.id, formula, by="headway publish", why="first baseline")
        return


def _baselines(moments: Moments, now: datetime) -> Iterator[View]:
    weeks = moments.weeks()
    if not weeks:
        return
    for quarters in (1, 2, 4):
        end = weeks[0] + quarters * QUARTER
        yield View(as_of=now, start=weeks[0], end=end)
        if end > weeks[-1]:
            return


def _record(card: Scorecard, content: dict[str, Any]) -> PublishedIndex:
    return PublishedIndex(
        card.view.as_of, card.view.start, card.view.end, card.job.stamp, card.model or "", card.index.formula, content
    )


def _digest(job_id: str, content: dict[str, Any]) -> str:
    """What was published without the moment it was: the same figures are not news.

    To seven digits: the last ones hang on the order in which a database gives its rows.
    """
    undated = json.dumps(_rounded(_without(content, "as_of")), sort_keys=True, default=str)
    return hashlib.sha256(f"{job_id}\x1f{undated}".encode()).hexdigest()


def _rounded(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _rounded(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_rounded(value) for value in data]
    return float(f"{round(data, DECIMALS) + 0.0:.{DIGITS}g}") if isinstance(data, float) else data


def _without(data: Any, name: str) -> Any:
    if isinstance(data, dict):
        return {key: _without(value, name) for key, value in data.items() if key != name}
    return [_without(item, name) for item in data] if isinstance(data, list) else data
