"""Whether an encoder tuned for the model earns its place behind the plain one, and when it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from classifiers.calibration import Codes, Floats, MarginScale, cross_fitted, fit_mixture
from classifiers.held_out import log_loss
from classifiers.promises import HeldOut, cheap_enough
from classifiers.sights import PlainSight, Sight
from classifiers.stages import EmbeddingStage, SecondLook, put_rows, spread_scores

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


def _alike(scale: MarginScale) -> MarginScale:
    """From words and the sum of both encoders to all three: the encoders count alike.

    Fitted apart, the tuned one got a quarter of the weight, because those that are judged learnt from fewer texts than
    the final one. On 2,000 other banking messages equal weights had a log loss of 0.143, those fitted apart 0.151.
    """
    of_words, of_vectors = scale.scales
    return replace(scale, scales=(of_words, of_vectors, of_vectors))


def look_again(looks: Looks, codes: Codes, embedding: EmbeddingStage, held_out: HeldOut) -> LookedAgain | None:
    """None where words and plain vectors do as well alone. `held_out` are their answers to all n texts."""
    rows, truth = looks.tuned.rows, codes[looks.tuned.rows]
    words, plain_margins, tuned_margins = looks.words[rows], looks.plain.margins[rows], looks.tuned.margins
    both = [words, plain_margins + tuned_margins]
    if log_loss([words, plain_margins], truth) - log_loss(both, truth) < LEAST_GAIN:
        return None
    scale = _alike(fit_mixture(both, truth, embedding.columns.groups))
    chances, distances = cross_fitted(both, truth, embedding.columns.groups), looks.plain.distances[rows]
    full = spread_scores(embedding.columns, chances, tail=embedding.tail, distances=distances)
    plain, right = held_out.full.rows(rows), held_out.truth[rows]
    everybody = np.ones(len(rows), dtype=bool)
    settled = cheap_enough(HeldOut(plain, full, right), everybody, loss=SKIP_LOSS)
    second = SecondLook(looks.tuned.encoder, looks.tuned.scorer, scale, settled)
    asked = np.flatnonzero(plain.confidence < settled)
    merged = put_rows(plain, asked, full.rows(asked))
    return LookedAgain(second, HeldOut(held_out.lexical.rows(rows), merged, right))
