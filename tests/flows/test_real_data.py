"""Real conversations through the whole flow. Skipped where the public data sets are not at hand."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from evals.datasets import contact_line, contacts
from taxonomy.loader import find_job


@pytest.fixture(scope="module")
def banking_home(shared_data: Path, encoder_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a tagger trained on three fifths of Banking77, and the rest beside it."""
    from flows.jobs import open_job
    from flows.train import train
    from store.settings import load_settings

    home = tmp_path_factory.mktemp("banking")
    (home / "encoders").symlink_to(encoder_home / "encoders")
    lines = [contact_line(one) for one in contacts("banking77", shared_data, job=find_job("retail-banking"))]
    random.Random(0).shuffle(lines)
    for name, part in (("train", lines[:6000]), ("test", lines[6000:])):
        (home / f"{name}.jsonl").write_text("\n".join(map(json.dumps, part)), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_HOME", str(home))
        settings = load_settings()
        train(open_job("retail-banking", settings), home / "train.jsonl", settings=settings)
    return home


def write(path: Path, name: str, data: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(contact_line(one)) + "\n" for one in contacts(name, data))
    return path


def test_banking_questions_never_seen_are_tagged_right_and_calibrated(banking_home: Path, monkeypatch, run) -> None:
    monkeypatch.setenv("HEADWAY_HOME", str(banking_home))
    data = banking_home / "test.jsonl"
    report = json.loads(run("eval", "--job", "retail-banking", "--data", data, "--json").stdout)
    assert report["step"]["accuracy"] > 0.95
    assert report["outcome"]["accuracy"] > 0.93
    assert max(report["ece"].values()) < 0.03
    assert report["deferral"]["error_kept"] < report["deferral"]["max_error"]


def test_finance_chats_go_through_the_whole_flow_and_unknown_figures_say_so(
    banking_home: Path, shared_data: Path, monkeypatch, run
) -> None:
    monkeypatch.setenv("HEADWAY_HOME", str(banking_home))
    chats = write(banking_home / "finance.jsonl", "multidogo-finance", shared_data)
    done = run("run", "--job", "retail-banking", chats, "--source", "multidogo", "--json")
    assert done.exit_code == 0, done.output
    stages = {stage["name"]: stage["counts"] for stage in json.loads(done.stdout)["stages"]}
    assert stages["tag"]["tagged"] == stages["ingest"]["accepted"] > 1000
    card = json.loads(run("scorecard", "--job", "retail-banking", "--json").stdout)
    assert not card["published"]
    for step in card["steps"]:
        assert step["volume"]["value"] is not None
        for name in ("effort", "fcr", "transfers", "friction"):
            assert step[name]["value"] is None
            assert step[name]["reason"].startswith("not enough evidence")


def test_retail_dialogues_with_agents_turns_are_tagged_better_than_by_chance(
    in_demo_copy: Path, shared_data: Path, run
) -> None:
    dialogues = in_demo_copy / "abcd.jsonl"
    with dialogues.open("w", encoding="utf-8") as file:
        known = contacts("abcd", shared_data, job=find_job("online-order"))
        file.writelines(json.dumps(contact_line(one)) + "\n" for one in known)
    assert run("run", "--job", "online-order", dialogues, "--source", "abcd").exit_code == 0
    report = json.loads(run("eval", "--job", "online-order", "--data", dialogues, "--json").stdout)
    assert report["n"] == 30
    assert report["step"]["accuracy_ci"][0] > 0.25
