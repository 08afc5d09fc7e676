"""Each verb that writes a stage's rows is alone at it; the holder is another process, which may be killed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.workspace import Workspace
from store.runs import list_runs

JOB = "online-order"
HOLDER = """
import contextlib, sys, time
from flows.stage_run import at_work
from flows.workspace import Workspace

workspace = Workspace.open("online-order")
with contextlib.ExitStack() as all_of_them:
    for name in sys.argv[1:]:
        stage, _, job = name.partition(":")
        all_of_them.enter_context(at_work(workspace, stage, job=job or None))
    print("at work", flush=True)
    time.sleep(600)
"""
VERBS = {
    f"train:{JOB}": [
        ("train", "--job", JOB),
        ("train", "--job", JOB, "--llm-teacher", "5", "--unlabelled", "-"),
    ],
    f"retag:{JOB}": [("retag", "--job", JOB)],
    f"ingest:{JOB}": [("ingest", "-", "--job", JOB)],
    "ingest:": [("ingest", "-")],
    "retry:": [("quarantine", "retry")],
    "retain:": [("retain",)],
    f"draw:{JOB}": [("review", "sample", "--job", JOB)],
    f"calibrate:{JOB}": [("llm", "calibrate", "--job", JOB, "--data", "-")],
}


@contextmanager
def holding(*names: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that is at work on these stages until it is killed."""
    child = subprocess.Popen([sys.executable, "-c", HOLDER, *names], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "at work"
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def some(tmp_path: Path) -> Path:
    """A file of one contact."""
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps({"id": "c-1", "turns": [{"speaker": "customer", "text": "hello"}]}) + "\n")
    return path


def test_a_second_run_says_who_is_at_it_and_since_when_and_fails(home: Path, some: Path, run) -> None:
    with holding(*VERBS) as child:
        for name, verbs in VERBS.items():
            stage, _, job = name.partition(":")
            for verb in verbs:
                done = run(*(some if word == "-" else word for word in verb), "--wait", "0")
                said = str(done.exception)
                assert done.exception.exit_code == 1, verb
                whose = f"{stage} of job '{job}'" if job else stage
                assert said.startswith(f"{whose} is at work already since 20"), verb
                assert f"/{child.pid}/" in said, verb


def test_a_holder_that_was_killed_gives_way_at_once_and_its_run_is_on_record_as_killed(
    home: Path, some: Path, run
) -> None:
    with holding("ingest:") as child:
        assert run("ingest", some, "--wait", "0").exception.exit_code == 1
        child.kill()
        child.wait()
        done = run("ingest", some, "--wait", "0", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["accepted"] == 1
    with Workspace.open(JOB).database.session() as session:
        found = [(row["stage"], row["status"]) for row in list_runs(session)]
    assert found == [("ingest", "done"), ("ingest", "killed")]


def test_reading_again_is_alone_at_the_tagger_too(in_demo_copy: Path, run) -> None:
    with holding(f"tag:{JOB}"):
        done = run("retag", "--job", JOB, "--wait", "0")
    assert str(done.exception).startswith(f"tag of job '{JOB}' is at work already")
