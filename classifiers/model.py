"""A trained model: documents in, calibrated answers out, with the segments that carried them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from classifiers.cascade import Answers, Stage, run_cascade
from classifiers.documents import Document, joined, segment_weights
from classifiers.focus import Reach, focused
from classifiers.scores import LabelScores, LabelSpace
from classifiers.stages import EmbeddingStage, LexicalStage
from taxonomy.errors import BadInputError

Mode = Literal["cascade", "lexical", "embedding"]
BATCH = 2048


class UnknownLabelError(BadInputError):
    """A label was named that this model's label space does not hold."""


@dataclass(frozen=True)
class Model:
    """Two trained stages over one label space.

    `id` is a hash of everything that shapes an answer; `card` says what the model was made of and how good it is.
    `held_out`, only after training, are its answers to those of its training texts that `held_out_rows` count off,
    as if it had not seen them; `held_out_deferred` tells which of these it would have left to others.
    """

    space: LabelSpace
    lexical: LexicalStage
    embedding: EmbeddingStage
    reach: Reach | None = None
    id: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)
    held_out: LabelScores | None = None
    held_out_rows: tuple[int, ...] = ()
    held_out_deferred: tuple[bool, ...] = ()

    def answer(
        self, documents: Sequence[Document], *, batch: int = BATCH, mode: Mode = "cascade", then: Sequence[Stage] = ()
    ) -> Answers:
        """Calibrated scores of each document, which stage gave them, and which are deferred.

        `lexical` asks the cheap stage alone, `embedding` sends everything through both; `then` are further stages
        (an LLM) for what is left. Documents are worked through in batches, so memory stays flat.
        """
        parts = []
        for start in range(0, len(documents), batch):
            part = documents[start : start + batch]
            near = focused(part, self.lexical, self.reach)
            parts.append(near.settled(self._answer_batch(near.documents, mode=mode, then=then)))
        return Answers.joined(self.space, parts)

    def score(self, documents: Sequence[Document], *, batch: int = BATCH, mode: Mode = "cascade") -> LabelScores:
        """The scores of `answer` alone."""
        return self.answer(documents, batch=batch, mode=mode).scores

    def passage_scores(self, passages: Sequence[str]) -> LabelScores:
        """What the words of each passage alone say: the cheap stage, since there are many of them."""
        return self.lexical.passage_scores(passages)

    def segment_scores(
        self, documents: Sequence[Document], labels: Sequence[str], *, mode: Mode = "lexical"
    ) -> list[NDArray[np.float64]]:
        """How much each segment carried its document's label: one array per document, summing to 1.

        A segment's weight is the chance of the label given that segment alone, times the segment's own weight.
        """
        columns = [self._column(label) for label in labels]
        many = [number for number, document in enumerate(documents) if len(document) > 1]
        alone = [segment for number in many for segment in documents[number]]
        read = self.passage_scores(alone) if mode == "lexical" else self.score([[one] for one in alone], mode=mode)
        chances = read.probabilities
        carried = [np.ones(len(document)) for document in documents]
        start = 0
        for number in many:
            stop = start + len(documents[number])
            weights = chances[start:stop, columns[number]] * segment_weights(documents[number])
            carried[number] = (
                weights / weights.sum() if weights.sum() > 0 else np.full(stop - start, 1 / (stop - start))
            )
            start = stop
        return carried

    def _answer_batch(self, documents: Sequence[Document], *, mode: Mode, then: Sequence[Stage]) -> Answers:
        match mode:
            case "cascade":
                return run_cascade(documents, first=self.lexical, later=(self.embedding, *then))
            case "lexical":
                return run_cascade(documents, first=self.lexical, later=then)
            case "embedding":
                first = _Everything(self.lexical, self.embedding)
                return run_cascade(documents, first=first, later=then)

    def _column(self, label: str) -> int:
        if label not in self.space.labels:
            raise UnknownLabelError(f"the model {self.id} has no label {label!r}; it knows {len(self.space.labels)}.")
        return self.space.labels.index(label)


@dataclass(frozen=True)
class WordsAlone:
    """A model that answers from words alone, and hands over whatever these do not settle; with the model's id."""

    model: Model

    @property
    def id(self) -> str:
        """The model's id."""
        return self.model.id

    @property
    def space(self) -> LabelSpace:
        """The model's labels."""
        return self.model.space

    def answer(self, documents: Sequence[Document]) -> Answers:
        """The cheap stage's answers."""
        return self.model.answer(documents, mode="lexical")

    def passage_scores(self, passages: Sequence[str]) -> LabelScores:
        """As the model's."""
        return self.model.passage_scores(passages)

    def segment_scores(self, documents: Sequence[Document], labels: Sequence[str]) -> list[NDArray[np.float64]]:
        """As the model's."""
        return self.model.segment_scores(documents, labels)


@dataclass(frozen=True)
class _Everything:
    """Both stages as one: no text stops at the words."""

    words: LexicalStage
    vectors: EmbeddingStage

    @property
    def name(self) -> str:
        return self.vectors.name

    def judge(self, documents: Sequence[Document], *, earlier: Any = None) -> Any:
        joined(documents)
        return self.vectors.judge(documents, earlier=self.words.judge(documents))
