"""A proposed outcome: where it would stand in the job, and what lint says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from taxonomy.errors import BadInputError
from taxonomy.lint import Finding, Similarity, lint_job
from taxonomy.model import DesiredOutcome, Job, JobStage, JobStep
from taxonomy.statement import Statement

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
ID_WORDS = 4
COMMON = frozenset(
    re.findall(
        r"\w+",
        "minimize reduce increase maximize the a an of to that it takes time likelihood number amount effort cost risk "
        "is are was when while for in on at with from and or be being by not needed",
    )
)
"""Words that statements share, and that an id can do without."""


class ProposalError(BadInputError):
    """A proposed outcome that cannot become part of the job."""


@dataclass(frozen=True)
class NewStep:
    """A step that the job lacks as well."""

    name: str
    stage: str


@dataclass(frozen=True)
class Proposal:
    """An outcome for a step of the job; `new_step` says that the step comes with it."""

    step: str
    outcome: str
    statement: str
    critical: bool = False
    new_step: NewStep | None = None

    def as_json(self) -> dict[str, Any]:
        """The proposal as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Proposal:
        """A proposal as `as_json` gives it."""
        step = data.get("new_step")
        return cls(
            data["step"], data["outcome"], data["statement"], data["critical"], NewStep(**step) if step else None
        )


def proposed_id(statement: str, job: Job) -> str:
    """An id for an outcome from the words of its statement that say what it is about; no id of the job again."""
    words = [word for word in Statement.read(statement, job.glossary).words if word.isalpha()]
    telling = [word for word in words if word not in COMMON][-ID_WORDS:] or words[-ID_WORDS:] or ["outcome"]
    base, taken = "-".join(telling)[:60], _taken(job)
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 1000))) if name not in taken)


def lint_proposal(proposal: Proposal, job: Job, *, similarity: Similarity | None = None) -> tuple[Finding, ...]:
    """What lint finds wrong with the outcome in its place in the job; findings on the rest of the job are left out.

    Raises ProposalError where it has no place in the job at all.
    """
    findings = lint_job(with_proposal(job, proposal), similarity=similarity)
    return tuple(one for one in findings if one.where in (proposal.outcome, proposal.step))


def with_proposal(job: Job, proposal: Proposal) -> Job:
    """The job with the outcome in it, as a value without a text. Raises ProposalError."""
    _check(proposal, job)
    outcome = DesiredOutcome(proposal.outcome, proposal.statement, proposal.critical)
    if proposal.new_step is not None:
        stage = JobStage(proposal.new_step.stage)
        added = JobStep(proposal.step, stage, proposal.new_step.name, (outcome,))
        return replace(job, steps=_in_order(job.steps, added), version=job.version + 1, digest="", source="")
    steps = tuple(
        replace(step, outcomes=(*step.outcomes, outcome)) if step.id == proposal.step else step for step in job.steps
    )
    return replace(job, steps=steps, version=job.version + 1, digest="", source="")


def _check(proposal: Proposal, job: Job) -> None:
    if not ID.fullmatch(proposal.outcome) or not ID.fullmatch(proposal.step):
        raise ProposalError("ids: small letters, digits and hyphens, at most 60, starting with a letter or digit")
    if proposal.outcome in _taken(job):
        raise ProposalError(f"outcome {proposal.outcome!r}: the job has one of that name; choose another id")
    if not proposal.statement.strip():
        raise ProposalError("statement: write the outcome as direction, metric, object of control, context")
    if proposal.new_step is None and proposal.step not in job.step_by_id:
        known = ", ".join(job.step_by_id)
        raise ProposalError(f"step {proposal.step!r} is not in job {job.id!r} (known: {known}); a new one needs a name")
    if proposal.new_step is None:
        return
    if proposal.step in {name for step in job.steps for name in (step.id, *step.aliases)}:
        raise ProposalError(f"step {proposal.step!r} is in the job already; propose the outcome for it, without a name")
    if proposal.new_step.stage not in tuple(JobStage):
        raise ProposalError(f"stage {proposal.new_step.stage!r}: use {', '.join(JobStage)}")
    if not proposal.new_step.name.strip():
        raise ProposalError("a new step needs a name")


def _taken(job: Job) -> set[str]:
    return {name for outcome in job.outcome_by_id.values() for name in (outcome.id, *outcome.aliases)}


def _in_order(steps: Sequence[JobStep], added: JobStep) -> tuple[JobStep, ...]:
    """The step behind the last one of its stage or an earlier one."""
    at = place_of(steps, added.stage)
    return (*steps[:at], added, *steps[at:])


def place_of(steps: Sequence[JobStep], stage: JobStage) -> int:
    """Where a step of this stage goes: behind the last one of its stage or of an earlier one."""
    order = list(JobStage)
    before = [place for place, step in enumerate(steps) if order.index(step.stage) <= order.index(stage)]
    return before[-1] + 1 if before else 0
