"""Proposed outcomes and what became of them: events that are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.session import insert_new
from store.tables import gap_proposals as table
from taxonomy.errors import BadInputError
from taxonomy.proposal import Proposal

State = Literal["proposed", "approved", "rejected"]


class ProposalStateError(BadInputError):
    """A proposal that is not there, or that somebody settled before."""


@dataclass(frozen=True)
class Staged:
    """A proposal as it stands. `drafted_by` is an LLM's name, None where a person wrote it; `gap` the group behind it.

    `findings` are lint's, `[level, rule, message]`; `settled_*` say who approved or rejected it, when and why, and
    `new_version` the job version that it became part of.
    """

    proposal: str
    state: State
    outcome: Proposal
    gap: str | None
    drafted_by: str | None
    findings: tuple[tuple[str, str, str], ...]
    by: str
    why: str
    at: datetime
    settled_by: str | None = None
    settled_why: str | None = None
    settled_at: datetime | None = None
    new_version: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The proposal as JSON."""
        names = ("proposal", "state", "gap", "drafted_by", "by", "why", "settled_by", "settled_why", "new_version")
        findings = [{"level": level, "rule": rule, "message": message} for level, rule, message in self.findings]
        return {
            **{name: getattr(self, name) for name in names},
            "outcome": self.outcome.as_json(),
            "findings": findings,
            "at": self.at.isoformat(),
            "settled_at": self.settled_at.isoformat() if self.settled_at else None,
        }


def stage(
    session: Session,
    job_id: str,
    outcome: Proposal,
    *,
    gap: str | None,
    drafted_by: str | None,
    findings: tuple[tuple[str, str, str], ...],
    by: str,
    why: str,
) -> Staged:
    """Keep a proposal under the job's next number; it changes nothing until it is approved."""
    count = session.scalar(select(func.count()).where(table.c.job_id == job_id, table.c.number == 0)) or 0
    content = {"outcome": outcome.as_json(), "gap": gap, "drafted_by": drafted_by, "findings": [*map(list, findings)]}
    for number in range(count + 1, count + 20):  # two people may propose in the same moment
        name = f"p{number}"
        if _append(session, job_id, name, "proposed", content=content, by=by, why=why):
            return read_proposal(session, job_id, name)
    raise ProposalStateError("several proposals came in at this moment: try again")


def settle(
    session: Session, job_id: str, proposal: str, state: State, *, content: Mapping[str, Any], by: str, why: str
) -> Staged:
    """Approve or reject a proposal. Raises ProposalStateError where it is unknown or settled already."""
    open_proposal(session, job_id, proposal)
    if not _append(session, job_id, proposal, state, content=content, by=by, why=why):
        raise ProposalStateError(f"proposal {proposal} of job {job_id!r} was settled by somebody else just now")
    return read_proposal(session, job_id, proposal)


def open_proposal(session: Session, job_id: str, proposal: str) -> Staged:
    """A proposal that nobody settled yet. Raises ProposalStateError."""
    staged = read_proposal(session, job_id, proposal)
    if staged.state != "proposed":
        raise ProposalStateError(f"proposal {proposal} of job {job_id!r} was {staged.state} already: propose it again")
    return staged


def read_proposals(session: Session, job_id: str) -> tuple[Staged, ...]:
    """Every proposal of a job, the newest first."""
    query = select(table).where(table.c.job_id == job_id).order_by(table.c.number, table.c.pk.desc())
    rows = session.execute(query).all()
    settled = {row.proposal: row for row in rows if row.number == 1}
    return tuple(_staged(row, settled.get(row.proposal)) for row in rows if row.number == 0)


def read_proposal(session: Session, job_id: str, proposal: str) -> Staged:
    """One proposal. Raises ProposalStateError."""
    found = {one.proposal: one for one in read_proposals(session, job_id)}
    if proposal not in found:
        raise ProposalStateError(
            f"job {job_id!r} has no proposal {proposal!r} (there are: {', '.join(found) or 'none'})"
        )
    return found[proposal]


def _append(
    session: Session, job_id: str, name: str, kind: State, *, content: Mapping[str, Any], by: str, why: str
) -> bool:
    head = {"job_id": job_id, "proposal": name, "number": int(kind != "proposed"), "kind": kind}
    facts = {"content": dict(content), "by": by, "why": why, "recorded_at": datetime.now(UTC)}
    return bool(insert_new(session, table, [{**head, **facts}]))


def _staged(row: Any, settled: Any | None) -> Staged:
    content = row.content
    findings = tuple((level, rule, message) for level, rule, message in content["findings"])
    known = Staged(
        row.proposal, "proposed", Proposal.from_json(content["outcome"]), content["gap"], content["drafted_by"],
        findings, row.by, row.why, row.recorded_at,
    )  # fmt: skip
    if settled is None:
        return known
    after = {"settled_by": settled.by, "settled_why": settled.why, "settled_at": settled.recorded_at}
    return Staged(**{**vars(known), **after, "state": settled.kind, "new_version": settled.content.get("new_version")})
