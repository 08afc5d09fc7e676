from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

JOB = ("--job", "online-order")


def contacts(home: Path, count: int) -> list[str]:
    """Contacts that were not drawn."""
    with closing(sqlite3.connect(home / "headway.db")) as database:
        query = (
            "SELECT contact_id FROM contacts WHERE pk NOT IN (SELECT contact_pk FROM review_items) ORDER BY pk LIMIT ?"
        )
        return [row[0] for row in database.execute(query, (count,))]


def test_a_leader_asks_for_contacts_and_unknown_ones_are_named(in_demo_copy: Path, run) -> None:
    one, other = contacts(in_demo_copy, 2)
    done = run("review", "ask", *JOB, one, other, "nobody", "--why", "rude?", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (3, {"added": 2, "already_there": 0, "unknown": 1})
    assert "no contact 'nobody'" in done.stderr
    again = json.loads(run("review", "ask", *JOB, one, "--json").stdout)
    assert again == {"added": 0, "already_there": 1, "unknown": 0}


def test_a_budget_is_set_and_shown(in_demo_copy: Path, run) -> None:
    assert "no budget" in run("review", "budget", *JOB).stdout
    assert (
        "40 a day, of which the first 20 drawn"
        in run("review", "budget", *JOB, "--per-day", 40, "--drawn-share", 0.5).stdout
    )
    shown = json.loads(run("review", "budget", *JOB, "--json").stdout)
    assert (shown["per_day"], shown["drawn_share"]) == (40, 0.5)
    assert "no budget" in run("review", "budget", *JOB, "--no-limit").stdout


def test_known_answers_come_from_a_file_and_by_hand_and_go_again(in_demo_copy: Path, run, tmp_path: Path) -> None:
    one, other, third = contacts(in_demo_copy, 3)
    lines = [{"contact_id": one, "step": "track-delivery", "outcome": "know-arrival"},
             {"id": other, "labels": {"step": None}}, {"id": other, "step": "nowhere"}]  # fmt: skip
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    done = run("review", "gold", "add", *JOB, file, "--json")
    assert (done.exit_code, json.loads(done.stdout)["added"], json.loads(done.stdout)["refused"]) == (3, 2, 1)
    assert run("review", "gold", "add", *JOB, "--contact", third, "--step", "gain-access").exit_code == 0
    listed = json.loads(run("review", "gold", "list", *JOB, "--json").stdout)["gold"]
    assert {row["contact_id"]: row["step"] for row in listed} == {
        one: "track-delivery", other: None, third: "gain-access"
    }  # fmt: skip
    assert json.loads(run("review", "gold", "remove", *JOB, one, "--json").stdout) == {"removed": 1}
    assert one not in run("review", "gold", "list", *JOB).stdout


def test_one_answer_for_many_is_previewed_applied_reported_and_taken_back(in_demo_copy: Path, run) -> None:
    wanted = (*JOB, "--said-step", "track-delivery", "--channel", "chat", "--step", "track-delivery", "--json")
    seen = json.loads(run("review", "bulk", "apply", *wanted).stdout)
    assert 0 < seen["items"] <= 200
    refused = run("review", "bulk", "apply", *wanted, "--expect", seen["items"] + 1)
    assert "look at them again" in str(refused.exception)
    done = json.loads(run("review", "bulk", "apply", *wanted, "--expect", seen["items"]).stdout)
    report = json.loads(run("review", "bulk", "list", *JOB, "--json").stdout)["bulks"][0]
    assert (report["bulk"], report["items"], report["checks"]) == (done["bulk"], seen["items"], seen["checks"])
    gone = json.loads(run("review", "bulk", "undo", *JOB, done["bulk"], "--json").stdout)
    assert gone == {"undone": seen["items"]}


def test_the_promise_is_checked_on_what_was_decided(in_demo_copy: Path, run) -> None:
    found = json.loads(run("review", "check", *JOB, "--again", "--json").stdout)["check"]
    assert found["state"] in {"holds", "breach", "unknown"}
    assert run("review", "check", *JOB).exit_code == 0
