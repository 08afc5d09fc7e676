from __future__ import annotations

import json
import os
from pathlib import Path

from flows.pull import pull
from flows.workspace import Workspace
from store.quarantine import list_quarantine
from store.tables import contacts

JOB = "online-order"


def put(path: Path, *names: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"id": name, "text": f"hello {name}"}) + "\n" for name in names))
    age(path)


def age(path: Path, seconds: float = 3600) -> None:
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


def test_a_file_is_read_once_and_again_when_it_has_grown(home: Path) -> None:
    workspace, file = Workspace.open(JOB), home / "inbox" / JOB / "contacts" / "a.jsonl"
    assert pull(workspace).files == 0
    put(file, "a", "b")
    assert (pull(workspace).accepted, pull(workspace).files) == (2, 0)
    put(file, "a", "b", "c")
    done = pull(workspace)
    assert (done.files, done.accepted, done.already_there) == (1, 1, 2)


def test_a_file_that_may_still_be_written_is_left_for_the_next_pull(home: Path) -> None:
    workspace, file = Workspace.open(JOB), home / "inbox" / JOB / "contacts" / "a.jsonl"
    put(file, "a")
    file.touch()
    assert (pull(workspace).settling, pull(workspace).files) == (1, 0)
    age(file)
    assert pull(workspace).accepted == 1


def test_an_unusable_file_is_put_aside_once_and_the_others_are_read(home: Path) -> None:
    workspace, folder = Workspace.open(JOB), home / "inbox" / JOB / "contacts"
    put(folder / "b.jsonl", "b")
    (folder / "a.parquet").write_bytes(b"this is no parquet")
    age(folder / "a.parquet")
    done = pull(workspace)
    assert (done.accepted, done.unusable, done.quarantined) == (1, 1, 1)
    assert pull(workspace).quarantined == 0
    with workspace.database.session() as session:
        (refused,) = list_quarantine(session)
        assert refused["reason"] == "unusable-file"
        assert len(session.execute(contacts.select()).all()) == 1


def test_inboxes_of_the_settings_come_with_their_source(home: Path, tmp_path: Path, monkeypatch, run) -> None:
    put(tmp_path / "in" / "a.jsonl", "a")
    table = {"inboxes": [{"job": JOB, "path": str(tmp_path / "in"), "source": "crm"}]}
    monkeypatch.setenv("HEADWAY_SCHEDULE", json.dumps(table))
    done = run("pull", "--job", JOB, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["accepted"] == 1
    with Workspace.open(JOB).database.session() as session:
        assert session.execute(contacts.select()).one().source == "crm"
