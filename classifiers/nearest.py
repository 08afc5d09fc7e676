"""The label of the most similar text, by words alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifiers.lexical import LexicalFeatures


def nearest_labels(texts: Sequence[str], known: Sequence[str], labels: Sequence[str]) -> list[str]:
    """For each text the label of the known text with the largest TF-IDF cosine; `known` and `labels` pair."""
    if not texts:
        return []
    features = LexicalFeatures.fit([*texts, *known])
    likeness = features.transform(texts) @ features.transform(known).T
    return [labels[position] for position in np.asarray(likeness.argmax(axis=1)).ravel()]
