"""The load benchmark at a size that takes seconds: filled, served, asked, and counted."""

from __future__ import annotations

import pytest

from evals.load_bench import KINDS, load_bench, load_text, missed
from evals.served import served
from flows.load_world import fill
from store.session import open_database
from store.settings import Settings


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    home = tmp_path_factory.mktemp("load")
    database = open_database(Settings(home=home))
    database.upgrade()
    job = fill(database, number=1500, say=lambda _line: None)
    with served(home, job=job.id, step="s0", settings={}) as server:
        found = load_bench(server, clients=4, seconds=2.0, think=0.1, say=lambda _line: None)
    return {"contacts": 1500, **found}


def test_every_kind_of_look_is_taken_without_an_error(result):
    assert result["kinds"].keys() == set(KINDS)
    for one in result["kinds"].values():
        assert one["requests"] > 0
        assert one["errors"] == []
        assert 0 < one["p50_ms"] <= one["p95_ms"] <= one["max_ms"]


def test_what_is_missed_is_said(result):
    slow = {**result, "kinds": {kind: {**one, "p95_ms": 250.0} for kind, one in result["kinds"].items()}}

    assert len(missed(slow)) == len(KINDS)
    assert "missed: scorecard page: p95 250.0 ms" in load_text({"SQLite": slow})
