from __future__ import annotations

import json
from pathlib import Path

JOB = "online-order"


def items(run) -> list[dict]:
    return [json.loads(line) for line in run("review", "export", "--job", JOB).stdout.splitlines()]


def test_items_carry_what_a_correction_needs_and_come_in_the_order_of_work(in_demo: Path, run) -> None:
    drawn = [item for item in items(run) if item["drawn"]]
    assert drawn
    ratios = [item["u"] / item["pi"] for item in drawn]
    assert ratios == sorted(ratios)
    assert all(item["u"] < item["pi"] <= 1 and item["policy"] and item["suggested"]["steps"] for item in drawn)


def test_items_that_were_not_drawn_carry_no_probability(in_demo: Path, run) -> None:
    others = [item for item in items(run) if not item["drawn"]]
    assert {item["reason"] for item in others} <= {"unsure", "novel"}
    assert all(item["pi"] is None for item in others)


def test_importing_the_same_decisions_twice_changes_nothing(in_demo_copy: Path, run) -> None:
    path = in_demo_copy / "sample" / "decisions.jsonl"
    again = json.loads(run("review", "import", "--job", JOB, path, "--json").stdout)
    assert (again["added"], again["refused"]) == (0, 0)
    assert again["already_there"] > 0


def test_a_later_draw_only_raises_probabilities(in_demo_copy: Path, run) -> None:
    before = {item["contact_id"]: item["pi"] for item in items(run) if item["drawn"]}
    run("review", "sample", "--job", JOB, "--budget", 100)
    after = {item["contact_id"]: item["pi"] for item in items(run) if item["drawn"]}
    assert before.keys() < after.keys()
    assert all(after[contact] >= pi for contact, pi in before.items())


def test_a_decision_that_names_an_unknown_step_is_refused_and_the_others_are_kept(
    in_demo_copy: Path, run, tmp_path: Path
) -> None:
    run("review", "sample", "--job", JOB, "--budget", 100)
    first, second = [item for item in items(run) if item["decision"] is None and item["drawn"]][:2]
    said = {"by": "ann", "at": "2026-11-01T10:00:00Z", "seconds": 4.5}
    lines = [
        {"item": first["item"], "decision": {"step": "no-such", **said}},
        {"contact_id": second["contact_id"], "decision": {"step": None, **said}},
        {"item": "nobody", "decision": {"step": None, **said}},
    ]
    path = tmp_path / "decisions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    done = run("review", "import", "--job", JOB, path, "--json")
    assert (done.exit_code, json.loads(done.stdout)["added"], json.loads(done.stdout)["refused"]) == (3, 1, 2)
    decided = next(item for item in items(run) if item["item"] == second["item"])
    assert decided["decision"]["by"] == "ann"


def test_stats_count_by_reason(in_demo: Path, run) -> None:
    reasons = json.loads(run("review", "stats", "--job", JOB, "--json").stdout)["reasons"]
    assert reasons["drawn"]["items"] == reasons["drawn"]["decided"] > 0
    assert reasons["unsure"]["decided"] == 0


def test_a_draw_without_budget_is_refused(in_demo: Path, run) -> None:
    assert run("review", "sample", "--job", JOB, "--budget", 0).exception is not None
