from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path

import pytest

from taxonomy.errors import BadInputError

GOOD = {"id": "c-1", "customer_id": "u-9", "turns": [{"speaker": "customer", "text": "where is my parcel"}]}


def contact(number: int, **changes: object) -> dict[str, object]:
    return {**GOOD, "id": f"c-{number}", **changes}


def write(path: Path, *lines: object) -> Path:
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines) + b"\n"
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def counts(done) -> dict[str, int]:
    return json.loads(done.stdout)


def test_contacts_are_counted_and_a_second_reading_changes_nothing(home: Path, tmp_path: Path, run) -> None:
    path = write(tmp_path / "c.jsonl.gz", *(contact(n) for n in range(5)))
    assert counts(run("ingest", path, "--json"))["accepted"] == 5
    again = run("ingest", path, "--json")
    assert (again.exit_code, counts(again)) == (
        0,
        {"accepted": 0, "updated": 0, "already_there": 5, "quarantined": 0, "passed_over": 0},
    )


BAD = {
    "broken JSON in the middle": (b'{"id": "c-2", "turns": [', "bad-json"),
    "wrong types": (contact(2, transfers="many"), None),
    "a 5 MB turn": (contact(2, turns=[{"speaker": "customer", "text": "x" * 5_000_000}]), "turn-too-long"),
    "no customer turn": (contact(2, turns=[{"speaker": "agent", "text": "hello"}]), "no-customer-turn"),
    "unknown speaker": (contact(2, turns=[{"speaker": "ghost", "text": "boo"}]), "unknown-speaker"),
    "a date in the future": (contact(2, started_at="2199-01-01T00:00:00Z"), "date-in-future"),
    "invalid UTF-8": (b'{"id": "c-2", "text": "\xff\xfe"}', "invalid-utf8"),
    "an id seen with other content": (
        contact(1, text="else", turns=None) | {"turns": [{"speaker": "customer", "text": "else"}]},
        "id-conflict",
    ),
}


@pytest.mark.parametrize("bad", list(BAD))
def test_a_bad_line_is_quarantined_with_its_reason_and_the_good_lines_are_kept(
    bad: str, home: Path, tmp_path: Path, run
) -> None:
    line, reason = BAD[bad]
    done = run("ingest", write(tmp_path / "c.jsonl", contact(1), line, contact(3)), "--json")
    assert done.exit_code == 3
    assert counts(done) == {"accepted": 2, "updated": 0, "already_there": 0, "quarantined": 1, "passed_over": 0}
    listed = json.loads(run("quarantine", "list", "--json").stdout)
    assert [item["line"] for item in listed["items"]] == [2]
    if reason is not None:
        assert listed["waiting"] == {reason: 1}


@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_missing_or_empty_file_is_a_clear_error(content: bytes | None, home: Path, tmp_path: Path, run) -> None:
    path = tmp_path / "c.jsonl"
    if content is not None:
        path.write_bytes(content)
    done = run("ingest", path)
    assert isinstance(done.exception, BadInputError)
    assert str(path) in str(done.exception)


def test_a_mended_line_is_accepted_on_retry(home: Path, tmp_path: Path, run) -> None:
    path = write(tmp_path / "c.jsonl", contact(1), b'{"id": "c-2", ')
    run("ingest", path)
    assert json.loads(run("quarantine", "retry", "--json").stdout) == {"accepted": 0, "still_refused": 1}
    write(path, contact(1), contact(2))
    assert json.loads(run("quarantine", "retry", "--json").stdout) == {"accepted": 1, "still_refused": 0}
    assert json.loads(run("quarantine", "list", "--json").stdout)["items"] == []


def test_a_retry_does_not_mistake_another_line_for_the_mended_one(home: Path, tmp_path: Path, run) -> None:
    path = write(tmp_path / "c.jsonl", contact(1), contact(2, transfers=-1), contact(3))
    run("ingest", path)
    write(path, contact(1), contact(3))
    assert json.loads(run("quarantine", "retry", "--json").stdout) == {"accepted": 0, "still_refused": 1}


def test_a_line_that_is_still_not_utf8_stays_refused(home: Path, tmp_path: Path, run) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(b'{"id": "c-1", "text": "caf\xff"}\n')
    run("ingest", path)
    assert json.loads(run("quarantine", "retry", "--json").stdout) == {"accepted": 0, "still_refused": 1}
    path.unlink()
    assert json.loads(run("quarantine", "retry", "--json").stdout) == {"accepted": 0, "still_refused": 1}


def test_a_contact_at_odds_with_its_id_is_kept_in_quarantine_without_personal_data(home, tmp_path, run) -> None:
    said = [{"speaker": "customer", "text": "my mail is jane@example.com"}]
    run("ingest", write(tmp_path / "c.jsonl", contact(1), contact(1, turns=said)))
    shown = json.loads(run("quarantine", "show", "1", "--json").stdout)
    assert shown["reason"] == "id-conflict"
    assert "my mail is [EMAIL_1]" in shown["raw"]
    assert "u-9" not in shown["raw"]


def test_an_event_at_odds_with_its_id_is_refused(home: Path, tmp_path: Path, run) -> None:
    event = {
        "event_id": "e1",
        "customer_id": "u1",
        "at": "2026-03-01T10:00:00Z",
        "step": "track-delivery",
        "type": "start",
    }
    path = write(tmp_path / "events.jsonl", event, event, {**event, "type": "complete"})
    done = run("ingest", path, "--job", "online-order", "--kind", "events", "--json")
    assert counts(done) == {"accepted": 1, "updated": 0, "already_there": 1, "quarantined": 1, "passed_over": 0}
    again = run("ingest", path, "--job", "online-order", "--kind", "events", "--json")
    assert counts(again) == {"accepted": 0, "updated": 0, "already_there": 2, "quarantined": 1, "passed_over": 0}


def test_refused_lines_are_listed_once_however_often_they_come(home: Path, tmp_path: Path, run) -> None:
    path = write(tmp_path / "c.jsonl", contact(1), b"{")
    for _ in range(2):
        assert run("ingest", path).exit_code == 3
    assert len(json.loads(run("quarantine", "list", "--json").stdout)["items"]) == 1


def test_nothing_personal_reaches_the_disk(home: Path, tmp_path: Path, run) -> None:
    secrets = ("jane.roe@example.com", "4111 1111 1111 1111", "u-secret-77")
    said = f"my mail is {secrets[0]} and my card {secrets[1]}"
    good = contact(1, customer_id=secrets[2], turns=[{"speaker": "customer", "text": said}])
    broken = json.dumps(contact(2, customer_id=secrets[2], turns=[{"speaker": "customer", "text": said}]))[:-3].encode()
    run("ingest", write(tmp_path / "c.jsonl", good, broken))
    with sqlite3.connect(home / "headway.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(path.read_bytes() for path in home.glob("headway.db*"))
    assert [secret for secret in secrets if secret.encode() in kept] == []


def test_surveys_and_events_are_checked_row_by_row(home: Path, tmp_path: Path, run) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_text(
        "respondent_id,answered_at,outcome,importance,satisfaction,segment.tier\n"
        "r1,2026-03-01,know-arrival,9,4,gold\nr2,2026-03-01,no-such,9,4,gold\nr3,2026-03-01,know-arrival,11,4,\n"
    )
    done = run("ingest", survey, "--job", "online-order", "--kind", "outcome-survey", "--json")
    assert (done.exit_code, counts(done)["accepted"], counts(done)["quarantined"]) == (3, 1, 2)
    events = write(
        tmp_path / "events.jsonl",
        {
            "event_id": "e1",
            "customer_id": "u1",
            "at": "2026-03-01T10:00:00Z",
            "step": "track-delivery",
            "type": "start",
        },
        {"event_id": "e2", "customer_id": "u1", "at": "2026-03-01T10:01:00Z", "step": "track-delivery", "type": "nap"},
    )
    done = run("ingest", events, "--job", "online-order", "--kind", "events", "--json")
    assert (done.exit_code, counts(done)["accepted"], counts(done)["quarantined"]) == (3, 1, 1)


def test_a_survey_without_a_needed_column_says_which(home: Path, tmp_path: Path, run) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("respondent_id,outcome\nr1,know-arrival\n")
    assert "importance" in str(run("ingest", path, "--job", "online-order", "--kind", "outcome-survey").exception)
