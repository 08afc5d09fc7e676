"""Examples for the LLM's prompt: the contacts that people have decided which are most like the one it reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifiers.documents import Document, pooled
from classifiers.encoder import Encoder
from classifiers.llm_prompt import Shot, one_line

MOST_SHOTS = 4
MOST_A_LABEL = 2
LEAST_LIKENESS = 0.3
MOST_CHARACTERS = 400


class NearestExamples:
    """Labelled documents by sentence vector. `documents` must hold redacted text only: some of it leaves the machine.

    Each is shown for other documents only: an LLM that is shown a contact's own label would prove nothing by giving it.
    """

    def __init__(self, documents: Sequence[Document], labels: Sequence[str], *, encoder: Encoder) -> None:
        self._documents = [tuple(document) for document in documents]
        self._labels = list(labels)
        self._encoder = encoder
        self._vectors = pooled(encoder, self._documents)

    def __len__(self) -> int:
        return len(self._documents)

    def nearest(self, document: Document, labels: Sequence[str]) -> tuple[Shot, ...]:
        """At most 4 of the most similar documents under these labels, at most 2 a label; the most similar first."""
        if not self._documents:
            return ()
        likeness = self._vectors @ pooled(self._encoder, [document])[0]
        shots: list[Shot] = []
        for row in np.argsort(-likeness, kind="stable"):
            if len(shots) == MOST_SHOTS or likeness[row] < LEAST_LIKENESS:
                break
            label = self._labels[row]
            crowded = sum(shot.label == label for shot in shots) >= MOST_A_LABEL
            if label in labels and not crowded and self._documents[row] != tuple(document):
                shots.append(Shot(shortened(self._documents[row]), label))
        return tuple(shots)


def shortened(document: Document) -> str:
    """A document as one line of at most 400 characters."""
    text = one_line(" ".join(document))
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]} ..."
