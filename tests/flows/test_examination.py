from __future__ import annotations

import numpy as np
import pytest

from flows.examination import Comparison, StepComparison, on_step


def right(share: float, count: int) -> np.ndarray:
    return np.arange(count) < round(share * count)


def test_a_step_that_falls_far_behind_is_lost() -> None:
    found = on_step("pay", np.ones(100, dtype=bool), right(0.7, 100), right(0.9, 100), weights=None, margin=0.05)
    assert found.lost
    assert found.difference == pytest.approx(-0.2)
    assert found.high is not None
    assert found.high < 0


def test_a_loss_within_the_margin_is_none() -> None:
    found = on_step("pay", np.ones(400, dtype=bool), right(0.86, 400), right(0.9, 400), weights=None, margin=0.05)
    assert not found.lost


def test_one_contact_more_or_less_does_not_decide() -> None:
    found = on_step("pay", np.ones(12, dtype=bool), right(0.75, 12), right(0.84, 12), weights=None, margin=0.05)
    assert found.difference is not None
    assert found.difference < -0.05
    assert not found.lost


def test_of_a_handful_nothing_is_said() -> None:
    rows = np.arange(50) < 4
    found = on_step("pay", rows, right(0.0, 50), right(1.0, 50), weights=None, margin=0.05)
    assert (found.contacts, found.difference, found.lost) == (4, None, False)


def test_only_contacts_truly_on_the_step_count_and_by_their_weight() -> None:
    rows = np.arange(40) < 20
    new, old = np.ones(40, dtype=bool), np.ones(40, dtype=bool)
    new[:2], old[20:] = False, False
    weights = np.ones(40)
    weights[:2] = 4.0
    found = on_step("pay", rows, new, old, weights=weights, margin=0.05)
    assert found.difference == pytest.approx(-8 / 26)


def test_a_lost_critical_step_keeps_the_model_in_use_and_the_text_says_why() -> None:
    lost = StepComparison("pay", 60, -0.12, -0.2, -0.04, lost=True)
    better = Comparison("old", 500, 0.03, 0.01, 0.05, "drawn reviews held back", 0.05, (lost,))
    assert not better.worse
    assert better.refused
    assert "critical step pay loses 12.0 points on 60 contacts, more than 5 are allowed" in better.text()


@pytest.mark.parametrize(
    ("difference", "low", "high", "worse"),
    [(-0.02, -0.05, 0.01, True), (-0.005, -0.02, 0.01, False), (-0.004, -0.008, -0.001, True)],
)
def test_worse_is_beyond_the_margin_or_beyond_doubt(difference: float, low: float, high: float, worse: bool) -> None:
    assert Comparison("old", 500, difference, low, high).refused == worse
