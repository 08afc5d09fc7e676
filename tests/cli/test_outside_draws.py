"""A draw made elsewhere, with its probabilities, corrects figures like one of our own."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

JOB = ("--job", "online-order")


@pytest.fixture
def undrawn(in_demo_copy: Path) -> dict[str, dict]:
    """The demo without any draw, and what is true of each contact."""
    with closing(sqlite3.connect(in_demo_copy / "headway.db")) as database, database:
        for table in ("review_decisions", "review_items", "review_probabilities", "review_draws"):
            database.execute(f"DELETE FROM {table}")
    lines = (in_demo_copy / "sample" / "truth.jsonl").read_text().splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def lines_of(truth: dict[str, dict], *, pi: float = 0.25) -> list[dict]:
    rng = random.Random(1)
    lines = []
    for contact, row in truth.items():
        drawn = rng.random() < pi
        decision = {"step": row["step"], "outcome": row["outcome"], "by": "ann", "at": "2026-11-01T10:00:00Z"}
        lines.append({"contact_id": contact, "pi": pi, "drawn": drawn, "decision": decision if drawn else None})
    return lines


def take(run, path: Path, lines: list[dict]):
    path.write_text("\n".join(map(json.dumps, lines)))
    return run("review", "import", *JOB, path, "--json")


def test_its_reviews_correct_the_figures_and_taking_it_twice_changes_nothing(undrawn, run, tmp_path: Path) -> None:
    lines = lines_of(undrawn)
    drawn = sum(line["drawn"] for line in lines)
    done = json.loads(take(run, tmp_path / "d.jsonl", lines).stdout)
    assert (done["added"], done["undecided"], done["refused"]) == (drawn, len(lines) - drawn, 0)
    again = json.loads(take(run, tmp_path / "d.jsonl", lines).stdout)
    assert (again["added"], again["already_there"]) == (0, drawn)
    assert run("measure", *JOB).exit_code == 0
    steps = json.loads(run("friction", *JOB, "--json").stdout)["steps"]
    assert {step["share"]["reviewed"] for step in steps} == {drawn}
    assert {step["share"]["method"] for step in steps} <= {"rectified", "labels"}
    true = {step["step"]: sum(row["step"] == step["step"] for row in undrawn.values()) / len(undrawn) for step in steps}
    held = [step["share"]["low"] <= true[step["step"]] <= step["share"]["high"] for step in steps]
    assert sum(held) >= len(held) - 2


def test_a_file_of_drawn_contacts_alone_is_no_draw(undrawn, run, tmp_path: Path) -> None:
    done = take(run, tmp_path / "d.jsonl", [line for line in lines_of(undrawn) if line["drawn"]])
    assert "list every contact that the draw offered" in str(done.exception)


@pytest.mark.parametrize("pi", [0, 1.5, "often"])
def test_what_is_no_probability_is_refused(undrawn, run, tmp_path: Path, pi: object) -> None:
    lines = lines_of(undrawn)[:40]
    lines[0]["pi"] = pi
    assert f"pi {pi}" in str(take(run, tmp_path / "d.jsonl", lines).exception).replace("'", "")


def test_an_exported_probability_may_not_be_raised(in_demo_copy: Path, run, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in run("review", "export", *JOB).stdout.splitlines()]
    one = next(line for line in lines if line["drawn"] and line["pi"] < 0.9)
    done = take(run, tmp_path / "d.jsonl", [{**one, "pi": 0.99}])
    assert done.exit_code == 3
    assert json.loads(done.stdout)["refused"] == 1
    assert take(run, tmp_path / "d.jsonl", [one]).exit_code == 0
