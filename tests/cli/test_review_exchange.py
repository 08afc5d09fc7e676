"""Items to Label Studio and Argilla and answers back, by the real commands on a copy of the demo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tagger.test_exchange import annotation, choices

JOB = ("--job", "online-order")


@pytest.fixture
def tasks(in_demo_copy: Path, run, tmp_path: Path) -> list[dict]:
    """The tasks that still need an answer."""
    run("review", "sample", *JOB, "--budget", 100)
    out = tmp_path / "tasks.json"
    done = run("review", "export", *JOB, "--format", "label-studio", "--open", "--out", out)
    assert done.exit_code == 0, done.output
    assert out.with_suffix(".xml").read_text().startswith("<View>")
    # second reads come without a suggestion; these tests work on first ones, most of which have theirs
    return sorted(json.loads(out.read_text()), key=lambda task: not task["predictions"])


def take(run, path: Path, rows: object, *more: str, form: str = "label-studio"):
    path.write_text(json.dumps(rows))
    done = run("review", "import", *JOB, "--format", form, path, "--json", *more)
    return done.exit_code, json.loads(done.stdout)


def exported(run) -> dict[str, dict]:
    lines = run("review", "export", *JOB).stdout.splitlines()
    return {item["item"]: item for item in map(json.loads, lines)}


def test_answers_come_back_once_and_bad_records_are_named(tasks: list[dict], run, tmp_path: Path) -> None:
    good, skipped, bad, unknown = tasks[:4]
    good["annotations"] = [
        annotation(choices("step", "track-delivery"), choices("outcome-track-delivery", "know-arrival"))
    ]
    skipped["annotations"] = [annotation(was_cancelled=True)]
    bad["annotations"] = [annotation(choices("step", "no-such-step"))]
    unknown["data"] |= {"item": "nobody", "contact_id": "nobody"}
    unknown["annotations"] = [annotation(choices("step", "find-item"))]
    code, done = take(run, tmp_path / "back.json", [good, skipped, bad, unknown, tasks[4]])
    assert (code, done["added"], done["skipped"], done["undecided"], done["refused"]) == (3, 1, 1, 1, 2)
    assert any("no-such-step" in reason for reason in done["reasons"])
    again = take(run, tmp_path / "back.json", [good])
    assert (again[0], again[1]["added"], again[1]["already_there"]) == (0, 0, 1)
    decision = exported(run)[good["data"]["item"]]["decision"]
    assert (decision["step"], decision["by"], decision["seconds"]) == ("track-delivery", "label-studio:10", 14.288)


def test_a_second_annotator_is_a_second_read_and_a_change_of_mind_counts(
    tasks: list[dict], run, tmp_path: Path
) -> None:
    row = tasks[0]
    first = annotation(choices("step", "find-item"), completed_by={"email": "ann@example.com"})
    second = annotation(choices("step", "_none"), id=1002, completed_by=8, updated_at="2026-11-03T11:00:00Z")
    row["annotations"] = [second, first]
    assert take(run, tmp_path / "a.json", [row], "--user", "ann=ann@example.com")[1]["added"] == 2
    assert exported(run)[row["data"]["item"]]["decision"]["by"] == "ann"
    first |= {"updated_at": "2026-11-04T09:00:00Z", "result": [choices("step", "gain-access")]}
    assert take(run, tmp_path / "a.json", [row], "--user", "ann=ann@example.com")[1]["added"] == 1
    assert exported(run)[row["data"]["item"]]["decision"]["step"] == "gain-access"


def test_open_tasks_hold_no_answer_and_no_personal_data(tasks: list[dict]) -> None:
    assert all(task["data"]["answers"] == [] and task["annotations"] == [] for task in tasks)
    assert any(not task["predictions"] and task["data"]["suggestion_hidden"] for task in tasks)
    assert "@example." not in json.dumps(tasks)


@pytest.mark.parametrize("form", ["label-studio", "argilla"])
def test_every_decision_survives_the_way_to_a_tool_and_back(in_demo_copy: Path, run, tmp_path: Path, form: str) -> None:
    import sqlite3
    from contextlib import closing

    before = {item: one["decision"] for item, one in exported(run).items() if one["decision"]}
    out = tmp_path / ("folder" if form == "argilla" else "tasks.json")
    assert run("review", "export", *JOB, "--format", form, "--out", out).exit_code == 0
    with closing(sqlite3.connect(in_demo_copy / "headway.db")) as database, database:
        database.execute("DELETE FROM review_decisions")
    done = json.loads(run("review", "import", *JOB, "--format", form, out, "--json").stdout)
    assert done["added"] == len(before)
    after = {item: one["decision"] for item, one in exported(run).items() if one["decision"]}
    assert {item: (one["step"], one["outcome"], one["by"], one["at"]) for item, one in after.items()} == {
        item: (one["step"], one["outcome"], one["by"], one["at"]) for item, one in before.items()
    }


def test_argilla_answers_without_a_date_are_taken_once(in_demo_copy: Path, run, tmp_path: Path) -> None:
    run("review", "sample", *JOB, "--budget", 100)
    folder = tmp_path / "argilla"
    run("review", "export", *JOB, "--format", "argilla", "--open", "--out", folder)
    settings = json.loads((folder / ".argilla" / "settings.json").read_text())
    assert [question["name"] for question in settings["questions"]] == ["step", "outcome", "secondary"]
    row = json.loads((folder / "records.json").read_text())[0]
    row["responses"] = {"step": [{"value": "track-delivery", "user_id": "u1"}]}
    row["status"] = "completed"
    assert take(run, tmp_path / "r.json", [row], form="argilla")[1]["added"] == 1
    again = take(run, tmp_path / "r.json", [row], form="argilla")[1]
    assert (again["added"], again["already_there"]) == (0, 1)
    row["responses"]["step"][0]["value"] = "find-item"
    assert take(run, tmp_path / "r.json", [row], form="argilla")[1]["added"] == 1


def test_a_broken_file_is_told_of_and_an_answer_by_nobody_needs_a_name(tasks: list[dict], run, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('[{"data": ')
    assert run("review", "import", *JOB, "--format", "label-studio", path).exit_code == 3
    row = tasks[0]
    row["annotations"] = [annotation(choices("step", "find-item"), completed_by=None)]
    assert take(run, path, [row])[0] == 3
    assert take(run, path, [row], "--by", "the team")[1]["added"] == 1
    assert run("review", "import", *JOB, "--format", "argilla", tmp_path / "nothing").exception is not None
    assert run("review", "export", *JOB, "--format", "argilla").exit_code == 2
