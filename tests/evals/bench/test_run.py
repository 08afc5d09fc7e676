import json
from pathlib import Path

import pytest

from evals.bench import run as bench_run
from evals.bench.answered import Answered
from evals.bench.cells import Cells
from evals.bench.report import report_text, write_report
from evals.bench.run import Bench, Plan, usable
from evals.bench.split import Split
from taxonomy.errors import HeadwayError


class Says:
    """A system that always says the same outcome, and counts how often it was asked."""

    def __init__(self, outcome: str, *, calibrated: bool = True) -> None:
        self.outcome = outcome
        self.calibrated = calibrated
        self.asked = 0

    def __call__(self, split: Split) -> Answered:
        self.asked += 1
        count = len(split.test)
        sure = [0.5] * count
        return Answered(
            [split.job.step_of[self.outcome]] * count, [self.outcome] * count, 100.0, 1.0, sure, sure, self.calibrated
        )


class Breaks:
    def __call__(self, split: Split) -> Answered:
        raise HeadwayError("no weights")


@pytest.fixture
def bench(banking: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(bench_run, "folds_of", lambda name, data: [banking])
    systems = {"ours": Says("charged-once"), "tfidf-svc": Says("account-closed", calibrated=False)}
    return Bench(Plan(None, ("x",), ("all", "4", "0")), systems, {}, Cells(tmp_path), tmp_path, lambda line: None)


def test_every_system_is_measured_at_every_budget_it_can_be_built_with(bench: Bench) -> None:
    rows = bench.result()["rows"]
    assert [(row["labels"], row["system"]) for row in rows] == [
        ("all", "ours"),
        ("all", "tfidf-svc"),
        ("4", "ours"),
        ("4", "tfidf-svc"),
        ("0", "ours"),
    ]
    assert rows[0]["gain"] is None
    assert rows[1]["gain"]["outcome_accuracy"]["value"] == 0.0
    assert rows[0]["calibration"]["step"]["ece"] == 0.5
    assert rows[1]["calibration"]["step"] is None


def test_a_second_run_measures_nothing_again(bench: Bench) -> None:
    first = bench.result()["rows"]
    asked = bench.systems["ours"].asked
    assert bench.result()["rows"] == first
    assert bench.systems["ours"].asked == asked == 3


def test_a_system_that_fails_is_named_and_the_rest_is_measured(bench: Bench) -> None:
    bench.systems = {"broken": Breaks(), **bench.systems}
    result = bench.result()
    assert result["failed"][0] == "x-0-broken-all-0: no weights"
    assert len(result["rows"]) == 5


def test_the_report_holds_tables_plots_and_what_was_not_measured(bench: Bench, tmp_path: Path) -> None:
    bench.skipped.append("setfit: not asked for (--setfit)")
    result = bench.result()
    write_report(result, tmp_path / "out")
    page = (tmp_path / "out" / "tagger.md").read_text()
    assert "| tfidf-svc | 50.0 % [" in page
    assert "setfit: not asked for" in page
    assert json.loads((tmp_path / "out" / "tagger.json").read_text())["rows"]
    for name in ("x-learning-step", "x-all-risk", "x-4-calibration-outcome"):
        assert f"plots/{name}.svg" in page
        assert (tmp_path / "out" / "plots" / f"{name}.svg").is_file()


def test_speed_in_turns_stands_in_the_report(bench: Bench, tmp_path: Path) -> None:
    row = {"system": "tagger, cascade", "per_second": 900.0, "times": 8.5, "accuracy": 0.9, "decided": {"lexical": 0.8}}
    result = {**bench.result(), "speed": [{"name": "X", "contacts": 300, "words": 12.0, "rows": [row]}]}
    write_report(result, tmp_path)
    assert "| tagger, cascade | 900 | 8.5 | 90.0 % | lexical 80 % |" in (tmp_path / "tagger.md").read_text()
    assert "900/s (8.5 times)" in report_text(result)


def test_lines_for_people_say_what_ours_gains(bench: Bench) -> None:
    lines = report_text(bench.result()).splitlines()
    assert lines[0] == "X, tiny, all labels (12 to learn from, 2 measured)"
    assert "ours gains step +0.0 [" in lines[2]
    assert "ECE none" in lines[2]


def test_only_what_is_finished_is_reported_when_nothing_may_run(bench: Bench) -> None:
    bench.plan = Plan(None, ("x",), ("all",), run=False)
    result = bench.result()
    assert result["rows"] == []
    assert "x-0-ours-all-0: not finished" in result["skipped"]


def test_without_labels_the_tuned_and_the_fast_tagger_are_measured_once(bench: Bench) -> None:
    bench.systems = {"ours": Says("charged-once"), "ours-fast": Says("charged-once")}
    bench.plan = Plan(None, ("x",), ("all", "0"))
    assert [row["system"] for row in bench.result()["rows"]] == ["ours", "ours-fast", "ours"]


def test_the_llm_is_asked_about_the_first_contacts_only_beside_ours(bench: Bench) -> None:
    bench.systems = {"ours": Says("charged-once"), "llm": Says("account-closed")}
    bench.plan = Plan(None, ("x",), ("all", "0"), llm_contacts=1)
    rows = bench.result()["rows"]
    assert [(row["data_set"], row["system"], row["test"]) for row in rows] == [
        ("x", "ours", 2),
        ("x", "ours", 2),
        ("x-llm", "ours", 1),
        ("x-llm", "llm", 1),
    ]
    assert rows[3]["gain"]["outcome_accuracy"]["value"] == 1.0


def test_without_labels_only_what_needs_none_can_be_built() -> None:
    names = ("ours", "ours-unlabelled", "tfidf-svc", "setfit", "prototypes", "llm")
    assert [name for name in names if usable(name, "0")] == ["ours", "ours-unlabelled", "prototypes"]
    assert not usable("ours-unlabelled", "all")
    assert not usable("prototypes", "all")
    assert not usable("setfit", "all")
    assert usable("setfit", "8")
