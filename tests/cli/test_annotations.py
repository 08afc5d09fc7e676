from __future__ import annotations

import json


def test_what_was_shipped_is_added_edited_and_withdrawn(in_demo_copy, run) -> None:
    job = ("--job", "online-order")
    key = run("annotations", "add", *job, "--at", "2026-02-01", "--step", "track-delivery", "maps in messages").stdout
    run("annotations", "edit", *job, "--text", "maps in all messages", key.strip())
    listed = json.loads(run("annotations", "list", *job, "--json").stdout)["annotations"]
    assert [one["text"] for one in listed if one["kind"] == "change"] == ["maps in all messages"]
    assert "maps in all messages" in run("annotations", "list", *job).stdout
    run("annotations", "withdraw", *job, key.strip())
    listed = json.loads(run("annotations", "list", *job, "--json").stdout)["annotations"]
    assert [one for one in listed if one["kind"] == "change"] == []


def test_an_unknown_step_is_named(in_demo_copy, run) -> None:
    refused = run("annotations", "add", "--job", "online-order", "--step", "nowhere", "x")
    assert refused.exit_code == 2
    assert "nowhere" in refused.output
