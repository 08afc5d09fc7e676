"""Versions of a job compared: what changed, what follows, what must be read again."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from taxonomy.changes import diff_jobs, lineage
from taxonomy.model import DesiredOutcome, FcrRule, FrictionRule, Job, JobStage, JobStep


def outcome(id_, *aliases, statement="", critical=False):
    return DesiredOutcome(id_, statement or f"minimize the cost of {id_}", critical, aliases)


def step(id_, *outcomes, **fields):
    return JobStep(**{"id": id_, "stage": JobStage.EXECUTE, "name": "Step", "outcomes": outcomes} | fields)


def job(*steps, version=1, **fields):
    return Job(id="job", version=version, statement="Get it done", steps=steps, **fields)


OLD = job(step("s1", outcome("a"), outcome("b")), step("s2", outcome("c")))


def kinds(old, new, level="outcome"):
    return [(change.kind, change.old, change.new) for change in diff_jobs(old, new).changes if change.level == level]


def doubtful(old, new):
    return [one.outcome for one in diff_jobs(old, new).read_again]


def test_equal_jobs_differ_in_nothing():
    found = diff_jobs(OLD, OLD)
    assert (found.changes, found.settings, found.orphaned, found.read_again, found.version_problem) == (
        (),
        (),
        (),
        (),
        "",
    )


def test_an_id_that_became_an_alias_is_a_rename_and_keeps_its_tags():
    new = job(step("s1", outcome("a2", "a", statement=OLD.outcome_by_id["a"].statement), outcome("b")), OLD.steps[1])
    assert kinds(OLD, new) == [("renamed", "a", "a2")]
    assert diff_jobs(OLD, new).orphaned == ()
    assert doubtful(OLD, new) == []


def test_two_ids_in_one_outcome_are_a_merge():
    new = job(step("s1", outcome("ab", "a", "b")), OLD.steps[1])
    assert kinds(OLD, new)[:2] == [("merged", "a", "ab"), ("merged", "b", "ab")]
    assert lineage(OLD, new).outcomes["a"] == ("ab",)


def test_an_outcome_absorbed_by_a_kept_one_is_a_merge():
    new = job(step("s1", outcome("a", "b")), OLD.steps[1])
    assert kinds(OLD, new) == [("merged", "a", "a"), ("merged", "b", "a"), ("restated", "b", "a")]


def test_names_that_go_to_several_outcomes_are_a_split_to_be_read_again():
    old = job(step("s1", outcome("code", "pin", "pass")), OLD.steps[1])
    new = job(step("s1", outcome("pin"), outcome("pass")), OLD.steps[1])
    assert kinds(old, new) == [("split", "code", "")]
    assert lineage(old, new).outcomes["code"] == ("pin", "pass")
    assert doubtful(old, new) == ["code"]


def test_a_retired_outcome_orphans_its_tags():
    new = job(step("s1", outcome("a")), OLD.steps[1])
    assert kinds(OLD, new) == [("removed", "b", "")]
    assert diff_jobs(OLD, new).orphaned == ("b",)


def test_an_added_outcome_makes_its_siblings_and_unfitting_contacts_doubtful():
    new = job(step("s1", outcome("a"), outcome("b"), outcome("new")), OLD.steps[1])
    assert kinds(OLD, new) == [("added", "", "new")]
    assert doubtful(OLD, new) == ["a", "b", "_none"]


def test_a_restated_outcome_is_read_again_but_not_for_layout():
    steps = (step("s1", outcome("a", statement="minimize the time it takes to a"), outcome("b")), OLD.steps[1])
    assert kinds(OLD, job(*steps)) == [("restated", "a", "a")]
    assert doubtful(OLD, job(*steps)) == ["a"]
    spaced = job(step("s1", outcome("a", statement="Minimize the  cost of a."), outcome("b")), OLD.steps[1])
    assert kinds(OLD, spaced) == []


def test_an_outcome_under_another_step_has_moved():
    new = job(step("s1", outcome("a")), step("s2", outcome("b"), outcome("c")))
    assert kinds(OLD, new) == [("moved", "b", "b")]
    assert doubtful(OLD, new) == []


def test_a_renamed_step_does_not_move_its_outcomes():
    new = job(step("first", outcome("a"), outcome("b"), aliases=("s1",)), OLD.steps[1])
    assert kinds(OLD, new, "step") == [("renamed", "s1", "first")]
    assert kinds(OLD, new) == []


def test_a_step_may_change_stage_name_and_criticality():
    changed = replace(OLD.steps[0], stage=JobStage.DEFINE, name="Other", critical=True)
    assert [kind for kind, _, _ in kinds(OLD, job(changed, OLD.steps[1]), "step")] == [
        "restated",
        "moved",
        "criticality",
    ]


def test_changed_settings_are_named():
    new = job(*OLD.steps, version=2, friction=FrictionRule(fcr=FcrRule(30)), glossary=("x",))
    assert diff_jobs(OLD, new).settings == ("friction", "glossary")


def test_changed_content_under_the_same_version_is_flagged():
    assert "raise it to 2" in diff_jobs(OLD, job(OLD.steps[0])).version_problem
    assert diff_jobs(OLD, job(OLD.steps[0], version=2)).version_problem == ""


def test_a_version_that_goes_back_and_another_job_are_flagged():
    assert "went back" in diff_jobs(replace(OLD, version=3), OLD).version_problem
    assert "two jobs" in diff_jobs(OLD, replace(OLD, id="other")).version_problem


names = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@given(names, names)
def test_every_old_outcome_is_either_orphaned_or_has_an_heir(before, after):
    old = job(step("s", *map(outcome, before)))
    new = job(step("s", *map(outcome, after)))
    found = diff_jobs(old, new)
    assert set(found.lineage.outcomes) == set(before)
    assert set(found.orphaned) == set(before) - set(after)
    assert {change.new for change in found.changes if change.kind == "added"} == set(after) - set(before)
