"""Stages in order of cost: each keeps what it is sure of and passes the rest on; what nobody keeps is deferred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.besides import Heard
from classifiers.calibration import Floats
from classifiers.documents import Document
from classifiers.scores import LabelScores, LabelSpace


@dataclass(frozen=True)
class StageAnswers:
    """What one stage says of n documents, and of which it is sure.

    `margins`, shape (n, seen labels), are the raw figures that a later stage may build on, and so is `heard`
    of a stage that tells what else a document is about, the word `features`, shape (n, n-grams),
    of a stage that has any, and the `openings` of a stage that looks for them.
    """

    scores: LabelScores
    margins: Floats
    sure: NDArray[np.bool_]
    features: sparse.csr_matrix | None = None
    openings: Sequence[Document] | None = None
    heard: Heard | None = None

    def rows(self, chosen: NDArray[np.int64]) -> StageAnswers:
        """The same for some of the documents."""
        features = None if self.features is None else self.features[chosen]
        openings = None if self.openings is None else [self.openings[row] for row in chosen.tolist()]
        heard = None if self.heard is None else self.heard.rows(chosen)
        scores, margins, sure = self.scores.rows(chosen), self.margins[chosen], self.sure[chosen]
        return StageAnswers(scores, margins, sure, features, openings, heard)


class Stage(Protocol):
    """One classifier of the cascade. It sees what the stages before it were not sure of, and what they said."""

    @property
    def name(self) -> str:
        """The word that stands in `decided_by`."""

    def judge(self, documents: Sequence[Document], *, earlier: StageAnswers) -> StageAnswers:
        """Calibrated scores of the documents, and of which this stage is sure."""


class FirstStage(Protocol):
    """The stage that sees everything, with nobody before it."""

    @property
    def name(self) -> str:
        """The word that stands in `decided_by`."""

    def judge(self, documents: Sequence[Document], *, earlier: StageAnswers | None = None) -> StageAnswers:
        """Calibrated scores of the documents, and of which this stage is sure."""


@dataclass(frozen=True)
class Answers:
    """The cascade's answers to n documents, in their order.

    `stage` names who spoke last of each document; `deferred` marks those that no stage was sure of.
    """

    scores: LabelScores
    stage: tuple[str, ...]
    deferred: NDArray[np.bool_]

    @property
    def decided_shares(self) -> dict[str, float]:
        """Share of the documents kept by each stage, and `nobody` for the deferred; sums to 1."""
        who = ["nobody" if away else name for name, away in zip(self.stage, self.deferred, strict=True)]
        return {name: who.count(name) / max(1, len(who)) for name in dict.fromkeys((*self.stage, "nobody"))}

    @classmethod
    def joined(cls, space: LabelSpace, parts: Sequence[Answers]) -> Answers:
        """Several batches as one."""
        besides = [part.scores.besides for part in parts if part.scores.besides is not None]
        scores = LabelScores(
            space,
            np.concatenate([np.zeros((0, len(space.labels))), *(part.scores.probabilities for part in parts)]),
            np.concatenate([np.zeros(0), *(part.scores.novelty for part in parts)]),
            np.concatenate(besides) if besides else None,
        )
        deferred = np.concatenate([np.zeros(0, dtype=bool), *(part.deferred for part in parts)])
        return cls(scores, tuple(name for part in parts for name in part.stage), deferred)


def run_cascade(documents: Sequence[Document], *, first: FirstStage, later: Sequence[Stage]) -> Answers:
    """Ask `first` about everything and each later stage about what is still unsettled."""
    said = first.judge(documents)
    probabilities, novelty = said.scores.probabilities.copy(), said.scores.novelty.copy()
    besides = None if said.scores.besides is None else said.scores.besides.copy()
    stage = np.full(len(documents), first.name, dtype=object)
    open_rows = np.flatnonzero(~said.sure)
    said = said.rows(open_rows)
    for each in later:
        if not len(open_rows):
            break
        said = each.judge([documents[row] for row in open_rows.tolist()], earlier=said)
        probabilities[open_rows], novelty[open_rows] = said.scores.probabilities, said.scores.novelty
        if besides is not None and said.scores.besides is not None:
            besides[open_rows] = said.scores.besides
        stage[open_rows] = each.name
        unsure = np.flatnonzero(~said.sure)
        open_rows, said = open_rows[unsure], said.rows(unsure)
    deferred = np.zeros(len(documents), dtype=bool)
    deferred[open_rows] = True
    scores = LabelScores(said.scores.space, probabilities, novelty, besides)
    return Answers(scores, tuple(str(name) for name in stage), deferred)
