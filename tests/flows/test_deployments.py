from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from flows.deployments import FLOWS, TimetableError, deployments
from flows.measure import measure
from flows.workspace import Workspace
from store.runs import list_runs, recorded
from store.tables import contacts, tags
from store.timetable import Timetable
from tests.flows.prefect_server import ROOT, PrefectServer

JOB = "online-order"


@contextmanager
def process(prefect: PrefectServer, home: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A process that works for the server until the block ends."""
    environment = {**prefect.environment, "HEADWAY_HOME": str(home)}
    with (home / f"{command[-1]}.txt").open("w") as log:
        found = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=log, stderr=log, cwd=home)
        try:
            yield found
        finally:
            found.terminate()
            found.wait(timeout=30)


def count(workspace: Workspace) -> list[int]:
    with workspace.database.session() as session:
        return [len(session.execute(table.select()).all()) for table in (contacts, tags)]


def test_served_stages_work_leave_reports_and_do_not_overlap(prefect: PrefectServer, in_demo_copy: Path) -> None:
    workspace = Workspace.open(JOB)
    inbox = in_demo_copy / "inbox" / JOB / "contacts"
    inbox.mkdir(parents=True)
    new = [{"id": f"new-{n}", "text": "where is my parcel", "started_at": "2026-10-01T10:00:00Z"} for n in range(3)]
    (inbox / "new.jsonl").write_text("\n".join(map(json.dumps, new)))
    os.utime(inbox / "new.jsonl", (1_700_000_000, 1_700_000_000))
    before = count(workspace)
    with process(prefect, in_demo_copy, "cli.main", "schedule", "--job", JOB) as served:
        while f"pull-{JOB}" not in prefect.deployments():
            assert served.poll() is None, (in_demo_copy / f"{JOB}.txt").read_text()
            time.sleep(0.5)
        with recorded(workspace.database, "pull", run_id="somebody-else", job_id=JOB):
            skipped = prefect.ended(prefect.start(f"pull-{JOB}"))
        assert (skipped["type"], skipped["name"]) == ("COMPLETED", "Skipped")
        assert "somebody-else" in skipped["message"]
        first, double = prefect.start(f"pull-{JOB}"), prefect.start(f"pull-{JOB}")
        states = [prefect.ended(first), prefect.ended(double)]
        assert "accepted 3" in next(one["message"] for one in states if one["name"] == "Completed")
    assert count(workspace) == [before[0] + 3, before[1]]
    found = prefect.deployments()[f"measure-{JOB}"]
    assert found["parameters"] == {"job": JOB}
    assert found["tags"] == ["headway", "measure", JOB]
    assert "Fold what changed" in found["description"]
    assert found["schedules"][0]["schedule"]["cron"] == "10 * * * *"
    assert found["global_concurrency_limit"]["limit"] == 1
    assert {one["key"] for one in prefect.post("artifacts/filter")} >= {f"headway-pull-{JOB}"}


def test_a_worker_runs_the_deployments_of_prefect_yaml(prefect: PrefectServer, in_demo_copy: Path) -> None:
    shutil.copy(ROOT / "prefect.yaml", in_demo_copy)
    environment = {**prefect.environment, "HEADWAY_HOME": str(in_demo_copy)}

    def command(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            env=environment, cwd=in_demo_copy, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    prefect.post("work_pools/", {"name": "headway", "type": "process"})
    command("--no-prompt", "deploy", "--name", f"watch-{JOB}")
    run = prefect.start(f"watch-{JOB}")
    command("worker", "start", "--pool", "headway", "--run-once")
    assert prefect.ended(run)["message"].startswith("looked ")


def test_prefect_yaml_holds_what_the_code_deploys() -> None:
    said = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    made = deployments([JOB], Timetable())
    assert [one["name"] for one in said] == [one.name for one in made]
    for one, other in zip(said, made, strict=True):
        assert one["entrypoint"] == other.entrypoint
        assert one["tags"] == other.tags
        assert one["parameters"] == other.parameters
        assert one["schedules"][0]["cron"] == other.schedules[0].schedule.cron
        assert other.description.startswith(one["description"])
        assert one["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert other.concurrency_limit == 1
        assert other.concurrency_options.collision_strategy.value == "CANCEL_NEW"


def test_a_stage_without_a_time_is_off_and_a_wrong_time_is_named() -> None:
    table = Timetable(jobs=(JOB,), train="", timezone="Europe/Berlin")
    found = deployments(["a", "b"], table)
    assert len(found) == 2 * (len(FLOWS) - 1) - 1  # retention works for all jobs at once
    assert found[0].schedules[0].schedule.timezone == "Europe/Berlin"
    with pytest.raises(TimetableError, match="measure = 'now and then'"):
        deployments(["a"], Timetable(measure="now and then"))
    with pytest.raises(TimetableError, match="no job"):
        deployments([], table)


def test_the_timetable_of_headway_toml_is_listed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    (tmp_path / "headway.toml").write_text(
        f'[schedule]\njobs = ["{JOB}"]\nmeasure = "30 6 * * *"\ndraw = ""\n'
        f'[[schedule.inboxes]]\njob = "{JOB}"\npath = "in"\nsource = "crm"\n'
    )
    shown = json.loads(run("schedule", "--list", "--json").stdout)["deployments"]
    assert {one["deployment"].rpartition("/")[2]: one["cron"] for one in shown}[f"measure-{JOB}"] == "30 6 * * *"
    assert len(shown) == len(FLOWS) - 1
    refused = run("schedule")
    assert refused.exit_code == 2
    assert "prefect server start" in refused.output
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    lost = run("schedule")
    assert lost.exit_code == 1
    assert "127.0.0.1:9/api does not answer" in str(lost.exception)


def test_doubled_and_repeated_stages_change_nothing(in_demo_copy: Path) -> None:
    """Orchestrators run things twice: the second time there is nothing left to do."""
    from flows.stage_run import Plan
    from flows.stages import draw_stage, measure_stage, publish_stage, tag_stage, watch_stage

    workspace = Workspace.open(JOB)
    before = count(workspace)
    with workspace.database.session() as session:
        earlier = {one["pk"] for one in list_runs(session)}
    for _ in range(2):
        done = [stage(Plan(JOB), "r") for stage in (tag_stage, draw_stage, measure_stage, publish_stage, watch_stage)]
    assert count(workspace) == before
    assert done[0].counts["tagged"] == 0
    assert done[2].counts["slices_written"] == 0
    assert not done[3].counts["new"]
    assert measure(workspace).slices_written == 0
    with workspace.database.session() as session:
        assert {one["status"] for one in list_runs(session) if one["pk"] not in earlier} == {"done"}
