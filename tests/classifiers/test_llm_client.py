from __future__ import annotations

import json
from datetime import UTC, datetime
from math import log

import pytest

from classifiers.llm_client import CallFaultError, LangchainClient, label_chance, open_client, retry_after_of
from classifiers.llm_prompt import Question, schema_of
from tests.chat_server import ChatServer, Reply, completion

QUESTION = Question(("where is my parcel",), ("arrival", "_none"), {})


def client(server: ChatServer, **more: object) -> LangchainClient:
    return open_client(model="tiny", base_url=server.url, api_key="k-123", **{"timeout": 5.0, **more})


def ask(server: ChatServer, **more: object):
    return client(server, **more).complete(QUESTION.messages(0), schema_of(QUESTION, 0))


def test_a_call_asks_for_a_strict_schema_that_holds_the_candidates_alone(chat_server: ChatServer) -> None:
    done = ask(chat_server)
    assert json.loads(done.text)["label"] == "arrival"
    assert (done.finish, done.tokens_in, done.tokens_out) == ("stop", 100, 20)
    (sent,) = chat_server.requests
    form = sent["response_format"]["json_schema"]
    assert (sent["response_format"]["type"], form["strict"], sent["model"]) == ("json_schema", True, "tiny")
    assert form["schema"]["properties"]["label"]["enum"] == ["arrival", "_none"]
    assert form["schema"]["additionalProperties"] is False
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]


@pytest.mark.parametrize(
    ("reply", "kind", "passing", "barred"),
    [
        (Reply({"error": {"message": "slow down"}}, 429, {"retry-after": "7"}), "rate-limited", True, False),
        (Reply({"error": {"message": "oops"}}, 500), "server-error", True, False),
        (Reply("<html>bad gateway</html>", 502, {"content-type": "text/html"}), "server-error", True, False),
        (Reply({"error": {"message": "no key"}}, 401), "rejected-401", False, True),
        (Reply({"error": {"message": "no such model"}}, 404), "rejected-404", False, True),
        (Reply({"error": {"message": "bad schema"}}, 400), "rejected-400", False, False),
        (Reply("<html>hello</html>", 200, {"content-type": "text/html"}), "unreadable", False, False),
        (Reply("{not json", 200), "unreadable", False, False),
        (Reply({"choices": []}, 200), "unreadable", False, False),
        (Reply([1, 2], 200), "unreadable", False, False),
        (Reply(hang_up=True), "unreachable", True, False),
        (Reply({}, delay=1.0), "timeout", True, False),
    ],
)
def test_a_call_that_gives_nothing_is_a_fault_with_its_kind(
    chat_server: ChatServer, reply: Reply, kind: str, passing: bool, barred: bool
) -> None:
    chat_server.replies(reply)
    with pytest.raises(CallFaultError) as raised:
        ask(chat_server, timeout=0.4)
    fault = raised.value
    assert (fault.kind, fault.passing, fault.barred) == (kind, passing, barred)
    assert fault.retry_after == (7.0 if kind == "rate-limited" else None)
    assert len(chat_server.requests) == 1


def test_a_server_that_is_not_there_is_unreachable(chat_server: ChatServer) -> None:
    gone = open_client(model="tiny", base_url="http://127.0.0.1:9/v1", api_key=None, timeout=1.0)
    with pytest.raises(CallFaultError, match="unreachable"):
        gone.complete(QUESTION.messages(0), schema_of(QUESTION, 0))


def test_a_cut_off_answer_says_so_and_its_text_is_not_mended(chat_server: ChatServer) -> None:
    chat_server.replies(completion('{"evidence": "my parcel", "label": "arri', finish="length"))
    done = ask(chat_server)
    assert (done.finish, done.tokens_in, done.tokens_out) == ("length", 100, 20)
    chat_server.replies(completion('{"evidence": "my parcel", "label": "arrival"'))
    assert ask(chat_server).text == '{"evidence": "my parcel", "label": "arrival"'


def test_a_refusal_says_so(chat_server: ChatServer) -> None:
    chat_server.replies(completion(None, refusal="I cannot help with that"))
    assert ask(chat_server).finish == "refusal"


def test_no_tracing_service_hears_of_a_call(chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ChatServer()
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", other.url)
    monkeypatch.setenv("LANGSMITH_API_KEY", "x")
    ask(chat_server)
    from langchain_core.tracers.langchain import wait_for_all_tracers

    wait_for_all_tracers()
    other.close()
    assert other.raw == []


def test_the_probability_of_the_labels_tokens_is_read_from_the_answer(chat_server: ChatServer) -> None:
    pieces = [('{"evidence": "my parcel", ', 0.5), ('"label": "', 1.0), ("arr", 0.9), ("ival", 0.8), ('"}', 0.7)]
    tokens = [{"token": piece, "logprob": log(chance), "bytes": None, "top_logprobs": []} for piece, chance in pieces]
    text = "".join(piece for piece, _ in pieces)
    chat_server.replies(completion(text, logprobs={"content": tokens, "refusal": None}))
    assert ask(chat_server, token_chances=True).label_chance == pytest.approx(0.72)
    assert chat_server.requests[0]["logprobs"] is True
    assert chat_server.requests[0]["temperature"] == 0
    assert label_chance(text, {"content": tokens[:-1]}) is None
    assert label_chance(text, None) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0), ("soon", None), (None, None)],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_of(value, now=datetime(2026, 1, 1, tzinfo=UTC)) == seconds
