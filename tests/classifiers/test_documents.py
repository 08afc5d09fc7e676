import numpy as np
import pytest

from classifiers.documents import DocumentError, joined, pooled, segment_weights
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


def test_a_bare_string_is_refused() -> None:
    with pytest.raises(DocumentError, match="document 1 is a string"):
        joined([["fine"], "not fine"])
