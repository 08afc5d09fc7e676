from __future__ import annotations

import pytest

from taxonomy.loader import parse_job, shipped_jobs
from taxonomy.model import Job
from taxonomy.next_version import next_version
from taxonomy.proposal import NewStep, Proposal, ProposalError, lint_proposal, proposed_id

GOOD = "minimize the time it takes to get an item repaired under warranty"
FLOW = """
{id: tiny, version: 4, statement: Do a thing, steps: [
  {id: a, stage: define, outcomes: [{id: a1, statement: minimize the time it takes to know the terms}]},
  {id: b, stage: execute},
]}
"""


@pytest.fixture(params=[job.id for job in shipped_jobs()])
def job(request: pytest.FixtureRequest) -> Job:
    return next(job for job in shipped_jobs() if job.id == request.param)


def test_every_step_of_a_shipped_job_takes_an_outcome_and_the_comments_stay(job: Job) -> None:
    comments = [line for line in job.source.splitlines() if line.strip().startswith("#")]
    for step in job.steps:
        made = next_version(job, Proposal(step.id, "get-repaired", GOOD))
        assert (made.job.version, made.job.step_of["get-repaired"]) == (job.version + 1, step.id)
        assert [change.new for change in made.diff.changes] == ["get-repaired"]
        assert made.diff.version_problem == ""
        assert [line for line in made.job.source.splitlines() if line.strip().startswith("#")] == comments
        assert len(made.job.source.splitlines()) == len(job.source.splitlines()) + 2


def test_a_new_step_stands_behind_the_last_of_its_stage(job: Job) -> None:
    made = next_version(job, Proposal("repair", "get-repaired", GOOD, True, NewStep("Repair an item", "modify")))
    steps = list(made.job.step_by_id)
    before = made.job.steps[steps.index("repair") - 1]
    assert before.stage in ("modify", "monitor")
    assert made.job.step_by_id["repair"].outcomes[0].critical
    assert {change.level for change in made.diff.changes} == {"step", "outcome"}


def test_a_job_written_on_few_lines_is_written_anew() -> None:
    tiny = parse_job(FLOW, name="tiny")
    made = next_version(tiny, Proposal("b", "b1", GOOD))
    assert (made.job.version, made.job.step_of) == (5, {"a1": "a", "b1": "b"})


@pytest.mark.parametrize(
    ("proposal", "said"),
    [
        (Proposal("nowhere", "x", GOOD), "is not in job"),
        (Proposal("a", "a1", GOOD), "choose another id"),
        (Proposal("a", "x y", GOOD), "small letters"),
        (Proposal("a", "x", " "), "write the outcome"),
        (Proposal("a", "x", GOOD, False, NewStep("A", "define")), "in the job already"),
        (Proposal("c", "x", GOOD, False, NewStep("C", "someday")), "someday"),
        (Proposal("a", "x", "make the app easy"), "Mend the statement"),
    ],
)
def test_what_has_no_place_in_the_job_is_refused_with_the_reason(proposal: Proposal, said: str) -> None:
    with pytest.raises(ProposalError, match=said):
        next_version(parse_job(FLOW, name="tiny"), proposal)


def test_lint_speaks_of_the_proposed_outcome_alone() -> None:
    tiny = parse_job(FLOW, name="tiny")
    assert lint_proposal(Proposal("a", "x", GOOD), tiny) == ()
    assert {one.rule for one in lint_proposal(Proposal("a", "x", "make the app easy"), tiny)} >= {"solution", "vague"}


def test_an_id_is_made_of_telling_words_and_never_one_that_is_taken() -> None:
    tiny = parse_job(FLOW.replace("a1", "repaired-under-warranty"), name="tiny")
    assert proposed_id(GOOD, tiny) == "item-repaired-under-warranty"
    again = parse_job(FLOW.replace("a1", "item-repaired-under-warranty"), name="tiny")
    assert proposed_id(GOOD, again) == "item-repaired-under-warranty-2"
