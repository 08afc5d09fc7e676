"""What is past its days is gone from every byte; the figures stay as they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.erase import ask
from flows.measure import measure
from flows.retain import retain
from flows.tag import waiting
from flows.workspace import Home, Workspace
from store.erasure import Subject, list_receipts
from tests.planted import in_files, in_tables

JOB = "online-order"
WORDS = "turquoise zeppelin"


@pytest.fixture
def planted(in_demo_copy: Path, run) -> Home:
    """The demo with one old contact whose words can be recognised, and a refused line."""
    row = {
        "id": "zq-old",
        "customer_id": "zq-old-customer",
        "channel": "chat",
        "started_at": "2020-01-07T10:00:00Z",
        "turns": [{"speaker": "customer", "text": f"where is my {WORDS}, it should have arrived"}],
    }
    file = in_demo_copy.parent / "old.jsonl"
    file.write_text(json.dumps(row) + "\n" + json.dumps({"id": "zq-bad", "turns": WORDS}) + "\n")
    assert run("ingest", file, "--job", JOB).exit_code == 3
    assert run("tag", "--job", JOB).exit_code == 0
    return Home.open_home()


def days(monkeypatch: pytest.MonkeyPatch, **kinds: float) -> Home:
    for kind, number in kinds.items():
        monkeypatch.setenv(f"HEADWAY_RETENTION_{kind.upper()}_DAYS", str(number))
    return Home.open_home()


def volumes(run) -> dict[str, float]:
    steps = json.loads(run("friction", "--job", JOB, "--json").stdout)["steps"]
    return {step["step"]: step["volume"]["value"] for step in steps}


def test_old_words_leave_every_table_and_file_while_tags_and_figures_stay(
    planted: Home, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = days(monkeypatch, text=1, quarantine=0.0001, llm=1, embeddings=1, exports=1, models=1)
    before = volumes(run)
    told = json.loads(run("retain", "--dry-run", "--json").stdout)
    assert (told["due"]["text"] > 1000, told["removed"]) == (True, {})
    assert in_tables(home.database, [WORDS]) != set()
    done = retain(home, now=datetime.now(UTC) + timedelta(days=3))
    assert done.removed["transcripts"] > 1000
    assert done.removed["embeddings"] > 1000
    assert in_tables(home.database, [WORDS]) | in_files(home.settings.home, [WORDS]) == set()
    assert {place.split(":")[0] for place in in_tables(home.database, ["zq-old"])} == {"contacts.contact_id"}
    assert volumes(run) == before
    assert measure(Workspace.open(JOB), full=True).slices_written == 0
    assert waiting(Workspace.open(JOB)) == 0
    assert run("tag", "--job", JOB).exit_code == 0


def test_removed_contacts_leave_their_figures_behind_as_sums(
    in_demo_copy: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open(JOB)
    before = volumes(run)
    home = days(monkeypatch, contacts=1)
    done = retain(home, now=datetime.now(UTC) + timedelta(days=30))
    assert done.removed["contacts"] > 1000
    assert volumes(run) == pytest.approx(before, rel=1e-9)
    measure(workspace, full=True)
    assert volumes(run) == pytest.approx(before, rel=1e-9)


def test_retention_finishes_an_erasure_that_was_only_asked_for(planted: Home) -> None:
    done = retain(planted)
    assert (done.days, done.removed, done.receipt) == ({}, {}, None)  # without settings everything is kept
    receipt = ask(planted, Subject(customer="zq-old-customer"), by="ann")
    done = retain(planted)
    assert done.erasures_finished == 1
    with planted.database.session() as session:
        (told,) = list_receipts(session)
    assert (told.receipt, told.finished_at is not None) == (receipt, True)
    assert in_tables(planted.database, [WORDS]) == {f"quarantine.raw: {WORDS}"}


def test_old_notes_and_lines_of_the_log_go_and_decisions_stay(
    planted: Home, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("review", "ask", "--job", JOB, "zq-old", "--why", "zq note").exit_code == 0
    log = planted.settings.home / "logs" / "headway.jsonl"
    log.parent.mkdir(exist_ok=True)
    later = datetime.now(UTC) + timedelta(days=2)
    old, new = ({"at": at.isoformat(), "event": "x"} for at in (datetime(2020, 1, 1, tzinfo=UTC), later))
    log.write_text(json.dumps(old) + "\n" + json.dumps(new) + "\n")
    home = days(monkeypatch, notes=1, logs=30)
    done = retain(home, now=later)
    assert done.removed["notes"] >= 1
    assert in_tables(home.database, ["zq note"]) == set()
    assert [json.loads(line) for line in log.read_text().splitlines()] == [new]
