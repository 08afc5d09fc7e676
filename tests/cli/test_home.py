from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows import doctor
from store.session import Database
from store.settings import load_settings
from store.tables import contacts

JOB = "online-order"


def checks(run, *, code: int = 1) -> dict[str, dict]:
    done = run("doctor", "--json")
    assert done.exit_code == code, done.output
    return {one["what"]: one for one in json.loads(done.stdout)["checks"]}


def test_nothing_is_wrong_in_the_demo(in_demo: Path, run) -> None:
    found = checks(run, code=0)
    assert {"home", "disk", "database", "clock", "model", "figures"} <= set(found)
    assert not any(one["wrong"] for one in found.values())


def test_a_disk_must_have_room_for_the_database_once_more(in_demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = (in_demo / "headway.db").stat().st_size

    def disk_with(free: int) -> doctor.Finding:
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=free, total=1 << 60))
        return doctor._disk(in_demo)

    assert not disk_with(doctor.LEAST_BYTES + size).wrong
    assert disk_with(doctor.LEAST_BYTES + size - 1).wrong


def test_each_thing_that_is_wrong_is_named_with_what_to_do(
    in_demo_copy: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (in_demo_copy / "models" / JOB / "promotions.jsonl").unlink()
    database = Database(load_settings().database)
    with database.session() as session:
        session.execute(contacts.update().values(ingested_at=datetime.now(UTC) + timedelta(days=1)))
    monkeypatch.setattr(doctor, "LEAST_BYTES", 1 << 60)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("HEADWAY_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("HEADWAY_SMTP_PORT", "9")
    monkeypatch.setenv("HEADWAY_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    found = checks(run)
    wrong = {name for name, one in found.items() if one["wrong"]}
    assert wrong == {"model", "clock", "disk", "Prefect", "mail", "LLM"}
    assert all(one["do"] for one in found.values() if one["wrong"])
    assert "headway train" in found["model"]["do"]


def test_a_missing_home_and_an_old_schema_are_named(home: Path, run, tmp_path: Path, monkeypatch) -> None:
    run("init")
    from alembic import command

    from store.session import _alembic_config

    database = Database(load_settings().database)
    with database.engine.begin() as connection:
        config = _alembic_config(database.url)
        config.attributes["connection"] = connection
        command.downgrade(config, "0012")
    assert "headway db upgrade" in checks(run)["database"]["found"]
    monkeypatch.setenv("HEADWAY_HOME", str(tmp_path / "nowhere"))
    assert checks(run)["home"]["do"] == "run `headway init`"


def few_contacts(run, folder: Path) -> None:
    lines = [{"id": f"c{n}", "text": "where is my parcel"} for n in range(3)]
    (folder / "few.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert run("ingest", folder / "few.jsonl", "--job", JOB).exit_code == 0


def test_a_backup_is_written_checked_and_restored_by_command(
    home: Path, run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b.tar"
    few_contacts(run, tmp_path)
    assert "without the key" in run("backup", file).output
    written = json.loads(run("backup", file, "--verify", "--json").stdout)
    assert written["tables"]["contacts"]["rows"] == 3
    monkeypatch.setenv("HEADWAY_HOME", str(tmp_path / "new"))
    assert run("restore", file).exit_code == 0
    with Database(load_settings().database).session() as session:
        assert len(session.execute(contacts.select()).all()) == 3
    again = run("restore", file)
    assert again.exit_code == 1
    assert "already" in str(again.exception)


def test_the_database_moves_by_one_command(home: Path, run, tmp_path: Path) -> None:
    few_contacts(run, tmp_path)
    done = json.loads(run("db", "move", f"sqlite:///{tmp_path / 'moved.db'}", "--json").stdout)
    assert done["tables"]["contacts"]["rows"] == 3
    assert done["rows"] >= 6
