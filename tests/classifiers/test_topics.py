from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.encoder import unit_rows
from classifiers.encoder_export import default_encoder
from classifiers.topics import centres, group, nearest_group, salient_vectors, terms_of


def bundles(seed: int, sizes: list[int], *, dimension: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Vectors around random directions, and the number of the direction of each."""
    rng = np.random.default_rng(seed)
    middles = np.linalg.qr(rng.normal(size=(dimension, dimension)))[0][: len(sizes)]
    truth = np.repeat(np.arange(len(sizes)), sizes)
    rows = middles[truth] + 0.08 * rng.normal(size=(len(truth), dimension))
    return unit_rows(rows.astype(np.float32)), truth


def test_texts_around_one_direction_are_one_group_and_groups_come_by_size() -> None:
    vectors, truth = bundles(0, [8, 20, 12])
    codes = group(vectors)
    assert [set(truth[codes == code]) for code in range(3)] == [{1}, {2}, {0}]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_texts_does_not_matter(seed: int) -> None:
    vectors, _ = bundles(seed, [9, 7, 12])
    order = np.random.default_rng(seed).permutation(len(vectors))
    before, after = group(vectors), group(vectors[order])
    pairs = {(int(one), int(other)) for one, other in zip(before[order], after, strict=True)}
    assert len({one for one, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)


def test_too_few_texts_make_no_group() -> None:
    vectors, _ = bundles(1, [10, 3])
    assert (group(vectors)[10:] == -1).all()
    assert (group(vectors[:3]) == -1).all()
    assert group(vectors[:0]).shape == (0,)


def test_very_many_texts_join_the_groups_of_a_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifiers.topics.MOST_AT_ONCE", 40)
    vectors, truth = bundles(2, [60, 50])
    codes = group(vectors)
    assert set(codes[truth == 0]) == {0}
    assert set(codes[truth == 1]) == {1}


def test_a_text_far_from_every_centre_joins_none() -> None:
    vectors, _ = bundles(3, [10, 10])
    middles = centres(vectors, group(vectors))
    assert nearest_group(-middles[:1], middles).tolist() == [-1]


def test_a_name_stands_out_from_the_rest_and_holds_no_placeholder_and_nobodys_own_word() -> None:
    texts = [f"please tell me [NAME_1]: umbrella lost in the shop {word}" for word in ("one", "two", "three", "four")]
    usual = ["please tell me where my parcel is"] * 6
    (name,) = terms_of([*texts, *usual], np.array([0] * 4 + [-1] * 6))
    words = " ".join(name)
    assert "umbrella" in words
    assert not {"name", "parcel", "please", "four"} & set(words.split())


def test_greetings_do_not_decide_which_contacts_look_alike(encoder_home: Path) -> None:
    encoder = default_encoder(encoder_home)
    small_talk = "hello, thank you so much for your help today, have a nice day"
    kind = ("hello and thank you for your help, have a nice day", "hi, thanks so much for helping me today")
    known = encoder.encode([small_talk, *kind, "where is my parcel", "my parcel is late", "when will it arrive"])
    documents = [(small_talk, "I left my umbrella in your shop"), ("I think my umbrella is still in the store",)]
    vectors, telling = salient_vectors(encoder, [*documents, (small_talk, "are you hiring drivers"), ()], known)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert telling.tolist() == [1, 0, 1, -1]
