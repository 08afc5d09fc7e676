import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from evals.bench.several import FOLDS, as_steps, given, one_per_label, several_folds, several_rows


def data(folder: Path) -> Path:
    kinds = [(["card"], "my card"), (["card", "pin"], "my card and its pin"), ([], "well well"), (["pin"], "the pin")]
    rows = [
        {"id": f"{fold}-{n}", "split": f"banking-fold{fold}", "text": f"{text} number {fold}", "label": label}
        for fold in range(FOLDS)
        for n, (label, text) in enumerate(kinds)
    ]
    with gzip.open(folder / "nlupp.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def by_words(said: list[str], asked: list[str], features: Any) -> tuple[Any, Any]:
    return features.fit_transform(said), features.transform(asked)


def test_every_message_is_measured_in_its_own_fold_only(tmp_path: Path) -> None:
    folds = several_folds(data(tmp_path))
    assert len(folds) == FOLDS
    assert sorted(row["id"] for fold in folds for row in fold.test) == sorted(
        {row["id"] for f in folds for row in f.test}
    )
    for fold in folds:
        seen = {row["id"] for row in fold.known}
        assert not seen & {row["id"] for row in fold.test}


def test_first_and_second_steps_of_a_tag_are_its_labels() -> None:
    tags = [
        {"step": "card", "secondary": [{"step": "pin"}]},
        {"step": "pin", "secondary": []},
        {"step": None, "secondary": []},
    ]
    assert given(tags, ["card", "pin"]).tolist() == [[True, True], [False, True], [False, False]]


def test_the_tagger_learns_intents_as_first_and_second_steps(tmp_path: Path) -> None:
    fold = several_folds(data(tmp_path))[0]
    found = np.array(as_steps(fold)["given"], dtype=bool)
    assert (found == fold.sets(fold.test)).mean() > 0.8


def test_rows_hold_micro_and_macro_f1_with_what_the_first_gains(tmp_path: Path) -> None:
    folds = several_folds(data(tmp_path))[:2]
    words = [one_per_label(fold, by_words) for fold in folds]
    nothing = [{"given": np.zeros((4, 2), int).tolist(), "seconds": 0.0} for _ in folds]
    ours, theirs = several_rows(folds, {"ours-fast": words, "nothing": nothing})
    assert ours["micro_f1"]["value"] == 1.0
    assert theirs["micro_f1"]["value"] == 0.0
    assert theirs["gain"]["macro_f1"]["value"] == 1.0
