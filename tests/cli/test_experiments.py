from __future__ import annotations

import json
from pathlib import Path

from store.experiments import ConflictingExperimentError

JOB = ("--job", "online-order")
REGISTER = ("--step", "track-delivery", "--arm", "standard=3", "--arm", "gold=1", "--segment", "tier")


def test_an_experiment_is_registered_read_out_and_finished_by_commands(in_demo_copy: Path, run) -> None:
    begun = (*REGISTER, "--start", "2026-05-01", "--title", "Map on tracking", "map")
    assert "map registered" in run("experiments", "register", *JOB, *begun).output
    assert "already" in run("experiments", "register", *JOB, *begun).output

    told = run("experiments", "show", *JOB, "map").output
    found = json.loads(run("experiments", "show", *JOB, "map", "--json").output)
    assert "task_success" in told and "customers: standard" in told
    assert {one["measure"] for one in found["differences"]} == {"task_success", "effort", "fcr", "transfers", "time"}

    assert "finished" in run("experiments", "finish", *JOB, "map", "--end", "2026-10-01", "--note", "kept").output
    refused = run("experiments", "finish", *JOB, "map", "--end", "2026-10-02").exception
    assert isinstance(refused, ConflictingExperimentError)
    assert "track-delivery: Map on tracking" in run("experiments", "list", *JOB).output
    assert json.loads(run("experiments", "list", *JOB, "--json").output)["experiments"][0]["finished"] is True


def test_arms_that_are_none_are_refused(in_demo_copy: Path, run) -> None:
    done = run(
        "experiments", "register", *JOB, *REGISTER[:2], "--arm", "a=x", "--arm", "b", "--start", "2026-05-01", "m"
    )
    assert done.exit_code == 2
    assert "NAME or NAME=SHARE" in done.output
