import json
from pathlib import Path

from evals.bench_splits import Split
from evals.bench_systems import tfidf_svc
from evals.tagger_bench import tagger_text, write
from taxonomy.loader import find_job

ROW = {
    "data_set": "x",
    "labels": "all",
    "train": 10,
    "test": 5,
    "step": {"accuracy": 0.9, "macro_f1": 0.8},
    "outcome": {"accuracy": 0.7, "macro_f1": 0.6},
    "ece": 0.02,
    "per_second": 1000.0,
    "train_seconds": 3.0,
}
GAIN = {"step": (0.1, 0.05, 0.15), "outcome": (0.2, 0.1, 0.3)}
RESULT = {"rows": [{**ROW, "system": "ours", "difference": None}, {**ROW, "system": "svc", "difference": GAIN}]}


def test_rows_of_one_data_set_stand_under_one_heading_with_what_ours_gains() -> None:
    lines = tagger_text(RESULT).splitlines()
    assert lines[0] == "x, labels: all (10 to learn from, 5 measured)"
    assert len(lines) == 3
    assert "gains" not in lines[1]
    assert "ours gains step +10.0 [+5.0, +15.0], outcome +20.0 [+10.0, +30.0]" in lines[2]


def test_the_rows_are_written_as_json_and_as_a_table(tmp_path: Path) -> None:
    write(RESULT, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "tagger.json").read_text()) == json.loads(json.dumps(RESULT))
    assert "| x | all | svc | 90.0 % | 70.0 % | 0.600 |" in (tmp_path / "out" / "tagger.md").read_text()


def test_a_baseline_answers_with_outcomes_and_their_steps() -> None:
    job = find_job("retail-banking")
    said = {"charged-once": "i was charged twice", "account-closed": "close my account"}
    lines = [
        {"turns": [{"speaker": "customer", "text": text}], "labels": {"step": None, "outcome": outcome}}
        for outcome, text in said.items()
    ]
    answered = tfidf_svc(Split("x", job, lines * 3, lines))
    assert answered.outcomes.tolist() == list(said)
    assert answered.steps.tolist() == [job.step_of[outcome] for outcome in said]
