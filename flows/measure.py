"""Fold everything known into moments; only slices that changed are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from alignment.fold import fold
from alignment.fold_replicates import fold_replicates
from alignment.targets import Targets
from flows.workspace import Workspace
from store.evidence import read_evidence
from store.moments import save_moments
from store.tags import count_tagged, newest_model


@dataclass(frozen=True)
class Measured:
    """Contacts folded, of these how many are corrected by a review, and slices written.

    `waiting` counts tagged contacts that stand outside the figures until a review of their draw is done.
    """

    contacts: int
    reviewed: int
    slices_written: int
    waiting: int = 0


def measure(workspace: Workspace, *, as_of: datetime | None = None) -> Measured:
    """Fold the contacts tagged by the model used last. Nothing is written where nothing changed."""
    job = workspace.job
    with workspace.database.session() as session:
        newest = newest_model(session, job.id)
        if newest is None or newest[0] != job.stamp:
            return Measured(0, 0, 0)
        evidence = read_evidence(session, job, model_id=newest[1], as_of=as_of or datetime.now(UTC))
        targets = Targets.of(job)
        folded = replace(fold(evidence, targets), replicates=fold_replicates(evidence, targets))
        written = save_moments(session, job, model_id=newest[1], moments=folded)
        tagged_by = count_tagged(session, job_id=job.id, job_version=job.stamp, model_id=newest[1])
    count = len(evidence.frame)
    return Measured(count, int((evidence.weight > 0).sum()), written, tagged_by - count)
