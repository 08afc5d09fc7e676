from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from taxonomy.errors import BadInputError

JOB = "online-order"


@pytest.fixture
def heldout(in_demo: Path) -> list[dict]:
    with gzip.open(in_demo / "sample" / "heldout.jsonl.gz", "rt") as file:
        return [json.loads(line) for line in file][:40]


def predict(run, lines: list[bytes], *options: str) -> tuple[int, list[dict]]:
    done = run("predict", "--job", JOB, *options, input=b"\n".join(lines) + b"\n")
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_predict_answers_every_line_in_order_with_probabilities_that_sum_to_one(heldout: list[dict], run) -> None:
    code, tags = predict(run, [json.dumps(contact).encode() for contact in heldout])
    assert code == 0
    assert [tag["id"] for tag in tags] == [contact["id"] for contact in heldout]
    for tag in tags:
        assert sum(tag["steps"].values()) == pytest.approx(1, abs=1e-9)
        assert sum(tag["outcomes"].values()) == pytest.approx(1, abs=1e-9)
        assert tag["confidence"] == tag["steps"][tag["step"] or "_none"]
        assert 0 <= tag["novelty"] <= 1
        assert "_none" in tag["steps"]


def test_an_outcome_is_always_one_of_its_step_and_agrees_with_the_steps_probability(heldout: list[dict], run) -> None:
    from taxonomy.loader import find_job

    step_of = find_job(JOB).step_of
    _, tags = predict(run, [json.dumps(contact).encode() for contact in heldout])
    for tag in tags:
        assert tag["outcome"] is None or step_of[tag["outcome"]] == tag["step"]
        for step, share in tag["steps"].items():
            inside = [p for outcome, p in tag["outcomes"].items() if step_of.get(outcome, "_none") == step]
            assert sum(inside) == pytest.approx(share, abs=1e-4)


def test_evidence_points_at_what_the_customer_said(heldout: list[dict], run) -> None:
    _, tags = predict(run, [json.dumps(contact).encode() for contact in heldout])
    for contact, tag in zip(heldout, tags, strict=True):
        assert tag["evidence"]
        for span in tag["evidence"]:
            assert contact["turns"][span["turn"]]["speaker"] == "customer"
            assert 0 <= span["start"] < span["end"]


def test_a_line_that_cannot_be_read_gives_an_error_in_its_place_and_exit_3(heldout: list[dict], run) -> None:
    good = json.dumps(heldout[0]).encode()
    code, answers = predict(run, [good, b"{nonsense", b'{"id": "x", "turns": []}', good])
    assert code == 3
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    assert answers[1]["line"] == 2
    assert answers[2]["id"] == "x"


def test_eval_reports_the_figures_of_the_contract(in_demo: Path, run) -> None:
    done = run("eval", "--job", JOB, "--data", in_demo / "sample" / "heldout.jsonl.gz", "--json")
    report = json.loads(done.stdout)
    names = {"n", "step", "outcome", "ece", "deferral", "risk_coverage_area", "contacts_per_second", "model", "job"}
    assert names <= report.keys()
    assert report["n"] == 200
    assert 0.6 < report["step"]["accuracy"] < 1
    low, high = report["step"]["accuracy_ci"]
    assert low <= report["step"]["accuracy"] <= high


def test_second_steps_that_labels_name_are_learned_given_and_measured(in_demo: Path, tmp_path: Path, run) -> None:
    with gzip.open(in_demo / "sample" / "labelled.jsonl.gz", "rt") as file:
        lines = [json.loads(line) for line in file]
    about_two = [line for line in lines if line["labels"]["secondary"]]
    asked = tmp_path / "asked.jsonl"
    asked.write_text("".join(json.dumps(line) + "\n" for line in [*about_two, *lines[:300]]), "utf-8")
    said = json.loads(run("eval", "--job", JOB, "--data", asked, "--json").stdout)["second_steps"]
    assert said["contacts"] == len(about_two) + 300
    assert said["precision"]["low"] > 0.8
    assert said["recall"]["low"] > 0.4
    assert said["recall"]["n"] >= len(about_two)
    assert "second steps: right" in run("eval", "--job", JOB, "--data", asked).stdout


def test_eval_writes_a_report(in_demo: Path, tmp_path: Path, run) -> None:
    folder = tmp_path / "report"
    run("eval", "--job", JOB, "--data", in_demo / "sample" / "heldout.jsonl.gz", "--report", folder)
    assert json.loads((folder / "report.json").read_text())["n"] == 200
    assert "step" in (folder / "report.md").read_text()


def labelled(path: Path, rows: list[tuple[str, str | None, str | None]]) -> Path:
    lines = [{"id": str(n), "text": text, "labels": {"step": s, "outcome": o}} for n, (text, s, o) in enumerate(rows)]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


ROWS = [(f"where is my parcel number {n} now", "track-delivery", "know-arrival") for n in range(12)] + [
    (f"i want my money back for order {n} please", "recover-money", "get-refund") for n in range(12)
]


def test_a_model_that_is_worse_is_kept_but_not_used(in_demo_copy: Path, tmp_path: Path, run) -> None:
    shelf = in_demo_copy / "models" / JOB
    used = json.loads((shelf / "promotions.jsonl").read_text())["model"]
    (in_demo_copy / "headway.db").unlink()  # without its decisions, which would teach the new model too
    with gzip.open(in_demo_copy / "sample" / "labelled.jsonl.gz", "rt") as file:
        few = list(file)[:60]
    path = tmp_path / "few.jsonl"
    path.write_text("".join(few))
    trained = json.loads(run("train", "--fast", "--job", JOB, "--data", path, "--json").stdout)
    assert (trained["promoted"], trained["comparison"]["against"]) == (False, used)
    assert trained["comparison"]["high"] < 0
    assert json.loads((shelf / "promotions.jsonl").read_text())["model"] == used
    assert (shelf / trained["model"] / "card.md").exists()


def test_unknown_labels_are_counted_and_named_and_the_rest_is_used(home: Path, tmp_path: Path, run) -> None:
    path = labelled(tmp_path / "data.jsonl", [*ROWS, ("hello", "no-such-step", None)])
    done = run("train", "--fast", "--job", JOB, "--data", path, "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["unused"] == {"unknown-label": 1}
    assert "no-such-step" in done.stderr


def test_labels_may_use_the_aliases_of_a_job(home: Path, tmp_path: Path, run) -> None:
    aliased = [(text, {"track-delivery": "S08", "recover-money": "S13"}[str(step)], None) for text, step, _ in ROWS]
    done = run("train", "--fast", "--job", JOB, "--data", labelled(tmp_path / "data.jsonl", aliased), "--json")
    assert done.exit_code == 0, done.output
    _, (tag,) = predict(run, [b'{"id": "1", "text": "where is my parcel number 3 now"}'])
    assert (tag["step"], tag["outcome"]) == ("track-delivery", None)


def test_training_tunes_an_encoder_tells_so_and_leaves_nothing_behind(
    home: Path, tmp_path: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functools import partial

    from classifiers.sights import Tuning

    monkeypatch.setattr("flows.train.Tuning", partial(Tuning, passes=1.0))
    rows = [(f"{text} and quickly", step, outcome) for text, step, outcome in ROWS]
    path = labelled(tmp_path / "data.jsonl", [*ROWS, *rows])
    done = run("train", "--tuned", "--job", JOB, "--data", path)
    assert done.exit_code == 0, done.output
    assert "tuning the encoder" in done.stderr
    assert not list(home.glob(".tuning-*"))
    _, (tag,) = predict(run, [b'{"id": "1", "text": "where is my parcel number 3 now"}'])
    assert tag["step"] == "track-delivery"


def test_without_labels_the_job_itself_is_read_and_every_contact_handed_over(home: Path, tmp_path: Path, run) -> None:
    said = run("train", "--job", JOB)
    assert said.exit_code == 0, said.output
    assert "no labelled contact" in said.stdout
    _, (tag,) = predict(run, [b'{"id": "1", "text": "i want my money back"}'])
    assert tag["deferred"]
    used = json.loads((home / "models" / JOB / "promotions.jsonl").read_text().splitlines()[-1])["model"]
    run("train", "--fast", "--job", JOB, "--data", labelled(tmp_path / "data.jsonl", ROWS))
    assert json.loads((home / "models" / JOB / "promotions.jsonl").read_text().splitlines()[-1])["model"] != used
    assert "kept, not in use" in run("train", "--job", JOB, "--seed", 1).stdout


def test_a_data_file_without_labels_cannot_train(home: Path, tmp_path: Path, run) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"id": "1", "text": "hello"}\n')
    assert isinstance(run("train", "--fast", "--job", JOB, "--data", path).exception, BadInputError)


def test_predicting_without_a_model_says_how_to_get_one(home: Path, run) -> None:
    done = run("predict", "--job", JOB, input=b"{}\n")
    assert "headway train" in str(done.exception)


def test_a_model_of_another_job_version_is_refused(home: Path, tmp_path: Path, run) -> None:
    job = tmp_path / "mine.yaml"
    steps = "steps:\n  - {{id: a, stage: locate, name: {}}}\n  - {{id: b, stage: conclude, name: B}}\n"
    text = "id: mine\nversion: {}\nstatement: Get it\n" + steps
    job.write_text(text.format(1, "A"))
    rows = [("where is my parcel " + str(n), "a", None) for n in range(8)] + [
        ("money back " + str(n), "b", None) for n in range(8)
    ]
    assert run("train", "--fast", "--job", job, "--data", labelled(tmp_path / "data.jsonl", rows)).exit_code == 0
    job.write_text(text.format(2, "Another"))
    done = run("predict", "--job", job, input=b'{"id": "1", "text": "hi"}\n')
    assert "was trained under job version 1+" in str(done.exception)


def test_predict_starts_without_what_is_slow_to_import(in_demo: Path, heldout: list[dict]) -> None:
    script = (
        "import sys; from cli.main import headway\n"
        "try: headway(['predict', '--job', 'online-order'])\n"
        "except SystemExit: pass\n"
        "slow = ('torch', 'sklearn', 'pandas', 'sqlalchemy', 'prefect', 'openai', 'langchain_openai')\n"
        "print([name for name in slow if name in sys.modules])"
    )
    one = json.dumps(heldout[0])
    done = subprocess.run([sys.executable, "-c", script], input=one, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_words_alone_answers_without_vectors_and_hands_over_more(in_demo: Path, run) -> None:
    with gzip.open(in_demo / "sample" / "heldout.jsonl.gz", "rb") as file:
        lines = file.read().splitlines()[:80]
    _, whole = predict(run, lines)
    _, cheap = predict(run, lines, "--words-alone")
    assert [tag["id"] for tag in cheap] == [tag["id"] for tag in whole]
    assert sum(tag["deferred"] for tag in cheap) >= sum(tag["deferred"] for tag in whole)
    kept = [(quick, slow) for quick, slow in zip(cheap, whole, strict=True) if not quick["deferred"]]
    assert all(quick == slow for quick, slow in kept)
