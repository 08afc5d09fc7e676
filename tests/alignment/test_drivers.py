"""Shares of effort drivers: right where the tagger is right, corrected where it errs, honest about what is missing."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from alignment.drivers import Witnesses, driver_shares

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def world(
    n: int, *, seed: int, right: float = 1.0, reviews: float = 0.0, rates: tuple[float, float] = (0.3, 0.05)
) -> Witnesses:
    """Two steps of equal size with a driver at these rates; the tagger names the right one with probability `right`."""
    rng = np.random.default_rng(seed)
    step = rng.integers(0, 2, n)
    driver = rng.random(n) < np.array(rates)[step]
    called = np.where(rng.random(n) < right, step, 1 - step)
    weight = np.where(rng.random(n) < reviews, 1 / reviews if reviews else 0.0, 0.0)
    return Witnesses(
        np.eye(2)[called],
        np.eye(2)[step],
        weight,
        driver[:, None].astype(float),
        np.arange(n),
        rng.integers(0, 5, n),
    )


def test_without_reviews_a_share_is_what_the_tagger_says_and_says_so() -> None:
    shares = driver_shares(world(4000, seed=1), as_of=NOW)
    assert shares[0][0].value == pytest.approx(0.3, abs=0.03)
    assert shares[0][0].method == "uncorrected" and shares[0][0].low is None


def test_reviews_undo_what_the_taggers_mistakes_do_to_a_share() -> None:
    plain = driver_shares(world(20_000, seed=2, right=0.8), as_of=NOW)[1][0]
    found = driver_shares(world(20_000, seed=2, right=0.8, reviews=0.1), as_of=NOW)[1][0]
    assert plain.value is not None and plain.value > 0.08
    assert found.method == "rectified"
    assert found.low is not None and found.high is not None and found.low < 0.05 < found.high


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        share = driver_shares(world(3000, seed=seed, right=0.85, reviews=0.15), as_of=NOW)[0][0]
        assert share.low is not None and share.high is not None
        held += share.low <= 0.3 <= share.high
    assert held >= 52


def test_contacts_of_one_customer_make_the_interval_wider() -> None:
    one = world(3000, seed=3, reviews=0.2)
    often = Witnesses(
        np.repeat(one.probabilities[:500], 6, axis=0), np.repeat(one.truth[:500], 6, axis=0),
        np.repeat(one.weight[:500], 6), np.repeat(one.drivers[:500], 6, axis=0),
        np.repeat(np.arange(500), 6), np.repeat(one.folds[:500], 6),
    )  # fmt: skip
    alone = Witnesses(often.probabilities, often.truth, often.weight, often.drivers, np.arange(3000), often.folds)
    wide, narrow = (driver_shares(seen, as_of=NOW)[0][0] for seen in (often, alone))
    assert wide.high is not None and wide.low is not None and narrow.high is not None and narrow.low is not None
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_a_step_that_hardly_any_review_named_has_no_figure() -> None:
    seen = world(300, seed=4, reviews=0.02)
    share = driver_shares(seen, as_of=NOW)[0][0]
    assert share.value is None and share.reason is not None and "are needed" in share.reason
