from __future__ import annotations

import numpy as np
import pytest

from evals.comparison import paired_difference


def answers(seed: int, count: int = 400, gain: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    old = rng.random(count) < 0.8
    new = np.where(rng.random(count) < 0.15, rng.random(count) < 0.8 + gain / 0.15, old)
    return new.astype(bool), old


def test_equal_weights_change_nothing() -> None:
    new, old = answers(0)
    assert paired_difference(new, old, weights=np.full(400, 3.7)) == pytest.approx(paired_difference(new, old))


def test_a_contact_of_weight_two_counts_as_two() -> None:
    new, old = np.array([True, False, True, True]), np.array([False, False, True, False])
    difference, _, _ = paired_difference(new, old, weights=np.array([2.0, 1.0, 1.0, 1.0]))
    assert difference == pytest.approx(3 / 5)


def test_models_that_never_disagree_get_an_interval_around_zero() -> None:
    same = np.ones(50, dtype=bool)
    difference, low, high = paired_difference(same, same, weights=np.linspace(1, 5, 50))
    assert difference == 0
    assert low < 0 < high


def test_the_weighted_interval_holds_the_truth_of_all_contacts() -> None:
    """Contacts on which models differ are drawn more often; weighted, they speak for all."""
    rng = np.random.default_rng(1)
    new, old = answers(7, 20_000)
    truth = new.mean() - old.mean()
    pi = np.where(new != old, 0.06, 0.02)
    held = 0
    for _ in range(200):
        drawn = rng.random(len(pi)) < pi
        _, low, high = paired_difference(new[drawn], old[drawn], weights=1 / pi[drawn])
        held += low <= truth <= high
    assert held >= 184


def test_a_wider_interval_for_more_certainty() -> None:
    new, old = answers(3)
    _, low, high = paired_difference(new, old)
    _, inner_low, inner_high = paired_difference(new, old, z=1.2816)
    assert low < inner_low < inner_high < high
