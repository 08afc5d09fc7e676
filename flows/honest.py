"""What is said of a contact that taught the tagger: the answer of heads that had not seen it.

A contact that trained a model is no witness for it. Its tag comes from training's own cross-validation, so that what
is summed over all contacts is as right, and as wrong, on taught contacts as on the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.model import Model
from classifiers.scores import LabelScores, LabelSpace
from flows.examination import text_name
from flows.labelled import Labelled
from tagger.tag import LLM, Answers, Document, Reader

HELD_OUT_SCORES = "held_out_scores.npz"


def save_held_out(model: Model, labelled: Labelled, folder: Path) -> None:
    """Keep what heads that had not seen them said of the training contacts, by a hash of their text."""
    scores = model.held_out
    if scores is None:
        return
    names = [text_name(document) for document in labelled.documents]
    np.savez_compressed(
        folder / HELD_OUT_SCORES,
        names=np.array([names[row] for row in model.held_out_rows], dtype="<U20"),
        probabilities=scores.probabilities.astype("<f4"),
        novelty=scores.novelty.astype("<f4"),
        deferred=np.array(model.held_out_deferred, dtype=bool),
        besides=scores.others[:, :0] if scores.besides is None else scores.besides.astype("<f4"),
    )


def honest(reader: Reader, folder: Path, *, doubting: bool = False) -> Reader:
    """The reader, answering of contacts that taught the model as if they had not; `folder` is the model's own.

    `doubting`: what the reader leaves to others stays with them, since an LLM is yet to be asked.
    """
    path = folder / HELD_OUT_SCORES
    return HonestReader(reader, path, doubting) if path.is_file() else reader


@dataclass(frozen=True)
class _Unseen:
    """Held-out answers by text."""

    rows: dict[str, int]
    probabilities: NDArray[np.float64]
    novelty: NDArray[np.float64]
    deferred: NDArray[np.bool_]
    besides: NDArray[np.float64] | None


@dataclass(frozen=True)
class _Given:
    """Answers, some of them replaced."""

    scores: Any
    stage: Sequence[str]
    deferred: NDArray[np.bool_]


@dataclass(frozen=True)
class HonestReader:
    """A reader that says of known texts what heads that had not seen them said; `stage` and evidence stay."""

    reader: Reader
    path: Path
    doubting: bool = False

    @property
    def id(self) -> str:
        """The model's id."""
        return self.reader.id

    @property
    def space(self) -> LabelSpace:
        """Its labels."""
        return self.reader.space

    @property
    def prompt(self) -> str | None:
        """The version of its LLM's prompt, None without an LLM."""
        return getattr(self.reader, "prompt", None)

    def answer(self, documents: Sequence[Document]) -> Answers:
        """Read documents; what an LLM settled stays as it is, since it learned from no label."""
        answers, unseen = self.reader.answer(documents), self._unseen
        known = [(row, unseen.rows.get(text_name(document))) for row, document in enumerate(documents)]
        pairs = [(row, found) for row, found in known if found is not None and not _by_llm(answers, row)]
        if not pairs:
            return answers
        rows, found = (list(part) for part in zip(*pairs, strict=True))
        probabilities, novelty = answers.scores.probabilities.copy(), answers.scores.novelty.copy()
        deferred = answers.deferred.copy()
        probabilities[rows], novelty[rows] = unseen.probabilities[found], unseen.novelty[found]
        deferred[rows] = unseen.deferred[found] | (self.doubting & deferred[rows])
        besides = answers.scores.besides
        if besides is not None and unseen.besides is not None:
            besides = besides.copy()
            besides[rows] = unseen.besides[found]
        scores = LabelScores(self.space, probabilities, novelty, besides)
        return _Given(scores, answers.stage, deferred)

    def passage_scores(self, passages: Sequence[str]) -> LabelScores:
        """What the words of each passage alone say."""
        return self.reader.passage_scores(passages)

    def segment_scores(self, documents: Sequence[Document], labels: Sequence[str]) -> list[NDArray[np.float64]]:
        """How strongly each segment of each document speaks for that document's label, in [0, 1]."""
        return self.reader.segment_scores(documents, labels)

    @cached_property
    def _unseen(self) -> _Unseen:
        with np.load(self.path, allow_pickle=False) as kept:
            return _Unseen(
                {str(name): row for row, name in enumerate(kept["names"])},
                kept["probabilities"].astype(float),
                kept["novelty"].astype(float),
                kept["deferred"],
                kept["besides"].astype(float) if "besides" in kept and kept["besides"].size else None,
            )


def _by_llm(answers: Answers, row: int) -> bool:
    return answers.stage[row] == LLM and not answers.deferred[row]
