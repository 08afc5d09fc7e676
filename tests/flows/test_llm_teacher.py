"""An LLM teaches a first model: a server on loopback, the real client, the real command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifiers.label_sets import label_sets_of
from classifiers.llm_prompt import PROMPT_VERSION
from classifiers.training import TrainingError
from flows.llm_calibrate import NoLlmError
from store.models import ModelShelf
from tests.chat_server import ChatServer, saying

JOB = "online-order"
SAID = {
    "know-arrival": ["where is my parcel", "when will my order arrive", "track my package please"],
    "get-refund": ["i want my money back", "where is my refund", "you have not repaid me"],
}
PLANTED = "write to ann.smith@example.com"


@pytest.fixture
def unlabelled(tmp_path: Path) -> Path:
    rows = [
        f"{text} number {n} {PLANTED if n == 3 else ''}" for n in range(6) for said in SAID.values() for text in said
    ]
    path = tmp_path / "unlabelled.jsonl"
    path.write_text("".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(rows)))
    return path


@pytest.fixture
def teacher(chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> ChatServer:
    """An LLM that knows the outcome of every text."""
    words = {text.split(" number")[0]: outcome for outcome, said in SAID.items() for text in said}

    def choose(text: str, given: list[str]) -> str:
        known = words[text.split(" number", maxsplit=1)[0]]
        return known if known in given else "_none"

    chat_server.behave = saying(choose)
    monkeypatch.setenv("HEADWAY_LLM_BASE_URL", chat_server.url)
    monkeypatch.setenv("HEADWAY_LLM_MODEL", "tiny")
    monkeypatch.setenv("HEADWAY_LLM_PRICE", "1/4")
    return chat_server


def test_an_llm_teaches_a_model_that_says_so_and_keeps_nothing(
    home: Path, unlabelled: Path, teacher: ChatServer, run
) -> None:
    done = run("train", "--job", JOB, "--unlabelled", unlabelled, "--llm-teacher", 30, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["asked"], told["promoted"], told["usd"] > 0) == (30, True, True)
    assert told["silver"] + sum(told["refused"].values()) == 30
    assert PLANTED.rsplit(maxsplit=1)[-1] not in b"".join(teacher.raw).decode()
    card = ModelShelf(home / "models", JOB).card()
    assert (card["silver_labels"], card["prompt"]) == (told["silver"], PROMPT_VERSION)
    assert "silver" in card["note"]
    assert not {"held_out", "deferral"} & card.keys()
    assert label_sets_of(card) is None
    tags = run("predict", "--job", JOB, input=b'{"id": "1", "text": "where is my parcel number 99"}\n')
    tag = json.loads(tags.stdout)
    assert tag["outcome"] == "know-arrival"
    assert list((home / "llm_cache" / "spend").iterdir())


def test_without_an_llm_nobody_can_teach(home: Path, unlabelled: Path, run) -> None:
    done = run("train", "--job", JOB, "--unlabelled", unlabelled, "--llm-teacher", 5)
    assert isinstance(done.exception, NoLlmError)


def test_the_teacher_needs_contacts(home: Path, teacher: ChatServer, run) -> None:
    done = run("train", "--job", JOB, "--llm-teacher", 5)
    assert done.exit_code == 2
    assert not teacher.requests


def test_labels_of_one_kind_teach_nothing(home: Path, unlabelled: Path, teacher: ChatServer, run) -> None:
    teacher.behave = saying(lambda _text, _given: "_none")
    done = run("train", "--job", JOB, "--unlabelled", unlabelled, "--llm-teacher", 4)
    assert isinstance(done.exception, TrainingError)
    assert not (home / "models" / JOB / "promotions.jsonl").exists()
