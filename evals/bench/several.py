"""Several labels at once (NLU++): the tagger as it is, beside one linear SVM per label, over the set's own folds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from classifiers.encoder_export import default_encoder
from evals.bench.baselines import Baselines, beside, tfidf
from evals.bench.grades import Draws
from evals.bench.jobs import label_id, made_up_job
from evals.bench.ours import run_alone, write_lines
from evals.bench.split import Line
from evals.datasets import Row, rows_of

FOLDS = 20
Sets = NDArray[np.bool_]
"""Which labels each message has, shape (n, labels)."""


@dataclass(frozen=True)
class Fold:
    """One fold measured, the others learnt from."""

    number: int
    labels: Sequence[str]
    known: Sequence[Row]
    test: Sequence[Row]

    def sets(self, rows: Sequence[Row]) -> Sets:
        """The labels of these rows."""
        return np.array([[label in row["label"] for label in self.labels] for row in rows])


MultiSystem = Callable[[Fold], dict[str, Any]]


def several_folds(data: Path) -> list[Fold]:
    """NLU++'s twenty folds, banking and hotels together. Raises DataSetError if it is not there."""
    rows = [*rows_of(data, "nlupp")]
    labels = sorted({label for row in rows for label in row["label"]})
    parts = [[row for row in rows if row["split"].endswith(f"-fold{number}")] for number in range(FOLDS)]
    return [
        Fold(number, labels, [row for other in range(FOLDS) if other != number for row in parts[other]], parts[number])
        for number in range(FOLDS)
    ]


def several_systems(baselines: Baselines) -> dict[str, MultiSystem]:
    """By name, in the order of the report."""

    def strong(said: list[str], asked: list[str], features: Any) -> tuple[Any, Any]:
        known = beside(features.fit_transform(said), baselines.cached.encode(said))
        return known, beside(features.transform(asked), baselines.cached.encode(asked))

    def words(said: list[str], asked: list[str], features: Any) -> tuple[Any, Any]:
        return features.fit_transform(said), features.transform(asked)

    return {
        "ours-fast": as_steps,
        "tfidf-svc": lambda fold: one_per_label(fold, words),
        "tfidf-minilm-svc": lambda fold: one_per_label(fold, strong),
    }


def one_per_label(fold: Fold, features: Callable[[list[str], list[str], Any], tuple[Any, Any]]) -> dict[str, Any]:
    """A linear SVM per label."""
    began = time.perf_counter()
    seen, asked = features([row["text"] for row in fold.known], [row["text"] for row in fold.test], tfidf())
    model = OneVsRestClassifier(LinearSVC()).fit(seen, fold.sets(fold.known).astype(int))
    found = np.asarray(model.predict(asked)) == 1
    return _cell(found, seconds=time.perf_counter() - began)


def as_steps(fold: Fold) -> dict[str, Any]:
    """The tagger: every intent is a step, a message's first one its primary step, the others its second ones."""
    job = made_up_job("nlupp", {label: label for label in fold.labels})
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        home, train, asked = Path(folder), Path(folder) / "train.jsonl.gz", Path(folder) / "asked.jsonl.gz"
        path = Path(folder) / f"{job.id}.yaml"
        path.write_text(job.source, "utf-8")
        write_lines(train, [_line(row) for row in fold.known])
        write_lines(asked, [_line(row) for row in fold.test])
        default_encoder(home)
        run_alone(["train", "--job", str(path), "--data", str(train), "--fast", "--json"], home)
        said = run_alone(["predict", "--job", str(path)], home, asked).output.splitlines()
    return _cell(given(map(json.loads, said), fold.labels), seconds=time.perf_counter() - began)


def given(tags: Iterable[Mapping[str, Any]], labels: Sequence[str]) -> Sets:
    """The steps of each tag, the primary one and the second ones, as the labels that they stand for."""
    named = [{tag["step"], *(one["step"] for one in tag["secondary"])} for tag in tags]
    return np.array([[label_id(label) in steps for label in labels] for steps in named])


def several_rows(folds: Sequence[Fold], cells: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Micro-F1 and the mean of the labels' F1, with intervals and what the first gains, paired over messages."""
    truth = np.concatenate([fold.sets(fold.test) for fold in folds])
    draws = Draws(len(truth))
    figures = {}
    for name, parts in cells.items():
        found = np.concatenate([np.array(part["given"], bool) for part in parts])
        figures[name] = {"micro_f1": draws.micro_f1(truth, found), "macro_f1": draws.label_f1(truth, found)}
    first = next(iter(figures), None)
    return [
        {
            "data_set": "nlupp",
            "title": "NLU++, several labels a message",
            "system": name,
            "folds": len(folds),
            "test": len(truth),
            "train": round(float(np.mean([len(fold.known) for fold in folds]))),
            **{key: figure.as_json() for key, figure in own.items()},
            "gain_of": first,
            "gain": None if name == first else {key: figures[str(first)][key].less(own[key]).as_json() for key in own},
            "seconds": float(np.mean([part["seconds"] for part in cells[name]])),
        }
        for name, own in figures.items()
    ]


def _line(row: Row) -> Line:
    first, *others = map(label_id, row["label"]) if row["label"] else (None,)
    return {
        "id": row["id"],
        "turns": [{"speaker": "customer", "text": row["text"]}],
        "labels": {"step": first, "outcome": first, "secondary": others},
    }


def _cell(found: Sets, *, seconds: float) -> dict[str, Any]:
    return {"given": found.astype(int).tolist(), "seconds": seconds}
