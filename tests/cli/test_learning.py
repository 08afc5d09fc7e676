from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.workspace import Workspace
from store.curves import NoCurveError

JOB = "online-order"
POINTS = [
    {"reviews": 60, "taught": 31, "accuracy": 0.61, "low": 0.5, "high": 0.71, "half_width": None},
    {"reviews": 480, "taught": 250, "accuracy": 0.81, "low": 0.74, "high": 0.87, "half_width": 0.026},
]


def test_reading_again_what_is_read_says_that_there_is_nothing_to_compare_with(in_demo_copy: Path, run) -> None:
    done = run("retag", "--job", JOB, "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["tagged"], report["before"]) == (0, None)
    assert {"value", "low", "high", "n", "reviewed", "method", "as_of", "reason"} <= report["steps"][0]["after"][
        "friction"
    ].keys()
    text = run("retag", "--job", JOB).output
    assert "nothing to compare with" in text


def test_a_curve_is_shown_as_table_json_and_drawing(in_demo_copy: Path, run, tmp_path: Path) -> None:
    folder = Workspace.open(JOB).shelf.path()
    (folder / "learning_curve.json").write_text(json.dumps({"points": POINTS, "seconds": 12.5}))
    text = run("model", "curve", "--job", JOB).output
    assert "81.0 % [74.0, 87.0]" in text
    assert "too few drawn" in text
    shown = json.loads(run("model", "curve", "--job", JOB, "--json", "--svg", tmp_path / "c.svg").stdout)
    assert (shown["model"], shown["points"], shown["seconds"]) == (folder.name, POINTS, 12.5)
    assert (tmp_path / "c.svg").read_text().startswith("<svg")


def test_without_a_curve_it_says_what_makes_one(in_demo: Path, run) -> None:
    done = run("model", "curve", "--job", JOB)
    assert isinstance(done.exception, NoCurveError)
    assert "headway train" in str(done.exception)


@pytest.mark.parametrize("verb", [("retag",), ("model", "curve")])
def test_help_imports_nothing_heavy(verb: tuple[str, ...], run) -> None:
    assert run(*verb, "--help").exit_code == 0
