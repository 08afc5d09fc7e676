"""An encoder of two layers, one of which alone tells the labels of texts; their words tell nothing."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from classifiers.encoder import FloatMatrix, ReadInLayers, unit_rows

LABELS = ("arrival", "refund", "discount")


def label_of(text: str) -> str:
    """A label that nothing in the wording of a text hints at."""
    return LABELS[crc32(text.encode()) % len(LABELS)]


class Layered(ReadInLayers):
    """Each layer is drawn anew for every text; the one that is `telling` lies about a place that its label has."""

    def __init__(self, telling: int) -> None:
        self.id, self.dimension, self.whole, self.layers = f"layered/{telling}", 16, False, 2
        self.telling = telling

    def encode_layers(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of both layers, shape (n, 2, 16); zeros for an empty text."""
        found = np.zeros((len(texts), 2, self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            if text.strip():
                found[row] = _drawn(text, (2, self.dimension))
                found[row, self.telling] += 2 * _drawn(label_of(text), (self.dimension,))
        return unit_rows(found)


def _drawn(text: str, shape: tuple[int, ...]) -> FloatMatrix:
    return np.asarray(np.random.default_rng(crc32(text.encode())).normal(size=shape), dtype=np.float32)
