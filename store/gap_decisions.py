"""From a proposed outcome to the next version of the job: linted when proposed, approved or rejected by an admin."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from store.audit import acting, record_audit
from store.gap_proposals import Staged, open_proposal, settle, stage
from store.gaps import read_gap
from store.jobs import keep_file
from taxonomy.errors import BadInputError
from taxonomy.lint import Similarity
from taxonomy.loader import find_job
from taxonomy.model import Job
from taxonomy.next_version import NewVersion, next_version
from taxonomy.proposal import Proposal, lint_proposal, proposed_id


@dataclass(frozen=True)
class Said:
    """Who does something, and why."""

    by: str
    why: str


def propose(
    session: Session,
    job: Job,
    outcome: Proposal,
    said: Said,
    *,
    gap: str | None = None,
    drafted_by: str | None = None,
    similarity: Similarity | None = None,
) -> Staged:
    """Stage an outcome for the newest version of a job with what lint says of it; lint errors bar it from approval.

    An empty id is made from the statement. Raises ProposalError where the outcome has no place in the job,
    UnknownGapError for a group that is not there.
    """
    outcome = outcome if outcome.outcome else replace(outcome, outcome=proposed_id(outcome.statement, job))
    findings = lint_proposal(outcome, job, similarity=similarity)
    told = tuple((one.level, one.rule, one.message) for one in findings)
    if gap is not None:
        read_gap(session, job.id, gap)
    by, why = _named(said.by), " ".join(said.why.split())
    return stage(session, job.id, outcome, gap=gap, drafted_by=drafted_by, findings=told, by=by, why=why)


def preview(session: Session, job: Job, proposal: str) -> NewVersion:
    """The version of the job that approving would write. Raises ProposalError, ProposalStateError."""
    return next_version(job, open_proposal(session, job.id, proposal).outcome)


def approve(session: Session, job: Job, proposal: str, said: Said, *, folder: Path) -> tuple[Staged, NewVersion]:
    """Write the next version of a job with a proposed outcome in it into `folder`; who and why are kept.

    The new version is kept as `taxonomy import` keeps it: pages stay with the old one, and tagging waits, until a model
    was trained for the new one. Raises ProposalError where lint finds an error, ProposalStateError where it was settled
    before.
    """
    made = preview(session, job, proposal)
    changes = [asdict(change) for change in made.diff.changes]
    content = {"new_version": made.diff.new, "old_version": made.diff.old, "changes": changes}
    by = _named(said.by)
    staged = settle(session, job.id, proposal, "approved", content=content, by=by, why=_why(said.why))
    keep_file(folder, made.job)
    detail = {"proposal": proposal, "by": by, "version": made.diff.new}
    record_audit(session, who=acting(session), action="job.approve", object=f"job/{job.id}", detail=detail)
    return staged, made


def reject(session: Session, job_id: str, proposal: str, said: Said) -> Staged:
    """Turn a proposal down, on the record. Raises ProposalStateError."""
    detail = {"proposal": proposal, "by": _named(said.by)}
    record_audit(session, who=acting(session), action="job.reject", object=f"job/{job_id}", detail=detail)
    return settle(session, job_id, proposal, "rejected", content={}, by=_named(said.by), why=_why(said.why))


def newest_version(job_id: str, folder: Path) -> Job:
    """The newest version of a job that was kept: figures may still belong to an older one. Raises UnknownJobError."""
    return find_job(job_id, extra=[folder])


def _named(by: str) -> str:
    name = " ".join(by.split())[:200]
    if not name:
        raise BadInputError("say who: proposals and approvals carry a name")
    return name


def _why(why: str) -> str:
    if not why.strip():
        raise BadInputError("say why: approvals and rejections are kept with their reason")
    return " ".join(why.split())
