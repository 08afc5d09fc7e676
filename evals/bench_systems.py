"""What the tagger is measured against: what a good engineer builds in an afternoon; and the tagger, by its command."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from classifiers.encoder import Encoder
from classifiers.encoder_export import default_encoder
from evals.bench_splits import Line, Split
from evals.scale import run_command

Labels = NDArray[Any]


@dataclass(frozen=True)
class Answered:
    """One system's outcome and step ids of the test contacts ("" = fits nothing), and what they cost in time."""

    outcomes: Labels
    steps: Labels
    per_second: float
    train_seconds: float
    ece: float | None = None


System = Callable[[Split], Answered]


def systems(split: Split) -> dict[str, System]:
    """The systems that can be built with the labels of a split."""
    if not split.train:
        return {"ours": ours, "prototypes": prototypes}
    return {"ours": ours, "ours, fast": ours_fast, "TF-IDF + SVC": tfidf_svc, "MiniLM + linear": minilm_linear}


def ours(split: Split) -> Answered:
    """The tagger as `headway train --tuned` makes it."""
    return _by_command(split, ["--tuned"])


def ours_fast(split: Split) -> Answered:
    """The tagger as `headway train --fast` makes it."""
    return _by_command(split, ["--fast"])


def tfidf_svc(split: Split) -> Answered:
    """TF-IDF over words 1-2 and characters 3-5 with a linear SVM."""
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
    )
    model = make_pipeline(features, LinearSVC())
    return _timed(split, lambda texts, labels: model.fit(texts, labels).predict)


def minilm_linear(split: Split) -> Answered:
    """MiniLM's vectors with logistic regression."""
    encoder = _encoder()
    model = LogisticRegression(C=10, max_iter=1000)

    def fit(texts: list[str], labels: list[str]) -> Callable[[list[str]], Labels]:
        model.fit(encoder.encode(texts), labels)
        return lambda asked: np.asarray(model.predict(encoder.encode(asked)))

    return _timed(split, fit)


def prototypes(split: Split) -> Answered:
    """No labels: the outcome whose statement is nearest to the text."""
    encoder = _encoder()
    names = list(split.job.outcome_by_id)

    def fit(_texts: list[str], _labels: list[str]) -> Callable[[list[str]], Labels]:
        meant = encoder.encode([outcome.statement for outcome in split.job.outcome_by_id.values()])
        return lambda asked: np.array(names)[(encoder.encode(asked) @ meant.T).argmax(axis=1)]

    return _timed(split, fit)


def _timed(split: Split, fit: Callable[[list[str], list[str]], Callable[[list[str]], Labels]]) -> Answered:
    began = time.perf_counter()
    predict = fit(_texts(split.train), [line["labels"]["outcome"] or "" for line in split.train])
    trained = time.perf_counter()
    outcomes = np.asarray(predict(_texts(split.test)))
    seconds = time.perf_counter() - trained
    step_of = {**split.job.step_of, "": ""}
    steps = np.array([step_of[outcome] for outcome in outcomes.tolist()])
    return Answered(outcomes, steps, len(outcomes) / seconds, trained - began)


def _by_command(split: Split, options: list[str]) -> Answered:
    """Through the command itself, in a home folder of its own."""
    with TemporaryDirectory() as folder:
        home, train, test = Path(folder), Path(folder) / "train.jsonl.gz", Path(folder) / "test.jsonl.gz"
        _write(train, split.train)
        _write(test, split.test)
        job = Path(folder) / f"{split.job.id}.yaml"
        job.write_text(split.job.source, "utf-8")
        default_encoder(home)  # made once on a machine, so no part of training time
        data = ["--data", str(train), *options] if split.train else []
        trained = run_command(["train", "--job", str(job), *data, "--json"], home=home)
        graded = run_command(["eval", "--job", str(job), "--data", str(test), "--json"], home=home)
        said = run_command(["predict", "--job", str(job)], home=home, stdin=test).output.splitlines()
    tags = [json.loads(line) for line in said]
    outcomes, steps = (np.array([tag[level] or "" for tag in tags]) for level in ("outcome", "step"))
    speed = float(graded.output["contacts_per_second"])
    return Answered(outcomes, steps, speed, trained.seconds, float(graded.output["ece"]["step"]))


def _encoder() -> Encoder:
    return default_encoder()


def _texts(lines: Iterable[Line]) -> list[str]:
    return [" ".join(turn["text"] for turn in line["turns"] if turn["speaker"] == "customer") for line in lines]


def _write(path: Path, lines: Iterable[Line]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
