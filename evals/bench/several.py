"""Several labels at once (NLU++): the tagger as it is, beside one linear SVM per label, over the set's own folds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
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
from tagger.model import NONE_FITS
from taxonomy.model import Job

FOLDS = 20
SHARES = np.linspace(0.05, 0.95, 19)
Sets = NDArray[np.bool_]
"""Which labels each message has, shape (n, labels)."""


@dataclass(frozen=True)
class Fold:
    """One fold measured, the one after it to choose a threshold on, the rest to learn from."""

    number: int
    labels: Sequence[str]
    train: Sequence[Row]
    choose: Sequence[Row]
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
        Fold(
            number,
            labels,
            [row for other in range(FOLDS) if other not in (number, _after(number)) for row in parts[other]],
            parts[_after(number)],
            parts[number],
        )
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
        "ours-fast": by_copies,
        "tfidf-svc": lambda fold: one_per_label(fold, words),
        "tfidf-minilm-svc": lambda fold: one_per_label(fold, strong),
    }


def one_per_label(fold: Fold, features: Callable[[list[str], list[str], Any], tuple[Any, Any]]) -> dict[str, Any]:
    """A linear SVM per label; it learns from the fold kept for thresholds too, having no threshold to choose."""
    known = [*fold.train, *fold.choose]
    began = time.perf_counter()
    seen, asked = features([row["text"] for row in known], [row["text"] for row in fold.test], tfidf())
    model = OneVsRestClassifier(LinearSVC()).fit(seen, fold.sets(known).astype(int))
    given = np.asarray(model.predict(asked)) == 1
    return _cell(given, seconds=time.perf_counter() - began)


def by_copies(fold: Fold) -> dict[str, Any]:
    """The tagger, which knows one label a contact: a message with three labels is shown to it three times.

    Its probabilities are then shares; labels with at least so large a part of the largest share are given, the part
    chosen on a fold that it did not learn from.
    """
    job = _job(fold.labels)
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        home, train, asked = Path(folder), Path(folder) / "train.jsonl.gz", Path(folder) / "asked.jsonl.gz"
        path = Path(folder) / f"{job.id}.yaml"
        path.write_text(job.source, "utf-8")
        write_lines(train, [copy for row in fold.train for copy in _copies(row)])
        write_lines(asked, [_line(row, None) for row in (*fold.choose, *fold.test)])
        default_encoder(home)
        run_alone(["train", "--job", str(path), "--data", str(train), "--fast", "--json"], home)
        said = run_alone(["predict", "--job", str(path)], home, asked).output.splitlines()
    shares = np.array([_shares(json.loads(line)["outcomes"], fold.labels) for line in said])
    choose, test = shares[: len(fold.choose)], shares[len(fold.choose) :]
    part = best_part(choose, fold.sets(fold.choose))
    return _cell(chosen(test, part), seconds=time.perf_counter() - began)


def chosen(shares: NDArray[np.float64], part: float) -> Sets:
    """Labels whose share is at least `part` of the largest; the last column is "none", which stands alone."""
    top = shares.max(axis=1, keepdims=True)
    given = shares[:, :-1] >= part * top
    return np.asarray(given & (shares[:, -1:] < top))


def best_part(shares: NDArray[np.float64], truth: Sets) -> float:
    """The part with the largest micro-F1 on these messages."""

    def micro(part: float) -> float:
        given = chosen(shares, part)
        return float(2 * (given & truth).sum() / max(1, given.sum() + truth.sum()))

    return float(max(SHARES, key=micro))


def several_rows(folds: Sequence[Fold], cells: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Micro-F1 and the mean of the labels' F1, with intervals and what the first gains, paired over messages."""
    truth = np.concatenate([fold.sets(fold.test) for fold in folds])
    draws = Draws(len(truth))
    figures = {}
    for name, parts in cells.items():
        given = np.concatenate([np.array(part["given"], bool) for part in parts])
        figures[name] = {"micro_f1": draws.micro_f1(truth, given), "macro_f1": draws.label_f1(truth, given)}
    first = next(iter(figures), None)
    return [
        {
            "data_set": "nlupp",
            "title": "NLU++, several labels a message",
            "system": name,
            "folds": len(folds),
            "test": len(truth),
            "train": round(float(np.mean([len(fold.train) for fold in folds]))),
            **{key: figure.as_json() for key, figure in own.items()},
            "gain_of": first,
            "gain": None if name == first else {key: figures[str(first)][key].less(own[key]).as_json() for key in own},
            "seconds": float(np.mean([part["seconds"] for part in cells[name]])),
        }
        for name, own in figures.items()
    ]


def _after(number: int) -> int:
    return (number + 1) % FOLDS


def _job(labels: Sequence[str]) -> Job:
    return made_up_job("nlupp", dict.fromkeys(labels, "say"))


def _copies(row: Row) -> list[Line]:
    return [_line(row, label) for label in row["label"] or [None]]


def _line(row: Row, label: str | None) -> Line:
    known = {"step": "say", "outcome": label_id(label)} if label else {"step": None, "outcome": None}
    return {
        "id": f"{row['id']}-{label}",
        "turns": [{"speaker": "customer", "text": row["text"]}],
        "labels": known,
    }


def _shares(outcomes: Mapping[str, float], labels: Sequence[str]) -> list[float]:
    return [outcomes.get(label_id(label), 0.0) for label in labels] + [outcomes.get(NONE_FITS, 0.0)]


def _cell(given: Sets, *, seconds: float) -> dict[str, Any]:
    return {"given": given.astype(int).tolist(), "seconds": seconds}
