from __future__ import annotations

import json
import re

import pytest

from flows.workspace import Workspace
from store.keys import KeyRefusedError


@pytest.fixture
def ready(run, home):
    assert run("init").exit_code == 0
    return home


@pytest.fixture
def with_job(ready):
    Workspace.open("online-order").record_job()
    return ready


def make(run, *options: str) -> dict:
    result = run("keys", "create", "ann", "--role", "analyst", "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_key_for_a_job_that_nobody_ran_is_refused_and_the_jobs_are_named(run, with_job):
    result = run("keys", "create", "ann", "--role", "analyst", "--job", "online-ordre")

    assert isinstance(result.exception, KeyRefusedError)
    assert "known: online-order" in str(result.exception)
    assert json.loads(run("keys", "list", "--json").stdout)["keys"] == []


def test_contacts_that_a_new_key_does_not_see_are_counted(run, with_job, tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": "c-1", "text": "where is my parcel"}\n')
    run("ingest", path)

    made = run("keys", "create", "ann", "--role", "analyst", "--job", "online-order")
    assert "does not see the 1 contacts" in made.stderr


def test_a_key_is_shown_once_and_kept_as_a_hash(run, with_job):
    result = run("keys", "create", "nightly load", "--role", "service", "--job", "online-order", "--expires", "90d")
    token = result.stdout.strip()

    assert re.fullmatch(r"hw_[a-z0-9]{10}_[A-Za-z0-9_-]{43}", token)
    assert "not shown again" in result.stderr
    listed = run("keys", "list").stdout
    secret = token.rpartition("_")[2]
    assert token[3:13] in listed
    assert "online-order" in listed
    assert secret not in listed
    for path in with_job.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def test_rotation_leaves_the_old_key_good_for_a_while(run, ready):
    old = make(run)
    new = json.loads(run("keys", "rotate", old["key_id"], "--overlap", "2h", "--json").stdout)

    keys = {key["key_id"]: key for key in json.loads(run("keys", "list", "--json").stdout)["keys"]}
    assert new["replaces"] == old["key_id"]
    assert {key["state"] for key in keys.values()} == {"good"}
    assert keys[old["key_id"]]["expires_at"] < keys[new["key_id"]]["expires_at"]


def test_a_revoked_key_can_neither_be_rotated_nor_come_back(run, ready):
    key = make(run, "--expires", "never")["key_id"]

    assert run("keys", "revoke", key).exit_code == 0
    assert run("keys", "revoke", key).exit_code == 0
    assert json.loads(run("keys", "list", "--json").stdout)["keys"][0]["state"] == "revoked"
    assert "is revoked" in str(run("keys", "rotate", key).exception)


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "ann", "--role", "king"),
        ("create", "ann", "--role", "leader", "--expires", "soon"),
        ("create", " ", "--role", "leader"),
        ("create", "ann", "--role", "leader", "--expires", "0d"),
        ("revoke", "nosuchkey"),
        ("rotate", "nosuchkey", "--overlap", "never"),
    ],
)
def test_what_cannot_be_done_is_wrong_usage(run, ready, arguments):
    result = run("keys", *arguments)

    assert getattr(result.exception, "exit_code", result.exit_code) == 2


def test_every_route_is_listed_with_its_roles(run, ready):
    found = {one["route"]: one for one in json.loads(run("keys", "routes", "--json").stdout)["routes"]}

    assert found["GET /healthz"]["anybody"] is True
    assert found["POST /v1/review/claim"]["roles"] == ["analyst", "admin"]
    assert found["POST /v1/contacts"]["roles"] == ["service", "admin"]


def test_what_is_done_to_keys_stands_in_the_audit_log_and_the_log_is_whole(run, ready):
    key = make(run)["key_id"]
    run("keys", "revoke", key, "--by", "it desk")
    run("keys", "logout", "ann")

    events = json.loads(run("audit", "list", "--json").stdout)["events"]
    assert [event["action"] for event in events] == ["key.create", "key.revoke", "login.revoke"]
    assert events[1]["who"].startswith("it desk (os:")
    assert key in run("audit", "list", "--action", "key", "--last", "1").stdout
    said = run("audit", "verify").stdout
    head = re.search(r"3:[0-9a-f]{64}", said)[0]
    assert run("audit", "verify", "--expect", head).exit_code == 0
    changed = run("audit", "verify", "--expect", head[:-1] + ("0" if head[-1] != "0" else "1"), "--json")
    assert changed.exit_code == 1
    assert json.loads(changed.stdout)["breaks"][0]["number"] == 3
