import gzip
import json
from pathlib import Path

from evals.bench_splits import Split, few, splits
from taxonomy.loader import find_job


def line(number: int, outcome: str) -> dict[str, object]:
    return {"id": str(number), "turns": [], "labels": {"step": "s", "outcome": outcome}}


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def chat(number: int, *intents: str) -> dict[str, object]:
    turns = [{"speaker": "customer", "text": f"turn {n}", "intents": [name]} for n, name in enumerate(intents)]
    return {"id": str(number), "labels": {"domain": "airline"}, "turns": turns}


def test_few_labels_are_the_first_of_each_label() -> None:
    split = Split("x", find_job("retail-banking"), [line(n, "ab"[n % 2]) for n in range(20)], [])
    assert [row["id"] for row in few(split, 2).train] == ["0", "2", "1", "3"]
    assert few(split, 2).budget == "2 a label"


def test_without_data_only_the_sample_is_measured(tmp_path: Path) -> None:
    assert len(splits(None, tmp_path)) == 1
    assert len(splits(tmp_path, tmp_path)) == 1


def test_a_chat_is_labelled_with_its_first_task(tmp_path: Path) -> None:
    write(tmp_path / "banking77_train.jsonl.gz", [{"id": "1", "text": "hi", "label": "a"}])
    (tmp_path / "banking77_job_map.yaml").write_text("intent_map:\n  a: {step: B03, outcome: BO05}\n")
    write(
        tmp_path / "multidogo_train.jsonl.gz",
        [chat(n, "openinggreeting", "bookflight", "thankyou") for n in range(25)]
        + [chat(n, "getseatinfo") for n in range(25)],
    )
    write(tmp_path / "multidogo_dev.jsonl.gz", [chat(1, "confirmation", "getseatinfo"), chat(2, "thankyou")])
    split = splits(tmp_path, tmp_path)[-1]()
    assert [row["labels"] for row in split.test] == [{"step": "airline", "outcome": "airline-getseatinfo"}]
    assert len(split.train) == 50
    assert set(split.job.outcome_by_id) == {"airline-bookflight", "airline-getseatinfo"}
