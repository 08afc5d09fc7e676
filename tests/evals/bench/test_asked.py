from pathlib import Path

import pytest

from evals.bench.asked import LlmAlone
from evals.bench.split import Split
from store.llm import open_reader
from store.settings import load_settings
from tests.chat_server import ChatServer, Reply, completion, labels, saying


@pytest.fixture
def alone(home: Path, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> LlmAlone:
    monkeypatch.setenv("HEADWAY_LLM_BASE_URL", chat_server.url)
    monkeypatch.setenv("HEADWAY_LLM_MODEL", "tiny")
    monkeypatch.setenv("HEADWAY_LLM_PRICE", "10/10")
    return LlmAlone(open_reader(load_settings()), 2)


def test_the_llm_answers_from_every_outcome_of_the_job_and_its_cost_is_counted(
    alone: LlmAlone, chat_server: ChatServer, banking: Split
) -> None:
    chat_server.behave = saying(lambda text, _labels: "account-closed" if "close" in text else "charged-once")
    answered = alone(banking)
    assert answered.outcomes == banking.truth["outcome"]
    assert answered.steps == banking.truth["step"]
    assert list(answered.confidence) == [1.0, 1.0]
    assert answered.usd == pytest.approx(len(chat_server.requests) * 120 * 10 / 1e6)
    assert set(banking.job.outcome_by_id) < set(labels(chat_server.requests[0]))


def test_none_fits_is_an_answer(alone: LlmAlone, chat_server: ChatServer, banking: Split) -> None:
    chat_server.behave = saying(lambda _text, given: given[-1])
    answered = alone(banking)
    assert (list(answered.outcomes), list(answered.steps)) == (["", ""], ["", ""])
    assert list(answered.deferred) == [False, False]


def test_what_cannot_be_read_is_wrong_and_handed_over(alone: LlmAlone, chat_server: ChatServer, banking: Split) -> None:
    def rambling(_request: object) -> Reply:
        return completion("well, it depends")

    chat_server.behave = rambling
    answered = alone(banking)
    assert not set(answered.outcomes) & set(banking.truth["outcome"])
    assert list(answered.deferred) == [True, True]
