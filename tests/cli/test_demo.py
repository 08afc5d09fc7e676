from __future__ import annotations

import json
from pathlib import Path

JOB = "online-order"


def test_the_demo_ends_with_friction_by_step_and_a_published_index(in_demo: Path, run) -> None:
    card = json.loads(run("scorecard", "--job", JOB, "--json").stdout)
    assert card["contacts"] == 1500
    assert card["published"]
    assert card["index"]["low"] < card["index"]["value"] < card["index"]["high"]
    assert len(card["steps"]) == 13


def test_every_figure_carries_an_interval_a_count_and_a_date_or_says_why_not(in_demo: Path, run) -> None:
    for step in json.loads(run("friction", "--job", JOB, "--json").stdout)["steps"]:
        for name, figure in step.items():
            if name == "step":
                continue
            assert figure["as_of"]
            assert figure["n"] >= 0
            if figure["value"] is None:
                assert "not enough evidence" in figure["reason"]
            elif figure["method"] != "uncorrected":
                assert figure["low"] <= figure["value"] <= figure["high"]


def test_slices_of_the_friction_add_up_to_the_whole(in_demo: Path, run) -> None:
    whole = json.loads(run("friction", "--job", JOB, "--by", "channel", "--json").stdout)
    counted = {channel: steps[0]["volume"]["n"] for channel, steps in whole["slices"].items()}
    assert sum(counted.values()) == whole["steps"][0]["volume"]["n"] == 1500
    for channel, count in counted.items():
        alone = json.loads(run("friction", "--job", JOB, "--where", f"channel={channel}", "--json").stdout)
        assert alone["steps"][0]["volume"]["n"] == count


def test_the_index_names_its_formula_and_can_be_explained(in_demo: Path, run) -> None:
    index = json.loads(run("index", "--job", JOB, "--json").stdout)
    explained = run("index", "explain", "--job", JOB).output
    assert index["formula"] in explained
    history = json.loads(run("index", "history", "--job", JOB, "--json").stdout)["history"]
    assert [row["formula"] for row in history] == [index["formula"]]


def test_a_second_run_does_nothing_twice(in_demo: Path, run) -> None:
    before = json.loads(run("index", "history", "--job", JOB, "--json").stdout)["history"]
    done = run("run", "--job", JOB, in_demo / "sample" / "contacts.jsonl.gz", "--source", "sample", "--json")
    stages = {stage["name"]: stage["counts"] for stage in json.loads(done.stdout)["stages"]}
    assert done.exit_code == 0
    assert stages["ingest"] == {"accepted": 0, "updated": 0, "already_there": 1500, "quarantined": 0, "passed_over": 0}
    assert stages["tag"]["tagged"] == 0
    assert (stages["draw"]["offered"], stages["draw"]["added"]) == (0, 0)
    assert stages["measure"]["slices_written"] == 0
    assert not stages["publish"]["new"]
    assert json.loads(run("index", "history", "--job", JOB, "--json").stdout)["history"] == before


def test_what_was_believed_before_the_first_run_was_nothing(in_demo: Path, run) -> None:
    card = json.loads(run("scorecard", "--job", JOB, "--as-of", "2020-01-01", "--json").stdout)
    assert not card["published"]
    assert all(step["effort"]["value"] is None for step in card["steps"])


def test_a_wrong_filter_is_refused(in_demo: Path, run) -> None:
    assert run("friction", "--job", JOB, "--where", "channel").exit_code == 2


def test_contacts_that_began_before_the_day_asked_for_are_passed_over(in_demo_copy: Path, run) -> None:
    contacts = in_demo_copy / "sample" / "contacts.jsonl.gz"
    done = run("run", "--job", JOB, contacts, "--source", "sample", "--since", "2026-10-01", "--json")
    ingested = json.loads(done.stdout)["stages"][0]["counts"]
    assert ingested["passed_over"] > 0
    assert ingested["already_there"] + ingested["passed_over"] == 1500
