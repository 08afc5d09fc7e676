from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.artifact import load, save
from classifiers.content import _sense, settings_of, tensors_of, vocabulary_of
from classifiers.encoder import CachedEncoder, Encoder
from classifiers.lexical import GramTable
from classifiers.model import Model
from classifiers.training import train
from classifiers.unlearning import forget_in_model
from classifiers.word_sense import WordSense, learn_sense
from tests.classifiers.parcels import SPACE, sample

TEXTS = [" ".join(chat) for chat in sample(120)[0]]
TABLE = GramTable.fit(TEXTS, kind="words")
KNOWN = st.sampled_from(["parcel", "money", "coupon", "where", "late"])
UNKNOWN = st.sampled_from(["quincunx", "zeppelin"])


@pytest.fixture(scope="module")
def sense(encoder: Encoder) -> WordSense:
    return learn_sense(TEXTS, TABLE, encoder, in_scope=np.arange(len(TEXTS)), seed=0)[0]


def test_what_means_something_else_is_strange_even_in_known_words(sense: WordSense) -> None:
    fits, other, unknown = sense.novelty(["my parcel is late", "since my second monday again", "quincunx zeppelin"])
    assert fits < other
    assert fits < unknown


def test_a_text_is_not_measured_against_itself(encoder: Encoder) -> None:
    texts = [*TEXTS, "the voucher of my grandmother"]
    table = GramTable.fit(texts, kind="words")
    sense, novelty = learn_sense(texts, table, encoder, in_scope=np.arange(len(texts)), seed=0)
    assert novelty[-1] > sense.novelty(texts[-1:])[0]


def test_training_texts_are_as_strange_as_new_ones_that_say_words_of_their_own(encoder: Encoder) -> None:
    count = 300
    texts = [f"{opening} {said} order {number % 700 + 100}" for number, (opening, said) in enumerate(sample(800)[0])]
    known, new = texts[:count], texts[count:]
    table = GramTable.fit(known, kind="words")
    sense, novelty = learn_sense(known, table, encoder, in_scope=np.arange(count), seed=0)
    assert (sense.novelty(new) > np.quantile(novelty, 0.95)).mean() <= 0.08


@given(st.lists(KNOWN, min_size=1, max_size=6), st.lists(UNKNOWN, max_size=4))
def test_a_point_is_as_long_as_the_part_that_is_known(sense: WordSense, known: list[str], unknown: list[str]) -> None:
    whole, half = sense.points([" ".join(known), " ".join([*known, *unknown])])
    assert np.isclose(np.linalg.norm(whole), 1.0, atol=1e-5)
    assert np.linalg.norm(half) <= 1.0 + 1e-5
    assert (np.linalg.norm(half) < 1.0 - 1e-5) == bool(unknown)
    assert np.isclose(whole @ half, np.linalg.norm(half), atol=1e-4)  # the same direction


def test_a_text_without_words_is_no_point(sense: WordSense) -> None:
    assert not sense.points(["", "?!", "quincunx"]).any()
    assert np.isfinite(sense.novelty(["", "?!"])).all()


def test_a_sense_survives_the_disk_to_the_last_digit(model: Model, encoder: Encoder, tmp_path: Path) -> None:
    save(model, tmp_path)
    kept, again = model.lexical.sense, load(tmp_path, encoder=encoder).lexical.sense
    assert kept is not None and again is not None
    assert np.array_equal(kept.novelty(TEXTS), again.novelty(TEXTS))


def test_a_sense_whose_parts_do_not_fit_is_refused(model: Model) -> None:
    settings, tensors = settings_of(model)["sense"], tensors_of(model)
    words = vocabulary_of(model)["sense"]
    with pytest.raises(ValueError, match="words with a meaning"):
        _sense(settings, words[1:], tensors)
    with pytest.raises(ValueError, match="different lengths"):
        _sense(settings, words, {**tensors, "sense_words": tensors["sense_words"][:, 1:]})


def test_no_word_is_remembered_by_an_encoder(encoder: Encoder) -> None:
    remembering = CachedEncoder(encoder)
    learn_sense(TEXTS, TABLE, remembering, in_scope=np.arange(len(TEXTS)), seed=0)
    assert not remembering._known


def test_an_erased_text_leaves_neither_its_own_words_nor_its_point(encoder: Encoder, tmp_path: Path) -> None:
    documents, labels = sample(60)
    documents[7] = ["hello", "the zeppelin parcel quincunx is late"]
    model = train(documents, labels, SPACE, encoder=encoder)
    save(model, tmp_path / "model")
    assert model.lexical.sense is not None and "zeppelin" in model.lexical.sense.rows
    assert forget_in_model(tmp_path / "model", model, [documents[7]]) is not None
    left = load(tmp_path / "model", encoder=encoder).lexical.sense
    assert left is not None
    assert not {"zeppelin", "quincunx"} & left.rows.keys()
    assert {"parcel", "late"} <= left.rows.keys()
    assert len(left.reference) == len(model.lexical.sense.reference) - 1
