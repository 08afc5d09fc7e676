"""The whole path with an LLM behind the tagger: a real server on loopback, the real client, the real commands."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from classifiers.llm_prompt import PROMPT_VERSION
from taxonomy.loader import find_job
from tests.chat_server import ChatServer, Reply, labels, saying, transcript

JOB = "online-order"
PLANTED = "you can write to ann.smith@example.com about it"


@pytest.fixture(scope="module")
def trained_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose model has seen few contacts, and so defers many."""
    from flows.train import train
    from store.settings import load_settings

    home = tmp_path_factory.mktemp("few")
    (home / "encoders").symlink_to((demo_home / "encoders").resolve())
    few = home / "few.jsonl"
    with gzip.open(demo_home / "sample" / "labelled.jsonl.gz", "rt") as file:
        few.write_text("".join(list(file)[:260]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_HOME", str(home))
        train(find_job(JOB), few, settings=load_settings())
    return home


@pytest.fixture
def few_home(trained_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The trained models in a home of this test's own, in force."""
    (tmp_path / "encoders").symlink_to((trained_home / "encoders").resolve())
    shutil.copytree(trained_home / "models", tmp_path / "models")
    monkeypatch.setenv("HEADWAY_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def contacts(demo_home: Path) -> list[dict]:
    with gzip.open(demo_home / "sample" / "heldout.jsonl.gz", "rt") as file:
        return [json.loads(line) for line in file][:60]


def configure(server: ChatServer, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    values = {"BASE_URL": server.url, "MODEL": "tiny", **more}
    for name, value in values.items():
        monkeypatch.setenv(f"HEADWAY_LLM_{name}", value)


def knowing(server: ChatServer, contacts: list[dict]) -> None:
    """An LLM that knows the truth of the contacts."""
    truth = {}
    for contact in contacts:
        said = [turn["text"] for turn in contact["turns"] if turn["speaker"] == "customer"]
        truth[" ".join(said[0].split())[:20]] = contact["labels"]["outcome"] or "_none"
    server.behave = saying(lambda text, given: label if (label := truth.get(text[:20], "_none")) in given else "_none")


def predict(run, contacts: list[dict]) -> list[dict]:
    done = run("predict", "--job", JOB, input="".join(json.dumps(contact) + "\n" for contact in contacts))
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_without_an_endpoint_nothing_is_asked(few_home: Path, contacts: list[dict], run) -> None:
    tags = predict(run, contacts)
    assert {tag["source"] for tag in tags} == {"classifier"}
    assert any(tag["deferred"] for tag in tags)
    assert not (few_home / "llm_cache").exists()


def test_nothing_of_the_llm_is_imported_before_one_is_configured() -> None:
    script = (
        "import sys, store.predictor, flows.tag; print([m for m in ('langchain_openai', 'openai') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_predict_asks_the_llm_about_what_it_would_defer_and_says_so(
    few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = predict(run, contacts)
    knowing(chat_server, contacts)
    configure(chat_server, monkeypatch)
    tags = predict(run, contacts)
    answered = [number for number, tag in enumerate(tags) if tag["source"] == "llm"]
    assert answered
    for before, tag in zip(alone, tags, strict=True):
        assert sum(tag["steps"].values()) == pytest.approx(1, abs=1e-9)
        if tag["source"] == "llm":
            assert before["deferred"]
            assert not tag["deferred"]
            assert tag["confidence"] >= 0.9
            assert tag["evidence"]
            assert tag["prompt"] == PROMPT_VERSION
        else:
            assert tag == before
    right = [tags[number]["outcome"] == contacts[number]["labels"]["outcome"] for number in answered]
    assert sum(right) / len(right) > 0.8
    assert {tag["model"] for tag in tags} == {alone[0]["model"]}


def test_only_redacted_text_leaves_the_machine(
    few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = [
        {**contact, "turns": [*contact["turns"], {"speaker": "customer", "text": PLANTED}]} for contact in contacts
    ]
    configure(chat_server, monkeypatch)
    tags = predict(run, planted)
    sent = b"".join(chat_server.raw)
    assert len(chat_server.requests) > 0
    assert b"ann.smith" not in sent
    assert b"[EMAIL_" in sent
    assert "ann.smith" not in "".join(path.read_text() for path in (few_home / "llm_cache").rglob("*.json*"))
    assert len(tags) == len(planted)


def test_the_job_files_own_words_define_the_labels(
    few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(chat_server, monkeypatch)
    predict(run, contacts)
    job, meanings = find_job(JOB), chat_server.definitions()
    named = [label for label in labels(chat_server.requests[0]) if label in job.outcome_by_id]
    assert named
    for label in named:
        step = job.step_by_id[job.step_of[label]]
        assert meanings[label] == f"{step.name}: {job.outcome_by_id[label].statement}"
    assert transcript(chat_server.requests[0])


@pytest.mark.parametrize(
    "reply", [Reply({"error": {}}, 400), Reply("garbage"), Reply({"error": {}}, 401)], ids=["400", "garbage", "401"]
)
def test_an_llm_that_fails_changes_no_tag(
    reply: Reply, few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = predict(run, contacts)
    chat_server.replies(reply)
    configure(chat_server, monkeypatch)
    assert predict(run, contacts) == alone
    assert chat_server.requests


def test_a_second_prediction_asks_nothing(
    few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowing(chat_server, contacts)
    configure(chat_server, monkeypatch)
    first, asked = predict(run, contacts), len(chat_server.requests)
    assert predict(run, contacts) == first
    assert len(chat_server.requests) == asked


def test_tag_keeps_the_source_and_reports_what_the_llm_did(
    few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowing(chat_server, contacts)
    configure(chat_server, monkeypatch, PRICE="1/2")
    path = few_home / "contacts.jsonl"
    path.write_text("".join(json.dumps(contact) + "\n" for contact in contacts))
    run("ingest", path, "--job", JOB)
    done = json.loads(run("tag", "--job", JOB, "--json").stdout)
    counts = done["llm"]
    assert counts["answered"] > 0
    assert counts["asked"] == counts["answered"] + counts["unsure"] + sum(counts["refused"].values())
    assert counts["usd"] == pytest.approx((counts["tokens_in"] + 2 * counts["tokens_out"]) / 1e6, abs=1e-6)
    with sqlite3.connect(few_home / "headway.db") as connection:
        rows = dict(connection.execute("SELECT source, count(*) FROM tags GROUP BY source").fetchall())
        put_aside = (
            "SELECT count(DISTINCT contact_pk) FROM review_items WHERE reason IN ('unsure', 'disagree', 'novel')"
        )
        aside = connection.execute(put_aside).fetchone()[0]
    assert rows["llm"] == counts["answered"]
    assert aside == done["deferred"]


def test_a_days_budget_that_is_spent_sends_the_rest_to_review(
    few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = predict(run, contacts)
    configure(chat_server, monkeypatch, BUDGET_USD="0")
    assert predict(run, contacts) == alone
    assert chat_server.requests == []


@pytest.fixture
def held_out(demo_home: Path) -> Path:
    """Labelled contacts that no model has seen."""
    return demo_home / "sample" / "heldout.jsonl.gz"


def calibrated(run, data: Path) -> dict:
    done = run("llm", "calibrate", "--job", JOB, "--data", data, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_an_llm_that_was_measured_and_found_good_answers_more(
    few_home: Path, held_out: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gzip.open(held_out, "rt") as file:
        knowing(chat_server, [json.loads(line) for line in file])
    configure(chat_server, monkeypatch)
    before = [tag["source"] for tag in predict(run, contacts)].count("llm")
    found = calibrated(run, held_out)
    assert found["answered"] + sum(found["refused"].values()) == found["deferred"] > 40
    assert found["right"] > 0.8 * found["answered"]
    assert found["calibration"]["bound"] <= 0.1
    after = [tag["source"] for tag in predict(run, contacts)].count("llm")
    assert after > before


def test_an_llm_that_guesses_loses_its_say_and_a_new_prompt_or_model_starts_anew(
    few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat_server.behave = saying(lambda _text, given: sorted(given)[0])
    configure(chat_server, monkeypatch)
    some = few_home / "some.jsonl"
    some.write_text("".join(json.dumps(contact) + "\n" for contact in contacts))
    found = calibrated(run, some)
    assert found["calibration"]["threshold"] is None
    asked = len(chat_server.requests)
    assert {tag["source"] for tag in predict(run, contacts)} == {"classifier"}
    assert len(chat_server.requests) == asked
    configure(chat_server, monkeypatch, MODEL="another")
    predict(run, contacts)
    assert len(chat_server.requests) > asked


def test_contacts_that_trained_the_model_cannot_measure_the_llm(
    few_home: Path, trained_home: Path, chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(chat_server, monkeypatch)
    done = run("llm", "calibrate", "--job", JOB, "--data", trained_home / "few.jsonl")
    assert "every labelled contact trained model" in str(done.exception)
    assert chat_server.requests == []


def test_calibrating_without_an_llm_says_what_to_set(few_home: Path, trained_home: Path, run) -> None:
    done = run("llm", "calibrate", "--job", JOB, "--data", trained_home / "few.jsonl")
    assert "HEADWAY_LLM_MODEL" in str(done.exception)
