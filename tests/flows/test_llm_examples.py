"""Reviewed contacts as examples in the LLM's prompt, from a real database to a real request."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from classifiers.artifact import load
from flows.lessons import gather
from flows.llm_examples import reviewed_examples
from store.llm import aided
from store.models import ModelShelf
from store.settings import Settings, load_settings
from taxonomy.loader import find_job
from tests.chat_server import ChatServer, transcript

JOB = find_job("online-order")


@pytest.fixture
def asked(in_demo_copy: Path, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HEADWAY_LLM_BASE_URL", chat_server.url)
    monkeypatch.setenv("HEADWAY_LLM_MODEL", "tiny")
    return load_settings()


def test_decided_contacts_stand_in_the_prompt_and_never_the_contact_itself(
    asked: Settings, chat_server: ChatServer
) -> None:
    folder = ModelShelf(asked.models, JOB.id).path()
    model = load(folder, home=asked.home)
    examples = reviewed_examples(JOB, model, settings=asked)
    assert examples is not None
    lessons = gather(JOB, None, settings=asked)
    assert len(examples) <= len(lessons.taught)
    with gzip.open(asked.home / "sample" / "heldout.jsonl.gz", "rt") as file:
        lines = [json.loads(line) for line in file]
    fresh = [[turn["text"] for turn in line["turns"] if turn["speaker"] == "customer"] for line in lines]
    taught = [list(document) for document in lessons.labelled.documents] if lessons.labelled else []
    aided(model, JOB, settings=asked, folder=folder, examples=examples).answer([*fresh, *taught])
    prompts = [request["messages"][1]["content"] for request in chat_server.requests]
    assert prompts
    shown = [prompt for prompt in prompts if "<examples-" in prompt]
    assert shown
    for request in chat_server.requests:
        said = " ".join(transcript(request).split())
        assert json.dumps({"text": said})[:-1] not in request["messages"][1]["content"]


def test_without_reviews_there_are_no_examples(home: Path, in_demo: Path) -> None:
    model = load(ModelShelf(in_demo / "models", JOB.id).path(), home=in_demo)
    assert reviewed_examples(JOB, model, settings=Settings(home=home)) is None
