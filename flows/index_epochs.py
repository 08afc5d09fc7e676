"""The past under a new formula: every index that was published, computed again beside what it was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from alignment.documents import figures_json
from alignment.formula import IndexFormula
from alignment.index_view import index_of_view
from alignment.scorecard import AlignmentIndex, View
from store.scorecards import read_inputs
from store.scores import PublishedIndex, index_history, save_published
from taxonomy.model import Job


def recompute_published(session: Session, job: Job, formula: IndexFormula, *, link: float) -> int:
    """Publish every past index again under a new formula, from what was known when it was published; how many.

    What was published stays: each moment then has its figure under both formulas, which is the overlap of the two
    epochs. The content of the new ones says `recomputed` and carries the link factor. Indices of another version of
    the job cannot be computed again and are left out.
    """
    added = 0
    for row in index_history(session, job.id):
        if row.formula == formula.version or row.job_version != job.stamp or row.content.get("recomputed"):
            continue
        view = View(row.as_of, row.start, row.end)
        inputs = read_inputs(session, job, as_of=row.as_of)
        _, index = index_of_view(job, inputs.moments, formula, view=view, survey=inputs.survey, events=inputs.events)
        content = {**_content(index), "recomputed": True, "link_factor": link}
        past = replace(row, formula=formula.version, model=inputs.model or row.model, content=content)
        added += save_published(session, job.id, past, digest=_digest(job.id, past))
    return added


def _content(index: AlignmentIndex) -> dict[str, Any]:
    """The document of a published index, as `headway index --json` has it."""
    document = figures_json(index)
    return {**document, "inputs": [dict(row) for row in index.inputs]}


def _digest(job_id: str, past: PublishedIndex) -> str:
    named = json.dumps([past.formula, past.as_of.isoformat(), past.content], sort_keys=True, default=str)
    return hashlib.sha256(f"{job_id}\x1f{named}".encode()).hexdigest()
