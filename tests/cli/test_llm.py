from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.chat_server import ChatServer

KEY = "sk-very-secret"


def configure(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HEADWAY_LLM_BASE_URL", address)
    monkeypatch.setenv("HEADWAY_LLM_MODEL", "tiny")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("HEADWAY_LLM_PRICE", "0/0")


def test_doctor_says_that_no_llm_is_configured_and_that_this_is_no_problem(home: Path, run) -> None:
    run("init")
    done = run("doctor")
    assert done.exit_code == 0, done.output
    assert "LLM: none configured" in done.output


def test_doctor_says_that_the_llm_answers_and_never_prints_the_key(
    home: Path, chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, chat_server.url)
    run("init")
    for form in ((), ("--json",)):
        done = run("doctor", *form)
        assert done.exit_code == 0, done.output
        assert KEY not in done.output
    found = json.loads(done.output)["llm"]
    assert (found["name"], found["fault"]) == (f"tiny at {chat_server.url}", None)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "ftp://somewhere/v1", "http://[bad/v1"])
def test_doctor_names_an_endpoint_that_cannot_be_reached(
    address: str, home: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, address)
    run("init")
    done = run("doctor")
    assert done.exit_code == 1
    assert f"problem: LLM: {address}" in done.output
    assert KEY not in done.output


def test_doctor_says_that_a_budget_cannot_hold_without_a_price(
    home: Path, chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, chat_server.url)
    monkeypatch.delenv("HEADWAY_LLM_PRICE")
    run("init")
    done = run("doctor")
    assert done.exit_code == 1
    assert "HEADWAY_LLM_PRICE" in done.output


def test_llm_status_tells_what_was_spent_today(
    home: Path, chat_server: ChatServer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store.llm import open_ledger
    from store.settings import load_settings

    configure(monkeypatch, chat_server.url)
    monkeypatch.setenv("HEADWAY_LLM_PRICE", "1000/2000")
    open_ledger(load_settings()).charge(1000, 500)
    done = run("llm", "status", "--json")
    assert done.exit_code == 0
    assert json.loads(done.output)["spent_usd"] == pytest.approx(2.0)
    assert "2.00 of 10.00 $ spent today" in run("llm", "status").output


def test_a_price_that_cannot_be_read_is_refused(home: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWAY_LLM_PRICE", "cheap")
    assert "llm_price" in str(run("doctor").exception)
