"""Outcome surveys as tools export them: wide or long, 1 to 10 or 1 to 5."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from taxonomy.errors import BadInputError
from taxonomy.loader import find_job

JOB = find_job("online-order")
FIRST, SECOND = list(JOB.outcome_by_id.values())[:2]


def write(path: Path, *rows: list[object]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def qualtrics(path: Path, *answers: list[object]) -> Path:
    """Two outcomes, named by the text of their questions in the second row; ids in the third."""
    asked = [
        f"How {word} is it to you? - {one.statement}" for one in (FIRST, SECOND) for word in ("important", "satisfied")
    ]
    names = ["ResponseId", "EndDate", "Status", "segment.tier", "Q1_1", "Q2_1", "Q1_2", "Q2_2", "Q9"]
    titles = ["Response ID", "End Date", "Response Type", "tier", *asked, "Anything else?"]
    ids = [json.dumps({"ImportId": name}) for name in names]
    return write(path, names, titles, ids, *answers)


def people(count: int, first: tuple[int, int]) -> list[list[object]]:
    return [[f"R_{n}", "2026-03-02 10:00:00", "IP Address", "gold", *first, 8, 3, "no"] for n in range(count)]


def ingest(run, path: Path, *options: str) -> tuple[int, dict[str, int]]:
    done = run("ingest", "--job", JOB.id, "--kind", "outcome-survey", *options, "--json", str(path))
    return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else {"output": done.output}  # type: ignore[dict-item]


def outcome(run, name: str, *options: str) -> dict[str, dict[str, object]]:
    shown = json.loads(run("outcomes", "--job", JOB.id, *options, "--json").stdout)
    return next(one for one in shown["outcomes"] if one["outcome"] == name)


def test_a_wide_export_is_one_answer_for_each_outcome_of_each_respondent(home: Path, tmp_path: Path, run) -> None:
    code, counts = ingest(run, qualtrics(tmp_path / "wide.csv", *people(12, (9, 4))))
    assert (code, counts["accepted"], counts["quarantined"]) == (0, 24, 0)
    assert outcome(run, FIRST.id)["importance"]["value"] == 9
    assert outcome(run, SECOND.id)["opportunity"]["value"] == 8 + 8 - 3
    assert ingest(run, tmp_path / "wide.csv")[1]["already_there"] == 24


def test_columns_may_name_the_outcome_themselves(home: Path, tmp_path: Path, run) -> None:
    names = ["respondent_id", "answered_at", f"importance.{FIRST.id}", f"{FIRST.id}_sat"]
    rows = [[f"r{n}", "2026-03-02", "7", "2 - not at all"] for n in range(11)]
    assert ingest(run, write(tmp_path / "named.csv", names, *rows))[1]["accepted"] == 11
    assert outcome(run, FIRST.id)["satisfaction"]["value"] == 2


def test_what_cannot_be_used_of_a_wide_export_is_quarantined_with_its_reason(home: Path, tmp_path: Path, run) -> None:
    rows = [
        ["R_1", "2026-03-02", "IP Address", "gold", 11, 4, 8, 3, ""],
        ["R_2", "2026-03-02", "IP Address", "gold", 9, "", "", "", ""],
        ["R_3", "2026-03-02", "Survey Preview", "gold", 9, 4, 8, 3, ""],
        ["", "2026-03-02", "IP Address", "gold", 9, 4, "", "", ""],
    ]
    code, counts = ingest(run, qualtrics(tmp_path / "wide.csv", *rows))
    assert (code, counts["accepted"], counts["quarantined"]) == (3, 1, 4)
    reasons = json.loads(run("quarantine", "list", "--json").stdout)["waiting"]
    assert set(reasons) == {"bad-number", "missing-satisfaction", "not-a-customer", "missing-respondent-id"}


def test_a_file_that_asks_for_half_of_an_outcome_is_refused(home: Path, tmp_path: Path, run) -> None:
    path = write(
        tmp_path / "half.csv", ["respondent_id", "answered_at", f"importance.{FIRST.id}"], ["r", "2026-03-02", 5]
    )
    done = run("ingest", "--job", JOB.id, "--kind", "outcome-survey", str(path))
    assert isinstance(done.exception, BadInputError)
    assert FIRST.id in str(done.exception)


def test_a_file_without_any_outcome_says_what_is_missing(home: Path, tmp_path: Path, run) -> None:
    done = run(
        "ingest", "--job", JOB.id, "--kind", "outcome-survey", str(write(tmp_path / "x.csv", ["a", "b"], [1, 2]))
    )
    assert isinstance(done.exception, BadInputError)
    assert "importance.ID" in str(done.exception) and "respondent_id" in str(done.exception)


def test_answers_of_one_to_five_count_as_top_two_boxes_or_linearly_and_say_so(home: Path, tmp_path: Path, run) -> None:
    rows = people(12, (4, 2))
    for n in range(6):
        rows[n][4] = 3
    path = qualtrics(tmp_path / "five.csv", *[[*row[:6], 5, 1, ""] for row in rows])
    assert ingest(run, path, "--answers", "1-5-top-two")[1]["accepted"] == 24
    found = outcome(run, FIRST.id)
    assert (found["importance"]["value"], found["satisfaction"]["value"]) == (5.0, 0.0)
    assert "10 x the share of 4 and 5" in str(found["importance"]["reason"])
    assert outcome(run, SECOND.id)["opportunity"]["value"] == 20.0


def test_linear_answers_reach_from_one_to_ten(home: Path, tmp_path: Path, run) -> None:
    path = qualtrics(tmp_path / "five.csv", *[[*row[:6], 5, 1, ""] for row in people(12, (3, 1))])
    ingest(run, path, "--answers", "1-5-linear")
    found = outcome(run, FIRST.id)
    assert (found["importance"]["value"], found["satisfaction"]["value"]) == (5.5, 1.0)
    assert "linearly" in str(found["importance"]["reason"])
