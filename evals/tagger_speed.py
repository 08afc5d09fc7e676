"""How fast the tagger is, beside the plain encoder at full precision, on the same contacts in the same run.

The plain encoder runs twice: as sentence-transformers runs it, which is what most people have, and in the tagger's own
runtime (ONNX, texts of like length together), which is about twice as fast with the same vectors.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import LinearSVC

from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder import CachedEncoder, Encoder, OnnxEncoder, sentence_transformer_encoder
from classifiers.encoder_export import checked_weights, default_encoder
from classifiers.model import Mode, Model
from classifiers.training import train
from evals.bench.baselines import beside, tfidf
from evals.bench.split import Split
from tagger.descriptions import descriptions
from tagger.labels import label_space

ROUNDS = 3
STRONG = "TF-IDF + MiniLM (sentence-transformers)"
STRONG_HERE = "TF-IDF + MiniLM (ONNX, fp32)"
NONE = "_none"

Say = Callable[[str], None]
Answer = Callable[[Sequence[Sequence[str]]], NDArray[Any]]


@dataclass(frozen=True)
class SpeedRow:
    """One way of reading contacts: how many a second (median of the rounds), and the share whose outcome is right.

    `times` is its speed over that of TF-IDF and MiniLM by sentence-transformers, round by round, the median; `decided`
    is the share that each stage of the tagger kept.
    """

    system: str
    per_second: float
    times: float
    accuracy: float
    decided: dict[str, float]


@dataclass(frozen=True)
class SpeedReport:
    """The rows of one data set; `words` is the mean number of words that a customer said."""

    name: str
    contacts: int
    words: float
    rows: tuple[SpeedRow, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)

    def text(self) -> str:
        """The report for people."""
        lines = [f"{self.name}: {self.contacts:,} contacts of {self.words:.0f} words, one process, same run"]
        lines += [
            f"  {row.system:39s} {row.per_second:8,.0f} a second ({row.times:5.1f} times), outcome right "
            f"{100 * row.accuracy:.1f} %"
            + "".join(f", {stage} {100 * share:.0f} %" for stage, share in row.decided.items())
            for row in self.rows
        ]
        return "\n".join(lines)


def tagger_speed(split: Split, *, home: Path, say: Say = lambda _line: None, rounds: int = ROUNDS) -> SpeedReport:
    """Train the tagger (fast setting) and the strong baseline on a split, then time both in turns on its test part.

    Each round every system reads all contacts; taking turns makes the ratio fair where other work comes and goes on
    the machine. No vector is remembered while the clock runs.
    """
    said = [_customer(line) for line in split.test]
    truth = np.array([line["labels"]["outcome"] or NONE for line in split.test])
    say(f"{split.title}: training")
    model, systems = _trained(split, home), _strong(split, home)
    systems |= {f"tagger, {mode}": _fresh(model, mode) for mode in ("cascade", "lexical")}
    for answer in systems.values():
        answer(said[:8])  # what is made on first use is not speed
    speeds: dict[str, list[float]] = {name: [] for name in systems}
    right: dict[str, list[bool]] = {name: [] for name in systems}
    for number in range(1, rounds + 1):
        say(f"{split.title}: round {number} of {rounds}")
        for name, answer in systems.items():
            began = time.perf_counter()
            answered = answer(said)
            speeds[name].append(len(said) / (time.perf_counter() - began))
            right[name] = (answered == truth).tolist()
    return SpeedReport(
        split.title,
        len(said),
        float(np.mean([len(" ".join(document).split()) for document in said])),
        tuple(_row(name, speeds, right, model, said) for name in systems),
    )


def _row(
    name: str,
    speeds: dict[str, list[float]],
    right: dict[str, list[bool]],
    model: Model,
    said: Sequence[Sequence[str]],
) -> SpeedRow:
    times = np.median(np.array(speeds[name]) / np.array(speeds[STRONG]))
    decided = model.answer(said).decided_shares if name.endswith("cascade") else {}
    return SpeedRow(name, float(np.median(speeds[name])), float(times), float(np.mean(right[name])), decided)


def _customer(line: dict[str, Any]) -> list[str]:
    return [turn["text"] for turn in line["turns"] if turn["speaker"] == "customer"]


def _trained(split: Split, home: Path) -> Model:
    """The tagger of `train --fast`; vectors of texts to learn from may come from the home's cache."""
    names = [line["labels"]["outcome"] or NONE for line in split.train]
    encoder = EmbeddingCache(home / "embeddings").around(default_encoder(home))
    documents = [_customer(line) for line in split.train]
    return train(
        documents,
        names,
        label_space(split.job),
        encoder=encoder,
        descriptions=descriptions(split.job),
        besides=[line["labels"].get("secondary") for line in split.train],
    )


def _fresh(model: Model, mode: Mode) -> Answer:
    """The model without any memory of vectors: what was read in an earlier round is read again."""
    names = np.array(model.space.labels)

    def answer(documents: Sequence[Sequence[str]]) -> NDArray[Any]:
        return np.asarray(names[_without_memory(model).score(documents, mode=mode).best])

    return answer


def _without_memory(model: Model) -> Model:
    encoder = model.embedding.encoder
    while not isinstance(encoder, OnnxEncoder):
        encoder = encoder.inner  # type: ignore[attr-defined]
    return replace(model, embedding=replace(model.embedding, encoder=CachedEncoder(encoder)))


def _strong(split: Split, home: Path) -> dict[str, Answer]:
    """TF-IDF beside MiniLM's vectors at full precision, with a linear SVM, in both runtimes."""
    here = default_encoder(home, precision="fp32")
    kept = EmbeddingCache(home / "embeddings").around(here)
    texts = [" ".join(_customer(line)) for line in split.train]
    features = tfidf()
    labels = [line["labels"]["outcome"] or NONE for line in split.train]
    machine = LinearSVC().fit(beside(features.fit_transform(texts), kept.encode(texts)), labels)

    def by(encoder: Encoder) -> Answer:
        def answer(documents: Sequence[Sequence[str]]) -> NDArray[Any]:
            said = [" ".join(document) for document in documents]
            return np.asarray(machine.predict(beside(features.transform(said), encoder.encode(said))))

        return answer

    return {STRONG: by(sentence_transformer_encoder(str(checked_weights()))), STRONG_HERE: by(here)}
