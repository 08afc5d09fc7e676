from __future__ import annotations

import numpy as np
import pytest

from alignment.intervals import Z
from flows.learning_curve import effective_size, half_width


def test_a_plain_sample_is_worth_its_size() -> None:
    values = (np.arange(200) < 150).astype(float)
    assert effective_size(values, np.full(200, 3.0)) == pytest.approx(200)


def test_where_all_are_right_the_weights_alone_decide() -> None:
    assert effective_size(np.ones(10), np.ones(10)) == pytest.approx(10)
    assert effective_size(np.ones(2), np.array([3.0, 1.0])) == pytest.approx(1.6)


def test_a_tagger_that_knows_all_leaves_nothing_open_and_one_that_knows_nothing_all() -> None:
    truth = np.eye(2)[np.arange(100) % 2]
    weights = np.ones(100)
    assert half_width(truth, truth, weights) == pytest.approx(0.0, abs=1e-9)
    blind = half_width(truth, np.full((100, 2), 0.5), weights)
    assert blind == pytest.approx(Z * np.sqrt(0.25 / 100))


def test_twice_the_reviews_narrow_by_the_square_root() -> None:
    truth, blind = np.eye(2)[np.arange(100) % 2], np.full((100, 2), 0.5)
    one = half_width(truth, blind, np.ones(100))
    two = half_width(np.tile(truth, (2, 1)), np.tile(blind, (2, 1)), np.ones(200))
    assert one / two == pytest.approx(np.sqrt(2))


def test_a_step_that_nobody_reviewed_is_left_out() -> None:
    truth = np.column_stack([np.arange(50) % 2, 1 - np.arange(50) % 2, np.zeros(50)])
    assert half_width(truth, truth, np.ones(50)) == pytest.approx(0.0, abs=1e-9)
