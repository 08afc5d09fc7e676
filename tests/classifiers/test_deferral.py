from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from classifiers.deferral import DeferralError, accept_threshold, error_bound, price_table


def world(count: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated answers: right with the probability that they state."""
    rng = np.random.default_rng(seed)
    confidence = rng.beta(4, 1, count)
    return confidence, rng.random(count) < confidence


def true_error(threshold: float) -> float:
    """Error among answers of `world` at or above the threshold: 1 - E[c | c >= t] for density 4 c^3."""
    return 1 - (4 / 5) * (1 - threshold**5) / (1 - threshold**4) if threshold < 1 else 0.0


@given(st.integers(0, 20), st.integers(21, 300))
def test_the_bound_is_where_so_few_errors_have_probability_delta(errors: int, count: int) -> None:
    assert binom.cdf(errors, count, error_bound(errors, count, delta=0.05)) == pytest.approx(0.05)


def test_the_promise_is_broken_in_at_most_delta_of_worlds() -> None:
    broken = [
        true_error(min(1.0, accept_threshold(*world(600, seed=seed), max_error=0.1, delta=0.1).value)) > 0.1
        for seed in range(400)
    ]
    assert np.mean(broken) <= 0.1 + 2 * np.sqrt(0.1 * 0.9 / 400)


def test_choosing_by_the_plain_error_breaks_it_far_more_often() -> None:
    broken = 0
    for seed in range(200):
        confidence, right = world(600, seed=seed)
        order = np.argsort(-confidence)
        errors = np.cumsum(~right[order]) / np.arange(1, 601)
        broken += true_error(confidence[order[np.flatnonzero(errors <= 0.1)[-1]]]) > 0.1
    assert broken / 200 > 0.3


def test_always_right_answers_are_all_kept() -> None:
    confidence = np.linspace(0.5, 1, 200)
    found = accept_threshold(confidence, np.ones(200, bool), max_error=0.05, delta=0.05)
    assert (found.value, found.accepted_share) == (0.5, 1.0)
    assert found.bound == pytest.approx(1 - 0.05 ** (1 / 200))


def test_too_few_answers_promise_nothing() -> None:
    found = accept_threshold(np.ones(28), np.ones(28, bool), max_error=0.1, delta=0.05)
    assert (found.value, found.accepted_share) == (inf, 0.0)


def test_equal_confidences_are_kept_or_left_together() -> None:
    confidence = np.repeat([0.9, 0.6], [100, 100])
    right = np.repeat([True, False], [100, 100])
    found = accept_threshold(confidence, right, max_error=0.1, delta=0.05)
    assert (found.value, found.accepted_share) == (0.9, 0.5)


def test_a_looser_promise_keeps_no_less() -> None:
    kept = [price.accepted_share for price in price_table(*world(2000, seed=3), delta=0.05)]
    assert kept == sorted(kept)
    assert kept[-1] > kept[0]


@pytest.mark.parametrize(("max_error", "delta"), [(0.0, 0.05), (0.1, 1.0)])
def test_promises_that_mean_nothing_are_refused(max_error: float, delta: float) -> None:
    with pytest.raises(DeferralError, match="must lie between 0 and 1"):
        accept_threshold(np.ones(50), np.ones(50, bool), max_error=max_error, delta=delta)
