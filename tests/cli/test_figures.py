from __future__ import annotations

import json
from pathlib import Path

from alignment.opportunity import UnknownGroupError

JOB = ("--job", "online-order")


def test_friction_shows_easy_answers_and_who_answered_and_its_bounds_if_asked(in_demo: Path, run) -> None:
    done = run("friction", *JOB, "--bounds")
    assert done.exit_code == 0, done.output
    assert "answered" in done.output and "odds of" in done.output
    steps = json.loads(run("friction", *JOB, "--json").output)["steps"]
    known = [step for step in steps if step["effort"]["low"] is not None]
    assert known
    for step in known:
        assert 0 <= step["easy"]["value"] <= 1
        assert step["effort_bounds"]["low"] <= step["effort"]["low"] <= step["effort"]["high"]


def test_outcomes_show_survey_service_and_blend_with_the_share_of_contacts(in_demo: Path, run) -> None:
    outcomes = json.loads(run("outcomes", *JOB, "--json").output)["outcomes"]
    service = [one["service"] for one in outcomes if one["service"]]
    assert service
    assert all(0 <= one["share"] < 1 for one in service)
    assert all(one["share"] > 0 or one["reason"] for one in service)


def test_outcomes_are_ranked_in_every_segment_with_the_chance_of_the_rank(in_demo: Path, run) -> None:
    segment = next(iter(json.loads(run("taxonomy", "show", "online-order", "--json").output)["segments"]))
    sliced = json.loads(run("outcomes", *JOB, "--by", f"segment.{segment}", "--json").output)["slices"]
    assert len(sliced) > 1
    assert all(any(one["top_five_probability"] is not None for one in part) for part in sliced.values())
    shown = run("outcomes", *JOB, "--by", f"segment.{segment}").output
    assert f"segment.{segment} = " in shown


def test_outcomes_by_channel_are_refused(in_demo: Path, run) -> None:
    assert isinstance(run("outcomes", *JOB, "--by", "channel").exception, UnknownGroupError)


def test_resolution_by_step_says_that_no_review_corrects_it(in_demo: Path, run) -> None:
    found = json.loads(run("resolution", *JOB, "--days", "400", "--by-step", "--json").output)["curves"]
    steps = [curve for curve in found if curve["step"]]
    assert len(steps) > 3
    given = [curve["share"][6] for curve in steps if curve["share"][6]["value"] is not None]
    assert given
    assert all(share["low"] is None and "no review corrects" in share["reason"] for share in given)


def test_resolution_by_week_reads_the_newest_weeks_by_kaplan_meier_and_with_reviews(in_demo: Path, run) -> None:
    found = json.loads(run("resolution", *JOB, "--by-week", "--step", "track-delivery", "--json").output)
    weeks = found["steps"]["track-delivery"]
    assert list(found["steps"]) == ["track-delivery"]
    assert weeks[-1]["open"] > 0 and "Kaplan-Meier" in weeks[-1]["estimate"]["reason"]
    assert weeks[-1]["estimate"]["low"] < weeks[-1]["estimate"]["value"] < weeks[-1]["estimate"]["high"]
    assert weeks[-4]["open"] == 0
    shown = run("resolution", *JOB, "--by-week").output
    assert "windows still open" in shown


def test_resolution_by_week_refuses_an_unknown_step(in_demo: Path, run) -> None:
    assert run("resolution", *JOB, "--by-week", "--step", "nowhere").exit_code == 2
    assert run("resolution", *JOB, "--step", "track-delivery").exit_code == 2
