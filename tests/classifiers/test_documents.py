import numpy as np
import pytest

from classifiers.documents import DocumentError, as_points, joined, pooled, pooled_layers, segment_weights
from classifiers.encoder import Encoder


def test_small_talk_hardly_counts() -> None:
    ok, long = segment_weights(["ok", "my parcel has not arrived and the driver left no note at all"])
    assert ok < 0.03 * long


def test_a_vector_of_one_segment_is_that_segments(encoder: Encoder) -> None:
    assert np.allclose(pooled(encoder, [["where is my parcel"]]), encoder.encode(["where is my parcel"]), atol=1e-6)


def test_greetings_do_not_move_a_document(encoder: Encoder) -> None:
    said = "i was charged twice for the same payment yesterday"
    alone, greeted = pooled(encoder, [[said], ["hi", said, "ok"]])
    assert float(alone @ greeted) > 0.98


def test_documents_without_words_are_zero(encoder: Encoder) -> None:
    assert not pooled(encoder, [[], [""]]).any()


def test_layers_are_pooled_apart_and_their_squared_distances_averaged(encoder: Encoder) -> None:
    layers = pooled_layers(encoder, [["where is my parcel", "it is late"], ["you charged me twice"], []])
    assert np.array_equal(
        layers[:, 0], pooled(encoder, [["where is my parcel", "it is late"], ["you charged me twice"], []])
    )
    assert np.linalg.norm(layers, axis=2) == pytest.approx(np.array([[1, 1], [1, 1], [0, 0]]), abs=1e-5)
    points = as_points(layers, every=True)
    apart = [float(np.square(one[0] - one[1]).sum()) for one in (points, layers[:, 0], layers[:, 1])]
    assert apart[0] == pytest.approx((apart[1] + apart[2]) / 2, rel=1e-5)
    assert np.array_equal(as_points(layers, every=False), layers[:, 0])


def test_a_bare_string_is_refused() -> None:
    with pytest.raises(DocumentError, match="document 1 is a string"):
        joined([["fine"], "not fine"])
