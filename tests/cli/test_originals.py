"""`headway originals`: off by default, an admin's to see, on record."""

from __future__ import annotations

import json
import os

import pytest

CONTACT = {"id": "c-1", "turns": [{"speaker": "customer", "text": "my name is Jane Roe"}]}


@pytest.fixture
def kept(run, home, tmp_path, monkeypatch):
    contacts = tmp_path / "contacts.jsonl"
    contacts.write_text(json.dumps(CONTACT))
    monkeypatch.setenv("HEADWAY_ORIGINALS_KEYS", run("originals", "new-key", "--id", "k1").stdout.strip())
    monkeypatch.setenv("HEADWAY_KEEP_ORIGINALS", "true")
    assert run("init").exit_code == 0
    assert run("ingest", str(contacts)).exit_code == 0


def test_originals_are_shown_and_the_audit_log_says_so(run, kept):
    assert run("originals", "show", "--contact", "c-1").stdout.strip() == "customer: my name is Jane Roe"
    assert "original.read" in run("audit", "list").stdout


def test_where_there_are_keys_only_an_admin_sees_them(run, kept, monkeypatch):
    tokens = {role: run("keys", "create", role, "--role", role).stdout.strip() for role in ("admin", "analyst")}
    for role, code in (("analyst", 1), ("admin", 0)):
        monkeypatch.setenv("HEADWAY_ACCESS_KEY", tokens[role])
        shown = run("originals", "show", "--contact", "c-1")
        assert (shown.exit_code, "Jane" in shown.output) == (code, role == "admin")
    monkeypatch.delenv("HEADWAY_ACCESS_KEY")
    assert run("originals", "show", "--contact", "c-1").exit_code == 1


def test_keeping_originals_without_a_key_refuses_input(run, home, tmp_path, monkeypatch):
    contacts = tmp_path / "contacts.jsonl"
    contacts.write_text(json.dumps(CONTACT))
    monkeypatch.setenv("HEADWAY_KEEP_ORIGINALS", "true")
    assert run("ingest", str(contacts)).exit_code != 0


def test_rotation_moves_all_to_the_first_key(run, kept, monkeypatch):
    new = run("originals", "new-key", "--id", "k2").stdout.strip()
    monkeypatch.setenv("HEADWAY_ORIGINALS_KEYS", f"{new},{os.environ['HEADWAY_ORIGINALS_KEYS']}")
    assert json.loads(run("originals", "rotate", "--json").stdout)["originals"] == {"k2": 1}
    monkeypatch.setenv("HEADWAY_ORIGINALS_KEYS", new)
    assert json.loads(run("originals", "show", "--contact", "c-1", "--json").stdout)["turns"] == CONTACT["turns"]


def test_a_second_new_key_of_the_month_can_stand_before_the_first(run, kept, monkeypatch):
    keys = ",".join(run("originals", "new-key").stdout.strip() for _ in range(2))
    monkeypatch.setenv("HEADWAY_ORIGINALS_KEYS", f"{keys},{os.environ['HEADWAY_ORIGINALS_KEYS']}")
    assert run("originals", "rotate").exit_code == 0
