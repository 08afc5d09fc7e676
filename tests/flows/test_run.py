from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from flows.run import story
from flows.stage_run import Plan, StageReport
from flows.stages import STAGES
from store.settings import load_settings
from tests.flows.prefect_server import PrefectServer

JOB = "online-order"
NAMES = ["ingest", "tag", "draw", "measure", "publish", "watch"]


def run_command(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "run", "--job", JOB, *arguments],
        env={**os.environ, "HEADWAY_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def runs_of_the_story(prefect: PrefectServer) -> list[dict]:
    return prefect.post("flow_runs/filter", {"flows": {"name": {"any_": ["headway run"]}}, "sort": "START_TIME_ASC"})


def test_the_same_story_runs_under_prefect_as_a_flow_of_its_stages(in_demo_copy: Path, prefect: PrefectServer) -> None:
    contacts = str(in_demo_copy / "sample" / "contacts.jsonl.gz")
    done = run_command(in_demo_copy, contacts, "--source", "sample", "--json", PREFECT_API_URL=prefect.api)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [stage["name"] for stage in report["stages"]] == NAMES
    assert report["stages"][0]["counts"]["already_there"] == 1500
    flow = runs_of_the_story(prefect)[-1]
    assert flow["state"]["type"] == "COMPLETED"
    here = {"flow_runs": {"id": {"any_": [flow["id"]]}}}
    tasks = {one["name"].rpartition("-")[0]: one["state"]["type"] for one in prefect.post("task_runs/filter", here)}
    assert tasks == dict.fromkeys(NAMES, "COMPLETED")
    left = {one["key"]: one for one in prefect.post("artifacts/filter", here)}
    assert len(left) == 2 * len(NAMES)
    assert "already there: **1500**" in left["headway-ingest-online-order"]["data"]
    table = json.loads(left["headway-ingest-online-order-counts"]["data"])
    assert {"what": "already there", "count": 1500} in table


def test_bad_input_is_not_tried_again_under_prefect(in_demo_copy: Path, prefect: PrefectServer) -> None:
    before = len(runs_of_the_story(prefect))
    began = time.monotonic()
    done = run_command(in_demo_copy, "/no/such/file.jsonl", PREFECT_API_URL=prefect.api)
    assert done.returncode == 2
    assert "/no/such/file.jsonl" in done.stderr
    assert time.monotonic() - began < 60
    assert len(runs_of_the_story(prefect)) == before + 1


def test_the_log_tells_stages_and_counts_and_nothing_that_was_said(in_demo_copy: Path) -> None:
    assert run_command(in_demo_copy).returncode == 0
    lines = [json.loads(line) for line in (in_demo_copy / "logs" / "headway.jsonl").read_text().splitlines()[-10:]]
    assert [line["event"] for line in lines] == ["stage started", "stage done"] * 5
    assert lines[-1]["stage"] == "watch"
    with TestClient(create_app(load_settings()), base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        runs = client.get("/v1/runs").json()
    assert [(run["stage"], run["status"]) for run in runs[:5]] == [
        (stage, "done") for stage in ("watch", "publish", "measure", "draw", "tag")
    ]
    assert all(set(line) <= {"at", "level", "event", "stage", "job", "run", "seconds", "counts"} for line in lines)


def test_without_contacts_only_what_is_stored_is_worked_on() -> None:
    called = []

    def stage_named(name: str):
        def stage(plan: Plan, run_id: str) -> StageReport:
            called.append(name)
            return StageReport(name, 0.0, {})

        return stage

    names = [stage.__name__ for stage in STAGES]
    story(tuple(stage_named(name) for name in names), Plan(JOB))
    assert called == names[1:]


def test_a_killed_run_goes_on_where_it_stopped(home: Path, demo_home: Path) -> None:
    """Kill a run again and again; the last one ends with every contact tagged once."""
    import shutil
    import sqlite3

    shutil.copytree(demo_home / "models", home / "models")
    contacts = str(demo_home / "sample" / "contacts.jsonl.gz")
    for seconds in (2.0, 3.0, 4.0):
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "run", "--job", JOB, contacts],
            env={**os.environ, "HEADWAY_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(seconds)
        process.kill()
        process.wait()
    assert run_command(home, contacts).returncode == 0
    with sqlite3.connect(home / "headway.db") as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("contacts", "tags")]
        states = {row[0] for row in connection.execute("SELECT DISTINCT status FROM stage_runs")}
        held = connection.execute("SELECT count(*) FROM stage_leases WHERE run_id IS NOT NULL").fetchone()[0]
    assert counts == [1500, 1500]
    assert states <= {"done", "killed"}
    assert held == 0
