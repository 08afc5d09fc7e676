from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from store.annotations import annotation_history, edit_annotation, record_annotation
from store.data_health import read_data_health, read_runs
from store.jobs import save_job
from store.quarantine import Refused, put_aside
from store.runs import recorded
from store.session import Database
from store.settings import Settings
from store.tables import stage_runs
from store.version import figures_version
from taxonomy.loader import find_job
from taxonomy.model import Job

JOB = "online-order"
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def job(database: Database) -> Job:
    found = find_job(JOB)
    with database.session() as session:
        save_job(session, found)
    return found


def fail(database: Database) -> None:
    with recorded(database, "tag", run_id="r2", job_id=JOB):
        raise ValueError


def test_a_job_of_which_nothing_is_known_has_reasons_and_no_numbers(
    database: Database, job: Job, tmp_path: Path
) -> None:
    with database.session() as session:
        found = read_data_health(session, job, Settings(home=tmp_path), now=NOW)
    assert (found.runs, found.model, found.queue, dict(found.reasons)) == ((), None, (), {})
    assert found.answered[0].value is None and found.answered[0].reason
    assert found.fresh.arrived_at is None and not found.fresh.stale


def test_runs_tell_their_stages_what_failed_and_what_was_killed(database: Database, job: Job) -> None:
    with recorded(database, "ingest", run_id="r1", job_id=JOB) as counts:
        counts["accepted"] = 7
    with recorded(database, "ingest", run_id="r2", job_id=JOB):
        pass
    with pytest.raises(ValueError):
        fail(database)
    dead = {"run_id": "r3", "stage": "measure", "job_id": JOB, "status": "running", "counts": {}}
    with database.session() as session:
        session.execute(insert(stage_runs), [{**dead, "started_at": NOW, "beat_at": NOW, "process": "gone:1:1"}])
        runs = read_runs(session, JOB)
        assert read_runs(session, "another") == ()
    assert [(run.id, run.status) for run in runs] == [("r3", "killed"), ("r2", "failed"), ("r1", "done")]
    assert runs[1].failed == ("tag",)
    assert [stage.stage for stage in runs[1].stages] == ["ingest", "tag"]
    assert (runs[0].seconds, runs[2].stages[0].counts["accepted"]) == (None, 7)


def test_what_was_put_aside_is_counted_by_reason_without_what_it_said(
    database: Database, job: Job, tmp_path: Path
) -> None:
    rows = [
        Refused("contacts", "default", whose, "a.jsonl", line, reason, "m", "raw words")
        for line, (whose, reason) in enumerate(
            [(JOB, "bad-date"), (None, "bad-date"), (JOB, "no-id"), ("other", "no-id")]
        )
    ]
    with database.session() as session:
        put_aside(session, rows)
        found = read_data_health(session, job, Settings(home=tmp_path), now=NOW)
    assert dict(found.reasons) == {"bad-date": 2, "no-id": 1}
    assert len(found.refused) == 3
    assert "raw words" not in repr(found.refused)


def test_the_version_is_another_one_only_when_something_of_the_job_is(database: Database, job: Job) -> None:
    with database.session() as session:
        first = figures_version(session, JOB)
        record_annotation(session, "another", kind="note", at=NOW, text="x", by="ann")
        assert figures_version(session, JOB) == first
        record_annotation(session, JOB, kind="note", at=NOW, text="x", by="ann")
        assert figures_version(session, JOB) != first


def test_every_form_of_an_annotation_is_in_its_history(database: Database) -> None:
    with database.session() as session:
        key = record_annotation(session, JOB, kind="note", at=NOW, text="one", by="ann", step="track-delivery")
        edit_annotation(session, JOB, key, by="ben", text="two", at=NOW + timedelta(days=1))
        edit_annotation(session, JOB, key, by="cat", whole_job=True)
        edit_annotation(session, JOB, key, by="dan", withdrawn=True)
        events = annotation_history(session, JOB)[key]
    assert [(e.annotation.text, e.annotation.by, e.annotation.step, e.withdrawn) for e in events] == [
        ("one", "ann", "track-delivery", False),
        ("two", "ben", "track-delivery", False),
        ("two", "cat", None, False),
        ("two", "dan", None, True),
    ]
