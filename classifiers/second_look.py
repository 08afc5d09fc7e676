"""Whether an encoder tuned for the model earns its place behind the plain one, and when it is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifiers.calibration import Floats, fit_mixture
from classifiers.cascade import rows_of
from classifiers.held_out import Codes, log_loss
from classifiers.promises import HeldOut, cheap_enough
from classifiers.sights import PlainSight, Sight
from classifiers.stages import EmbeddingStage, SecondLook, put_rows, scored

LEAST_GAIN = 0.002
"""Mean log likelihood, in nats, that a second look must add on held-out texts."""

SKIP_LOSS = 0.001
"""Accuracy that may be given up by leaving settled texts to the plain encoder alone."""


@dataclass(frozen=True)
class Looks:
    """Held-out margins of the words, shape (n, labels), and both encoders' sights."""

    words: Floats
    plain: PlainSight
    tuned: Sight


@dataclass(frozen=True)
class LookedAgain:
    """The second look, and the answers with it to the texts that the tuned encoder was kept from."""

    second: SecondLook
    held_out: HeldOut


def look_again(looks: Looks, codes: Codes, embedding: EmbeddingStage, held_out: HeldOut) -> LookedAgain | None:
    """None where words and plain vectors do as well alone. `held_out` are their answers to all n texts."""
    rows, truth = looks.tuned.rows, codes[looks.tuned.rows]
    margins = [looks.words[rows], looks.plain.margins[rows], looks.tuned.margins]
    if log_loss(margins[:2], truth) - log_loss(margins, truth) < LEAST_GAIN:
        return None
    scale = fit_mixture(margins, truth)
    distances = looks.plain.distances[rows]
    full = scored(embedding.columns, margins, scale=scale, tail=embedding.tail, distances=distances)
    plain, right = rows_of(held_out.full, rows), held_out.truth[rows]
    everybody = np.ones(len(rows), dtype=bool)
    settled = cheap_enough(HeldOut(plain, full, right), everybody, loss=SKIP_LOSS)
    second = SecondLook(looks.tuned.encoder, looks.tuned.scorer, scale, settled)
    asked = np.flatnonzero(plain.confidence < settled)
    merged = put_rows(plain, asked, rows_of(full, asked))
    return LookedAgain(second, HeldOut(rows_of(held_out.lexical, rows), merged, right))
