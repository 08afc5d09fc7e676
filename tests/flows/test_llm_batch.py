"""An LLM asked by the batch: a real server on loopback, the real client, the real commands."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from classifiers.llm_batch import request_body
from classifiers.llm_prompt import Question
from flows.tag import tag as read_all
from flows.workspace import Workspace
from store.llm_batches import list_batches
from tests.chat_server import ChatServer, Reply, answer, transcript
from tests.flows.test_tag_llm import JOB, configure, contacts, few_home, knowing, trained_home

__all__ = ["contacts", "few_home", "trained_home"]
SENT = b"/v1/chat/completions"


@pytest.fixture
def read_in(few_home: Path, contacts: list[dict], chat_server: ChatServer, run, monkeypatch) -> Path:
    """A home with an LLM that knows the truth, and contacts that nobody has read."""
    knowing(chat_server, contacts)
    configure(chat_server, monkeypatch, PRICE="1/2")
    path = few_home / "contacts.jsonl"
    path.write_text("".join(json.dumps(contact) + "\n" for contact in contacts))
    run("ingest", path, "--job", JOB)
    return few_home


def tag(run, *more: str) -> dict:
    done = run("tag", "--job", JOB, "--json", *more)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def rows(home: Path, query: str) -> list[tuple]:
    with sqlite3.connect(home / "headway.db") as connection:
        return connection.execute(query).fetchall()


def batches(home: Path) -> list[dict]:
    with Workspace.open(JOB).database.session() as session:
        return [dict(row) for row in list_batches(session, JOB)]


def spent(home: Path) -> float:
    """Dollars of all days, of several lines about one batch the last."""
    lines = [json.loads(line) for path in (home / "llm_cache" / "spend").glob("*") for line in path.open()]
    return sum({line.get("batch", number): line["usd"] for number, line in enumerate(lines)}.values())


def test_a_batch_asks_what_single_calls_ask(chat_server: ChatServer) -> None:
    from classifiers.llm_client import open_client
    from classifiers.llm_prompt import schema_of

    question = Question(("hello there",), ("a", "b", "_none"), {"a": "A", "b": "B"})
    chat_server.behave = lambda _request: answer("a", "hello there")
    for samples in (1, 3):
        client = open_client(model="m", base_url=chat_server.url, api_key=None, token_chances=samples == 1)
        client.complete(question.messages(0), schema_of(question, 0))
        single = {name: value for name, value in chat_server.requests[-1].items() if name != "stream"}
        batched = request_body(question, 0, model="m", samples=samples)
        for body in (single, batched):
            body["messages"] = [message["role"] for message in body["messages"]]
        assert single == batched


def test_a_batch_comes_back_and_its_answers_count_as_single_ones_do_at_half_the_price(
    read_in: Path, contacts: list[dict], chat_server: ChatServer, run
) -> None:
    book = chat_server.book
    sent = tag(run, "--llm-batch")
    waiting = sent["llm"]["waiting"]
    assert waiting > 20
    assert sent["tagged"] == len(contacts) - waiting
    assert sent["llm"]["batches"]["sent"] == 1
    assert (book.uploads, book.starts, chat_server.requests) == (1, 1, [])
    assert spent(read_in) > 0
    assert not list((read_in / "llm_cache" / "batches").rglob("*.jsonl"))
    assert tag(run)["tagged"] == 0  # still out: nothing is asked, nothing is tagged
    assert (book.uploads, book.starts, chat_server.requests) == (1, 1, [])
    book.finish("batch_0", chat_server.behave)
    done = tag(run)
    assert done["tagged"] == waiting
    assert done["llm"]["answered"] > 0.5 * waiting
    assert done["llm"]["batches"]["answers"] == done["llm"]["cached"]
    assert chat_server.requests == []
    usd = done["llm"]["batches"]["usd"]
    assert usd == pytest.approx(done["llm"]["cached"] * (100 * 0.5 + 20 * 1.0) / 1e6)
    assert spent(read_in) == pytest.approx(usd)
    assert book.files == {}  # nothing is left at the endpoint
    assert rows(read_in, "SELECT count(*) FROM llm_batch_questions") == [(0,)]
    assert rows(read_in, "SELECT count(*) FROM tags WHERE source = 'llm'") == [(done["llm"]["answered"],)]
    (batch,) = batches(read_in)
    assert (batch["state"], batch["outcome"], batch["usd"]) == ("ended", "completed", pytest.approx(usd))


def test_what_a_batch_refused_or_ran_out_of_time_for_is_asked_one_by_one(
    read_in: Path, chat_server: ChatServer, run
) -> None:
    tag(run, "--llm-batch")
    requests = len(chat_server.book.requests("batch_0"))
    chat_server.book.finish(
        "batch_0", chat_server.behave, status="expired", only=lambda at: at % 3 == 1, refuse=lambda at: at % 30 == 0
    )
    done = tag(run, "--llm-batch")  # also with the option: what came back without an answer is not sent again
    assert chat_server.book.starts == 1
    assert done["llm"]["batches"]["answers"] == requests // 3
    assert done["llm"]["faults"]["batch-refused"] > 0
    assert done["llm"]["calls"] == len(chat_server.requests) > 0
    assert done["llm"]["answered"] > 0
    assert rows(read_in, "SELECT count(*) FROM llm_batch_questions") == [(0,)]
    assert tag(run)["tagged"] == 0


@pytest.mark.parametrize("status", ["failed", "cancelled", "gone"])
def test_a_batch_that_comes_to_nothing_is_asked_one_by_one(
    status: str, read_in: Path, chat_server: ChatServer, run
) -> None:
    waiting = tag(run, "--llm-batch")["llm"]["waiting"]
    if status == "gone":
        chat_server.book.batches.clear()
    else:
        chat_server.book.batches["batch_0"]["status"] = status
    done = tag(run)
    assert done["tagged"] == waiting
    assert len(chat_server.requests) > 0
    assert spent(read_in) == pytest.approx(done["llm"]["usd"])


def test_contacts_that_wait_for_a_batch_are_nothing_to_share_out_over_a_cluster(
    read_in: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = tag(run, "--llm-batch")["llm"]["waiting"]
    monkeypatch.setenv("HEADWAY_CLUSTER", "tcp://127.0.0.1:9")  # nobody there: asking it would fail
    workspace = Workspace.open(JOB)
    assert waiting > 20
    done = read_all(workspace, partition=0)
    workspace.close()
    assert done.tagged == 0
    assert not hasattr(done, "cluster")


def test_answers_of_a_batch_that_cannot_be_used_are_faults_as_single_ones_are(
    read_in: Path, chat_server: ChatServer, run
) -> None:
    tag(run, "--llm-batch")
    bad = [answer("no-such-label", "x"), Reply({"choices": []}), answer("_none", "words that nobody said")]
    chat_server.book.finish("batch_0", lambda request: bad[len(transcript(request)) % 3])
    chat_server.behave = lambda _request: Reply("garbage")
    done = tag(run)
    assert done["llm"]["answered"] == 0
    assert done["deferred"] == done["tagged"]
    assert {"unknown-label", "unreadable", "no-evidence"} <= set(done["llm"]["faults"])


def test_what_the_days_budget_has_no_room_for_goes_to_review(
    read_in: Path, chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(chat_server, monkeypatch, PRICE="1/2", BUDGET_USD="0.05")
    sent = tag(run, "--llm-batch")
    assert sent["llm"]["refused"]["budget"] > 0
    assert sent["llm"]["waiting"] > 0
    assert 0.04 < spent(read_in) <= 0.05
    assert chat_server.requests == []
    assert sent["deferred"] >= sent["llm"]["refused"]["budget"]


def test_redacted_words_alone_are_in_the_file(
    read_in: Path, contacts: list[dict], chat_server: ChatServer, run
) -> None:
    planted = [
        {**one, "id": f"p-{one['id']}", "turns": [*one["turns"], {"speaker": "customer", "text": f"{text} {place}"}]}
        for place, (one, text) in enumerate(zip(contacts, ["write to ann.smith@example.com"] * 60, strict=True))
    ]
    path = read_in / "planted.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in planted))
    run("ingest", path, "--job", JOB)
    tag(run, "--llm-batch")
    sent = b"".join(chat_server.raw)
    assert sent.count(SENT) > 60
    assert b"[EMAIL_" in sent
    assert b"ann.smith" not in sent


KILLED = """
import os, signal, sys
import classifiers.llm_batch_client as client
from flows.stage_run import Plan
from flows.stages import tag_stage

real = getattr(client.OpenAiBatches, sys.argv[1])
def killed(self, *arguments):
    real(self, *arguments)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(client.OpenAiBatches, sys.argv[1], killed)
tag_stage(Plan("online-order", llm_batch=True), "run")
"""


@pytest.mark.parametrize("call", ["upload", "start"])
def test_killed_between_sending_and_noting_it_nothing_is_sent_twice(
    call: str, read_in: Path, chat_server: ChatServer, run
) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, call], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    before = spent(read_in)
    again = tag(run, "--llm-batch")
    book = chat_server.book
    assert (book.uploads, book.starts) == (1, 1)
    assert again["llm"]["batches"]["out"] == 1
    assert spent(read_in) == pytest.approx(before)
    book.finish("batch_0", chat_server.behave)
    assert tag(run)["llm"]["answered"] > 0
    assert chat_server.requests == []
    assert rows(read_in, "SELECT count(*), count(DISTINCT contact_pk) FROM tags") == [(60, 60)]


def test_an_answer_that_was_lost_on_the_way_back_starts_no_second_batch(
    read_in: Path, chat_server: ChatServer, run
) -> None:
    faults = [("POST", "/batches")]
    chat_server.book.fault = lambda *asked: 500 if asked in faults and not faults.remove(asked) else None
    assert tag(run, "--llm-batch")["llm"]["batches"]["sent"] == 1
    assert tag(run)["llm"]["batches"]["out"] == 1
    assert chat_server.book.starts == 1
    assert [one["state"] for one in batches(read_in)] == ["started"]


def test_an_endpoint_without_batches_is_asked_one_by_one(read_in: Path, chat_server: ChatServer, run) -> None:
    chat_server.book.fault = lambda _method, _path: 404
    tag(run, "--llm-batch")
    done = tag(run)
    assert done["llm"]["calls"] > 0
    assert [one["outcome"] for one in batches(read_in)] == ["rejected-404"]


def test_a_contact_erased_before_its_batch_could_be_sent_is_not_sent(
    read_in: Path, chat_server: ChatServer, run
) -> None:
    chat_server.book.away = True
    assert tag(run, "--llm-batch")["llm"]["batches"]["sent"] == 1
    assert [one["state"] for one in batches(read_in)] == ["prepared"]
    chat_server.book.away = False
    contact, number = rows(  # several contacts may wait for one question; this one's is its own
        read_in,
        "SELECT contact_id, number FROM llm_batch_questions JOIN contacts ON contacts.pk = contact_pk"
        " GROUP BY number HAVING count(*) = 1",
    )[0]
    assert run("erase", "--contact", contact, "--yes").exit_code == 0
    tag(run)
    numbers = {line["custom_id"].split("-")[0] for line in chat_server.book.requests("batch_0")}
    assert str(number) not in numbers
    assert len(numbers) == rows(read_in, "SELECT count(DISTINCT number) FROM llm_batch_questions")[0][0]


def test_batches_want_an_llm(few_home: Path, run) -> None:
    done = run("tag", "--job", JOB, "--llm-batch")
    assert done.exception.exit_code == 2
    assert "HEADWAY_LLM_MODEL" in str(done.exception)
