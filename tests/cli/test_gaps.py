"""From contacts that fit no step to a new version of the job, by the real commands on a copy of the demo."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.chat_server import ChatServer, Reply, completion

JOB = ("--job", "online-order")
GOOD = "minimize the time it takes to get back a thing left in a shop"


@pytest.fixture(scope="module")
def grouped_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo whose gaps were looked for once."""
    from flows.gaps import find_gaps
    from flows.workspace import Workspace

    home = tmp_path_factory.mktemp("gaps") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_HOME", str(home))
        find_gaps(Workspace.open("online-order"))
    return home


@pytest.fixture
def in_grouped(grouped_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "grouped"
    shutil.copytree(grouped_home, home, symlinks=True)
    monkeypatch.setenv("HEADWAY_HOME", str(home))
    return home


def groups(run, *more: str) -> dict:
    done = run("taxonomy", "gaps", *JOB, "--json", *more)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_groups_have_names_sizes_shares_examples_and_dates(in_grouped: Path, run) -> None:
    found = groups(run, "--last")
    assert found["decided"] > 0
    assert len(found["gaps"]) >= 3
    first = found["gaps"][0]
    assert first["terms"]
    assert first["size"] >= len(first["examples"]) > 0
    assert first["share"]["low"] <= first["share"]["value"] <= first["share"]["high"]
    assert first["first_at"] <= first["last_at"]


def test_looking_again_keeps_every_name_and_queues_nothing_twice(in_grouped: Path, run) -> None:
    before, after = groups(run, "--last"), groups(run)
    assert [(gap["gap"], gap["size"]) for gap in after["gaps"]] == [(g["gap"], g["size"]) for g in before["gaps"]]
    assert after["queued"] == 0


def test_strange_contacts_of_groups_wait_in_the_review_queue(in_grouped: Path, run) -> None:
    lines = [json.loads(line) for line in run("review", "export", *JOB).stdout.splitlines()]
    novel = [line for line in lines if line["reason"] == "novel"]
    assert novel
    assert all(line["pi"] is None and not line["drawn"] for line in novel)


def test_a_proposal_is_linted_and_becomes_a_version_only_by_approval(in_grouped: Path, run) -> None:
    bad = json.loads(run("taxonomy", "propose", *JOB, "--statement", "make the app easy", "--step", "find-item",
                         "--by", "ann", "--json").stdout)  # fmt: skip
    assert "error" in {one["level"] for one in bad["findings"]}
    refused = run("taxonomy", "approve", *JOB, bad["proposal"], "--why", "hm", "--by", "bob")
    assert refused.exception is not None
    good = json.loads(run("taxonomy", "propose", *JOB, "--gap", "gap-1", "--statement", GOOD, "--step", "find-item",
                          "--by", "ann", "--json").stdout)  # fmt: skip
    assert json.loads(run("taxonomy", "show", "online-order", "--json").stdout)["version"] == 1
    run("taxonomy", "approve", *JOB, good["proposal"], "--why", "look", "--by", "bob", "--dry-run")
    assert json.loads(run("taxonomy", "show", "online-order", "--json").stdout)["version"] == 1
    done = json.loads(
        run("taxonomy", "approve", *JOB, good["proposal"], "--why", "often", "--by", "bob", "--json").stdout
    )
    assert [change["kind"] for change in done["diff"]["changes"]] == ["added"]
    job = json.loads(run("taxonomy", "show", "online-order", "--json").stdout)
    assert job["version"] == 2
    assert GOOD in json.dumps(job)


def test_who_and_why_are_kept_and_nothing_is_settled_twice(in_grouped: Path, run) -> None:
    run("taxonomy", "propose", *JOB, "--statement", GOOD, "--step", "find-item", "--by", "ann", "--why", "nine cases")
    assert run("taxonomy", "reject", *JOB, "p1", "--why", "not ours", "--by", "bob").exit_code == 0
    assert "was rejected already" in str(run("taxonomy", "approve", *JOB, "p1", "--why", "x", "--by", "eve").exception)
    (kept,) = json.loads(run("taxonomy", "proposals", *JOB, "--json").stdout)["proposals"]
    assert (kept["by"], kept["why"], kept["settled_by"], kept["settled_why"]) == (
        "ann",
        "nine cases",
        "bob",
        "not ours",
    )


def test_without_an_llm_a_person_writes_the_outcome(in_grouped: Path, run) -> None:
    assert "no LLM is configured" in str(run("taxonomy", "propose", *JOB, "--gap", "gap-1").exception)


def test_the_llm_drafts_from_redacted_examples_and_mends_what_lint_finds(
    in_grouped: Path, run, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWAY_LLM_BASE_URL", chat_server.url)
    monkeypatch.setenv("HEADWAY_LLM_MODEL", "tiny")
    chat_server.replies(
        completion(json.dumps({"statement": "make the app easy", "step": "find-item"})),
        completion(json.dumps({"statement": GOOD + ".", "step": "find-item"})),
    )
    drafted = json.loads(run("taxonomy", "propose", *JOB, "--gap", "gap-1", "--by", "ann", "--json").stdout)
    assert (drafted["outcome"]["statement"], drafted["outcome"]["step"]) == (GOOD, "find-item")
    assert drafted["drafted_by"].startswith("tiny at ")
    assert len(chat_server.requests) == 2
    assert "app" in chat_server.requests[1]["messages"][0]["content"]
    spent = next((in_grouped / "llm_cache" / "spend").iterdir()).read_text()
    assert len(spent.splitlines()) == 2


@pytest.mark.parametrize(
    "reply",
    [
        completion("no json"),
        completion(json.dumps({"statement": GOOD, "step": "nowhere"})),
        completion(json.dumps({"statement": "", "step": "find-item"})),
        Reply({"error": {"message": "wrong key"}}, 401),
    ],
)
def test_an_unusable_draft_is_never_a_proposal(
    in_grouped: Path, run, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    monkeypatch.setenv("HEADWAY_LLM_BASE_URL", chat_server.url)
    monkeypatch.setenv("HEADWAY_LLM_MODEL", "tiny")
    chat_server.replies(reply)
    assert "--statement" in str(run("taxonomy", "propose", *JOB, "--gap", "gap-1", "--by", "ann").exception)
    assert json.loads(run("taxonomy", "proposals", *JOB, "--json").stdout)["proposals"] == []
