from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("option", "value"), [("--systems", "ours,magic"), ("--sets", "imagenet"), ("--budgets", "all,7")]
)
def test_a_name_that_is_not_known_is_refused_with_those_that_are(option: str, value: str, home: Path, run) -> None:
    done = run("bench", "tagger", option, value)
    assert done.exit_code == 2
    assert "use " in done.output


def test_a_small_part_is_measured_written_and_kept(home: Path, tmp_path: Path, run) -> None:
    small = (
        "--quick",
        "--no-speed",
        "--sets",
        "sample",
        "--systems",
        "tfidf-svc",
        "--budgets",
        "8",
        "--out",
        str(tmp_path / "out"),
    )
    done = run("bench", "tagger", *small)
    assert done.exit_code == 0, done.output
    assert "generated sample, 8 labels an outcome" in done.output
    result = json.loads((tmp_path / "out" / "tagger.json").read_text())
    assert [row["system"] for row in result["rows"]] == ["tfidf-svc"]
    assert any(line.startswith("setfit:") for line in result["skipped"])
    again = run("bench", "tagger", *small, "--finished", "--json")
    assert json.loads(again.stdout)["rows"] == result["rows"]


def test_public_data_that_are_not_there_are_named(home: Path, tmp_path: Path, run) -> None:
    done = run("bench", "tagger", "--data", str(tmp_path), "--sets", "banking77,nlupp", "--json")
    assert done.exit_code == 0, done.output
    skipped = json.loads(done.stdout)["skipped"]
    assert [line.split(":")[0] for line in skipped if "is not there" in line] == ["banking77", "nlupp"]
