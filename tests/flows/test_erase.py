"""A customer is planted everywhere that the product keeps things, erased, and looked for in every byte."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.erase import ask, erase, resume
from flows.measure import measure
from flows.retain import retain
from flows.stage_run import at_work
from flows.workspace import Home, Workspace
from store.erasure import Subject, unfinished
from store.move import move
from store.runs import StageBusyError
from store.session import Database
from tests.chat_server import ChatServer, saying
from tests.planted import in_files, in_tables

JOB = "online-order"
WHO = "cust-zq-7741"
IDS = ("zq-contact-alpha", "zq-contact-beta")
WORDS = ("turquoise zeppelin", "marzipan lighthouse")
NEEDLES = (WHO, *IDS, *WORDS, "zq note", "zq-event-1")
AT = "2026-03-03T10:00:00Z"


def contact(number: int, text: str) -> dict:
    return {
        "id": IDS[number],
        "customer_id": WHO,
        "channel": "chat",
        "started_at": AT,
        "turns": [{"speaker": "customer", "text": text}, {"speaker": "agent", "text": f"you said {text}"}],
    }


CONTACTS = [
    contact(0, f"where is my {WORDS[0]}, it should be here by now and nobody tells me when it arrives"),
    contact(1, f"the {WORDS[1]} came broken, who pays for that, and what about quintuple bananas"),
]


def lines(*rows: dict) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def planted(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the planted customer left something in every place that there is."""
    from click.testing import CliRunner

    from cli.main import headway

    folder = tmp_path_factory.mktemp("planted")
    home = folder / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    runner, server = CliRunner(), ChatServer()
    server.behave = saying(lambda _text, given: given[0])

    def run(*arguments: object) -> None:
        done = runner.invoke(headway, [str(one) for one in arguments])
        assert done.exit_code in (0, 3), (arguments, done.output, done.exception)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_HOME", str(home))
        (folder / "first.jsonl").write_text(lines(*CONTACTS))
        (home / "inbox").mkdir()
        (home / "inbox" / "first.jsonl").write_text(lines(*CONTACTS))
        broken = json.dumps({"customer_id": WHO, "text": f"once more: {WORDS[1]}"})[:-1] + "\n"
        (folder / "other.jsonl").write_text(
            lines({**CONTACTS[0], "channel": "email"}, {"id": IDS[1], "turns": 3}) + broken
        )
        (folder / "survey.csv").write_text(
            f"respondent_id,answered_at,outcome,importance,satisfaction\n{WHO},{AT},know-arrival,9,2\n"
        )
        (folder / "events.csv").write_text(
            f"event_id,customer_id,at,step,type\nzq-event-1,{WHO},{AT},track-delivery,start\n"
        )
        run("ingest", folder / "first.jsonl", "--job", JOB)
        run("ingest", folder / "other.jsonl", "--job", JOB)
        run("ingest", folder / "survey.csv", "--job", JOB, "--kind", "outcome-survey")
        run("ingest", folder / "events.csv", "--job", JOB, "--kind", "events")
        for name, value in {"BASE_URL": server.url, "MODEL": "tiny"}.items():
            patch.setenv(f"HEADWAY_LLM_{name}", value)
        run("run", "--job", JOB)
        for name in ("BASE_URL", "MODEL"):
            patch.delenv(f"HEADWAY_LLM_{name}")
        run("review", "ask", "--job", JOB, *IDS, "--why", "zq note")
        run(
            "review",
            "gold",
            "add",
            "--job",
            JOB,
            "--contact",
            IDS[1],
            "--step",
            "track-delivery",
            "--outcome",
            "know-arrival",
            "--note",
            "zq note",
        )
        run("review", "export", "--job", JOB, "--out", home / "items.jsonl")
        run("review", "export", "--job", JOB, "--out", home / "tasks.json", "--format", "label-studio")
    server.close()
    return home


@pytest.fixture
def home(planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    folder = tmp_path / "home"
    shutil.copytree(planted, folder, symlinks=True)
    monkeypatch.setenv("HEADWAY_HOME", str(folder))
    for path in folder.glob("exports.jsonl"):
        path.write_text(path.read_text().replace(str(planted), str(folder)))
    return Home.open_home()


def everywhere(home: Home) -> set[str]:
    hashed = home.identity.customer(WHO)
    return in_tables(home.database, (*NEEDLES, hashed)) | in_files(home.settings.home, (*NEEDLES, hashed))


def test_the_planted_customer_is_found_in_every_place_before(home: Home) -> None:
    places = {place.split(":")[0] for place in everywhere(home)}
    assert {
        "contacts.contact_id",
        "contacts.customer",
        "transcripts.turns",
        "outcome_answers.respondent",
        "product_events.event_id",
        "quarantine.raw",
        "review_events.note",
        "review_gold.note",
        "items.jsonl",
        "tasks.json",
        "inbox/first.jsonl",
    } <= places
    assert any(place.startswith("headway.db") for place in places)
    assert any(place.startswith("llm_cache") for place in places)


def test_after_erasing_a_customer_no_planted_string_is_in_any_table_or_file_and_none_comes_back(
    home: Home, run
) -> None:
    done = run("erase", "--customer", WHO, "--yes", "--json")
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)["erasures"]
    assert everywhere(home) == set()
    counts = told["counts"]
    assert (counts["contacts"], counts["transcripts"], counts["survey answers"]) == (2, 2, 1)
    assert counts["product events"] == 1
    assert counts["quarantined"] == 3
    assert counts["embeddings"] > 0
    assert counts["exported records"] >= 4
    assert told["finished_at"]
    assert not any(needle in done.stdout for needle in NEEDLES)
    again = home.settings.home.parent / "again.jsonl"
    fresh = {**CONTACTS[0], "id": "new-one", "turns": [{"speaker": "customer", "text": "hi"}]}
    again.write_text(lines(*CONTACTS, fresh))
    taken = json.loads(run("ingest", again, "--job", JOB, "--json").stdout)
    assert (taken["accepted"], taken["quarantined"]) == (1, 2)
    assert in_tables(home.database, (*IDS, *WORDS)) == set()


def test_the_command_leaves_nothing_on_postgresql_either(
    home: Home, new_postgres: str, monkeypatch: pytest.MonkeyPatch, run
) -> None:
    move(home.database, Database(new_postgres))
    for path in home.settings.home.glob("headway.db*"):
        path.unlink()
    monkeypatch.setenv("HEADWAY_DATABASE_URL", new_postgres)
    moved = Home.open_home()
    assert {place.split(":")[0] for place in everywhere(moved)} >= {"transcripts.turns", "quarantine.raw"}
    done = run("erase", "--customer", WHO, "--yes", "--json")
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)["erasures"]
    assert everywhere(moved) == set()
    assert (told["counts"]["contacts"], told["counts"]["quarantined"]) == (2, 3)
    assert told["finished_at"]


def test_readings_of_now_and_as_of_before_lose_the_erased_customer_and_nobody_else(in_demo_copy: Path, run) -> None:
    before = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    with gzip.open(in_demo_copy / "sample" / "contacts.jsonl.gz", "rt") as file:
        customers = Counter(json.loads(line)["customer_id"] for line in file)
    who, contacts = customers.most_common(1)[0]
    asked = [("friction", "--job", JOB, "--json"), ("friction", "--job", JOB, "--as-of", before, "--json")]

    def totals() -> list[float]:
        read = [json.loads(run(*one).stdout)["steps"] for one in asked]
        return [sum(step["volume"]["value"] for step in steps) for steps in read]

    held = totals()
    done = erase(Home.open_home(), Subject(customer=who), by="ann")
    left = totals()
    assert done.receipt.counts["contacts"] == contacts
    assert left[0] == pytest.approx(left[1], rel=1e-9)
    assert all(0 < was - now < 4 * contacts for was, now in zip(held, left, strict=True))
    assert measure(Workspace.open(JOB), full=True).slices_written == 0


def test_an_erasure_that_was_killed_is_finished_without_naming_the_customer_again(home: Home) -> None:
    command = [sys.executable, "-m", "cli.main", "erase", "--customer", WHO, "--yes"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("removing tags"):
                process.kill()
                break
    with home.database.session() as session:
        (work,) = unfinished(session)
    (done,) = resume(home)
    assert done.receipt.receipt == work.receipt
    assert done.receipt.finished_at is not None
    assert everywhere(home) == set()
    assert resume(home) == []


def test_two_erasures_at_once_are_done_one_after_the_other(home: Home) -> None:
    said = [
        subprocess.Popen(
            [sys.executable, "-m", "cli.main", "erase", *whom, "--yes", "--json"], stdout=subprocess.PIPE, text=True
        )
        for whom in (("--customer", WHO), ("--contact", IDS[0]))
    ]
    answers = [process.communicate()[0] for process in said]
    assert [process.returncode for process in said] == [0, 0]
    counted = [json.loads(answer)["erasures"][0]["counts"]["contacts"] for answer in answers]
    assert sum(counted) == 2
    assert everywhere(home) == set()


def test_retention_leaves_an_erasure_to_whoever_is_at_it(home: Home) -> None:
    with at_work(home, "erase", job=None):
        ask(home, Subject(customer=WHO), by="ann")
        with pytest.raises(StageBusyError, match="erase is at work already"):
            resume(home, patience=0.0)
        assert "another process is at work on an erasure" in retain(home).notes[0]
    assert len(resume(home)) == 1


def test_one_contact_of_a_customer_can_be_erased_alone(home: Home) -> None:
    done = erase(home, Subject(customer=WHO, contact=IDS[0]), by="ann")
    assert (done.receipt.scope, done.receipt.counts["contacts"]) == ("contact", 1)
    left = everywhere(home)
    assert not any(IDS[0] in place or WORDS[0] in place for place in left)
    assert any(IDS[1] in place for place in left)
    assert any("zq-event-1" in place for place in left)


def test_the_model_forgets_a_text_that_it_learned_from_and_lists_say_so(home: Home, run) -> None:
    workspace = Workspace.open(JOB)
    with gzip.open(workspace.settings.home / "sample" / "labelled.jsonl.gz", "rt") as file:
        record = json.loads(next(iter(file)))
    taught = workspace.settings.home / "taught.jsonl"
    taught.write_text(lines({**record, "id": "zq-taught", "customer_id": "zq-other", "labels": None}))
    from flows.ingest import ingest

    ingest(workspace, [taught], job=workspace.job)
    done = erase(home, Subject(contact="zq-taught"), by="ann")
    assert done.receipt.counts["models touched"] == 1
    assert done.receipt.counts["model vectors"] >= 1
    assert any("headway train" in note for note in done.notes)
    listed = json.loads(run("model", "list", "--job", JOB, "--json").stdout)["models"]
    assert [one["erased_texts"] for one in listed if one["in_use"]] == [1]
    assert "erased since" in run("model", "list", "--job", JOB).output
    assert "erased" in run("model", "show", "--job", JOB).output


def test_nothing_named_is_wrong_usage(home: Home, run) -> None:
    assert run("erase", "--yes").exit_code != 0
