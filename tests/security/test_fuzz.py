"""Hostile input for every reader, a small and fixed part of `headway bench fuzz`."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.fuzz.bombs import MB
from evals.fuzz.case import BAD, Case, Target
from evals.fuzz.child import run_case
from evals.fuzz.guided import NoAtherisError, guided
from evals.fuzz.report import fuzz_json, fuzz_text
from evals.fuzz.targets import reading_targets
from evals.fuzz.watch import HERE, Limits, Plan, watch
from flows.fuzzing import store_targets

READERS = reading_targets(line_of=22 * MB)
STORES = store_targets(line_of=22 * MB)
MUTATIONS = 12
SLOWEST, LARGEST = 60.0, 512.0
QUICK = {
    "jsonl": (
        "line of 22",
        "same key",
        "levels",
        "cost",
        "started_at",
        "as utf",
        "22 MB of zeros",
        "200,000 empty",
        "a zip",
    ),
    "json": ("list never",),
    "csv": ("a quote", "same column", "NULs", "deep JSON", "carriage", "formula"),
    "parquet": ("honest", "256 rows that share", "same column", "a footer", "binary", "empty"),
    "webvtt": ("19 MB", "half tags", "entities"),
    "job": ("",),
}
"""By reader, how the names of the cases begin that the tests run."""


def fate(target: Target, case: Case) -> str:
    found = run_case(target, case)
    assert found["seconds"] < SLOWEST, case.name
    assert found["megabytes"] < LARGEST, case.name
    return "" if found["fate"] not in BAD else f"{case.name}: {found['fate']}: {found['detail']}"


def by_hand() -> list[tuple[str, Case]]:
    return [
        (reader, case)
        for reader, beginnings in QUICK.items()
        for case in READERS[reader].by_hand()
        if case.name.startswith(beginnings)
    ]


@pytest.mark.parametrize(("reader", "case"), by_hand(), ids=lambda value: getattr(value, "name", value))
def test_a_bomb_or_lie_made_by_hand_is_read_or_refused(reader: str, case: Case) -> None:
    assert fate(READERS[reader], case) == ""


@pytest.mark.parametrize("reader", READERS)
def test_a_mutated_file_is_read_or_refused_and_its_good_records_kept(reader: str) -> None:
    count = 3 if reader == "parquet" else MUTATIONS
    failed = [said for seed in range(count) if (said := fate(READERS[reader], READERS[reader].mutated(seed)))]
    assert failed == []


@pytest.mark.parametrize("reader", STORES)
def test_a_mutated_file_goes_into_the_store_or_into_quarantine(reader: str) -> None:
    failed = [said for seed in range(MUTATIONS) if (said := fate(STORES[reader], STORES[reader].mutated(seed)))]
    assert failed == []


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.vtt", "a.jsonl.gz", "a.yaml"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_at_all_are_read_or_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    target = READERS["job" if name.endswith("yaml") else "jsonl"]
    assert fate(target, Case(name, lambda _folder: tmp_path / name)) == ""


def test_the_watch_sees_crashes_hangs_deaths_hoards_losses_and_what_gets_through() -> None:
    plan = Plan("bad", 1, first=7, line_of=5, found_in="tests.security.bad_targets:targets")
    found = list(watch(plan, limits=Limits(seconds=4.0, megabytes=50.0, grace=0.5)))
    assert [(one.case, one.fate) for one in found] == [
        ("fine", "read"),
        ("crash", "crash"),
        ("hang", "hang"),
        ("fine again", "read"),
        ("die", "crash"),
        ("hoard", "memory"),
        ("lose", "lost"),
        ("let through", "through"),
        ("last", "read"),
        ("mutation 7 of 5", "read"),
    ]
    result = fuzz_json(found)
    assert (result["cases"], result["wrong"]) == (10, 6)
    assert "10 cases, 6 went wrong" in fuzz_text(result)


def test_the_command_counts_and_its_exit_code_says_how_it_went(run: Callable[..., Result]) -> None:
    done = run("bench", "fuzz", "--reader", "webvtt", "--cases", 2, "--line-of", 1, "--json")
    assert done.exit_code == 0, done.output
    assert run("bench", "fuzz", "--reader", "nothing").exit_code == 2


def test_the_guided_search_runs_or_says_what_it_needs() -> None:
    if find_spec("atheris") is None:
        with pytest.raises(NoAtherisError, match="pip install"):
            guided("job", HERE, seconds=1, say=print)
        return
    said: list[str] = []
    assert guided("job", HERE, seconds=1, say=said.append), said
    assert "DONE" in said[0]
