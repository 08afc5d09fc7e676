import gzip
import json
from pathlib import Path

import pytest

from evals.bench.sets import PUBLIC, SAMPLE, folds_of
from evals.datasets import DataSetError


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def chat(number: int, *intents: str) -> dict[str, object]:
    turns = [{"speaker": "customer", "text": f"turn {n}", "intents": [name]} for n, name in enumerate(intents)]
    return {"id": str(number), "labels": {"domain": "airline"}, "turns": turns}


@pytest.mark.parametrize("name", PUBLIC)
def test_an_absent_data_set_says_what_is_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="--data"):
        folds_of(name, None)
    with pytest.raises(DataSetError, match="is not there"):
        folds_of(name, tmp_path)


def test_the_sample_needs_no_data() -> None:
    (split,) = folds_of(SAMPLE, None)
    assert len(split.train) == 1000
    assert not {line["id"] for line in split.train} & {line["id"] for line in split.test}


def test_long_dialogues_need_no_data_and_are_long() -> None:
    (split,) = folds_of("dialogues", None)
    assert (len(split.train), len(split.test)) == (1500, 600)
    said = [sum(len(turn["text"].split()) for turn in line["turns"]) for line in split.test]
    assert 130 < sum(said) / len(said) < 180
    assert not {line["id"] for line in split.train} & {line["id"] for line in split.test}


def test_a_chat_is_labelled_with_its_first_task(tmp_path: Path) -> None:
    write(
        tmp_path / "multidogo_train.jsonl.gz",
        [chat(n, "openinggreeting", "bookflight", "thankyou") for n in range(25)]
        + [chat(n, "getseatinfo") for n in range(25)],
    )
    write(tmp_path / "multidogo_dev.jsonl.gz", [chat(1, "confirmation", "getseatinfo"), chat(2, "thankyou")])
    (split,) = folds_of("multidogo", tmp_path)
    assert [row["labels"] for row in split.test] == [{"step": "airline", "outcome": "airline-getseatinfo"}]
    assert len(split.train) == 50
    assert set(split.job.outcome_by_id) == {"airline-bookflight", "airline-getseatinfo"}


def test_every_spoken_utterance_is_measured_once_and_never_by_what_learnt_from_it(tmp_path: Path) -> None:
    rows = [{"id": str(n), "text": f"said {n}", "label": ("GetQuote", "FileClaim")[n % 2]} for n in range(23)]
    write(tmp_path / "natcs_insurance_dev.jsonl.gz", rows)
    folds = folds_of("natcs", tmp_path)
    measured = [line["id"] for fold in folds for line in fold.test]
    assert sorted(measured, key=int) == [str(n) for n in range(23)]
    for fold in folds:
        assert not {line["id"] for line in fold.train} & {line["id"] for line in fold.test}
        assert len(fold.train) + len(fold.test) == 23


def test_dialogues_that_are_measured_lend_no_utterance_to_learn_from(tmp_path: Path) -> None:
    (tmp_path / "abcd_job_map.yaml").write_text("subflow_map:\n  a: {step: S01, outcome: O01}\n")
    turns = [{"speaker": "agent", "text": "hi"}, {"speaker": "customer", "text": "what does it cost"}]
    write(tmp_path / "abcd_dev30.jsonl.gz", [{"id": "abcd-1", "turns": turns, "labels": {"subflow": "a"}}])
    opening = {"subflow": "a", "first_customer_utt": True, "second_customer_utt": False}
    later = {**opening, "first_customer_utt": False}
    write(
        tmp_path / "abcd_utterances.jsonl.gz",
        [
            {"id": "abcd-1-t003", "text": "seen", "labels": opening},
            {"id": "abcd-2-t003", "text": "kept", "labels": opening},
            {"id": "abcd-2-t009", "text": "late", "labels": later},
        ],
    )
    (split,) = folds_of("abcd", tmp_path)
    assert [line["turns"][0]["text"] for line in split.train] == ["kept"]
    assert split.test[0]["turns"] == turns
    assert split.train[0]["labels"] == split.test[0]["labels"]
