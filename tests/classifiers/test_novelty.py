import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.novelty import TailFit, nearest_distance, with_none

TAIL = TailFit(start=0.4, spread=0.05)


@given(st.lists(st.floats(-0.2, 1.5), min_size=2, max_size=30, unique=True))
def test_stranger_is_higher_and_nothing_ties(distances: list[float]) -> None:
    ordered = np.array(sorted(round(distance, 6) for distance in set(distances)))
    ordered = np.unique(ordered)
    novelty = TAIL.novelty(ordered)
    assert ((novelty > 0) & (novelty < 1)).all()
    assert (np.diff(novelty) > 0).all()


def test_a_half_means_one_text_in_a_hundred_and_none_one_in_two_thousand() -> None:
    distances = np.random.default_rng(0).exponential(0.1, 200_000)
    tail = TailFit.of(distances)
    assert (tail.novelty(distances) > 0.5).mean() == pytest.approx(0.01, rel=0.1)
    assert (tail.chance_of_none(distances) > 0.5).mean() == pytest.approx(0.0005, rel=0.4)


def test_equal_distances_do_not_break_the_fit() -> None:
    usual, strange = TailFit.of(np.full(5, 0.3)).novelty(np.array([0.3, 0.9]))
    assert usual < 0.5 < 0.99 < strange


def test_the_distance_to_oneself_does_not_count() -> None:
    vectors = np.eye(4, dtype=np.float32)
    assert nearest_distance(vectors[:1], vectors[:1]) == pytest.approx([0.0])
    assert nearest_distance(vectors, vectors, own_rows=np.arange(4))[0] == pytest.approx(1.0)


def test_without_any_labelled_text_everything_is_strange() -> None:
    assert nearest_distance(np.eye(2, dtype=np.float32), np.zeros((0, 2), np.float32)).tolist() == [1.0, 1.0]


def test_raising_none_keeps_the_sum_and_the_order_of_the_others() -> None:
    raised = with_none(np.array([[0.6, 0.3, 0.1]]), 2, np.array([0.5]))
    assert raised[0] == pytest.approx([0.3, 0.15, 0.55])
