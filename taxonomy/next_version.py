"""The next version of a job file with a proposed outcome in it; comments and layout stay where the form allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import yaml

from taxonomy.changes import JobDiff, diff_jobs
from taxonomy.errors import BadInputError
from taxonomy.loader import parse_job
from taxonomy.model import Job, JobStage
from taxonomy.proposal import Proposal, ProposalError, lint_proposal, place_of, with_proposal

WIDTH = 10_000
"""Longer than any line: a statement stays on one."""


@dataclass(frozen=True)
class NewVersion:
    """The job with a proposal in it, its number raised by one, and what that changes."""

    job: Job
    diff: JobDiff


def next_version(job: Job, proposal: Proposal) -> NewVersion:
    """The job file with the outcome in it, its version raised by one; comments stay where the file's form allows.

    Raises ProposalError where the outcome has no place in the job or lint finds an error in it.
    """
    wrong = [finding for finding in lint_proposal(proposal, job) if finding.level == "error"]
    if wrong:
        told = "; ".join(finding.message for finding in wrong)
        raise ProposalError(f"{proposal.outcome}: {told}. Mend the statement and propose it again")
    wanted = with_proposal(job, proposal)
    for text in (_inserted(job, proposal), _rewritten(job, proposal)):
        if text is None:
            continue
        made = _parsed(text, job)
        if made is not None and replace(made, digest="") == wanted:
            return NewVersion(made, diff_jobs(job, made))
    raise ProposalError(
        f"{job.id}: the outcome cannot be written into the job file; add it by hand and import the file"
    )


def _inserted(job: Job, proposal: Proposal) -> str | None:
    """The job's own text with a few lines more; None where its lists are not written one entry a line."""
    root = yaml.compose(job.source, Loader=yaml.SafeLoader)
    steps = _value(root, "steps")
    if not isinstance(steps, yaml.SequenceNode) or steps.flow_style or not isinstance(root, yaml.MappingNode):
        return None
    if proposal.new_step is None:
        step = next(one for one in steps.value if _scalar(one, "id") == proposal.step)
        owner = _value(step, "outcomes")
        if not isinstance(owner, yaml.SequenceNode) or owner.flow_style or not owner.value:
            return None
        last, entry = owner.value[-1], [_outcome_record(proposal)]
    else:
        at = place_of(job.steps, JobStage(proposal.new_step.stage))
        if at == 0:
            return None
        last, entry = steps.value[at - 1], [_step_record(proposal)]
    return _spliced(job.source, root, last, entry, version=job.version + 1)


def _spliced(source: str, root: yaml.MappingNode, last: yaml.Node, entry: list[Any], *, version: int) -> str:
    """The text with an entry behind the node `last` of a list, at its indentation, and with another version."""
    lines = source.splitlines()
    dash = lines[last.start_mark.line].index("-", 0)
    ends = _last_line(last) + 1
    dumped = yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=WIDTH).splitlines()
    number = _value(root, "version")
    row, start, end = number.start_mark.line, number.start_mark.column, number.end_mark.column
    lines[row] = lines[row][:start] + str(version) + lines[row][end:]
    apart = (
        [""]
        if ends < len(lines) and not lines[ends].strip() and isinstance(_value(last, "outcomes"), yaml.Node)
        else []
    )
    lines[ends:ends] = [*apart, *(" " * dash + line for line in dumped)]
    return "\n".join(lines) + "\n"


def _last_line(node: yaml.Node) -> int:
    """The line on which the last scalar below a node ends; the node's own end mark may lie behind comments."""
    if isinstance(node, yaml.ScalarNode):
        return node.end_mark.line - (1 if node.style in ("|", ">") else 0)
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.line)
    children = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    return max(_last_line(child) for child in children)


def _rewritten(job: Job, proposal: Proposal) -> str:
    """The job's text written anew, without its comments: what is left where a list is written on one line."""
    data = yaml.safe_load(job.source)
    data["version"] = job.version + 1
    if proposal.new_step is not None:
        data["steps"].insert(place_of(job.steps, JobStage(proposal.new_step.stage)), _step_record(proposal))
    else:
        step = next(one for one in data["steps"] if str(one["id"]) == proposal.step)
        step["outcomes"] = [*(step.get("outcomes") or []), _outcome_record(proposal)]
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=WIDTH))


def _outcome_record(proposal: Proposal) -> dict[str, Any]:
    record: dict[str, Any] = {"id": proposal.outcome, "statement": proposal.statement}
    return {**record, "critical": True} if proposal.critical else record


def _step_record(proposal: Proposal) -> dict[str, Any]:
    step = proposal.new_step
    head = {"id": proposal.step, "stage": step.stage, "name": step.name} if step else {}
    return {**head, "outcomes": [_outcome_record(proposal)]}


def _parsed(text: str, job: Job) -> Job | None:
    try:
        return parse_job(text, name=job.id)
    except BadInputError:
        return None


def _value(node: yaml.Node | None, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _scalar(node: yaml.Node, key: str) -> str | None:
    value = _value(node, key)
    return str(value.value) if isinstance(value, yaml.ScalarNode) else None
