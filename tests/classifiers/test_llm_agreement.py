from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.deferral import NOTHING
from classifiers.llm_agreement import (
    Calibration,
    Measured,
    assumed_chance,
    fit_calibration,
    load_calibration,
    save_calibration,
)

CHANCES = np.array([0.6, 0.2, 0.1, 0.1])


def test_the_assumed_chance_is_the_hand_worked_one() -> None:
    # 0.8 / (0.8 + 0.2 (0.2/0.8 + 0.1/0.9 + 0.1/0.9))
    assert assumed_chance(CHANCES, 0, 1.0) == pytest.approx(0.8 / (0.8 + 0.2 * (0.25 + 2 / 9)))


def test_before_calibration_the_llm_confirms_and_does_not_overrule() -> None:
    start = Calibration.assumed(0.1)
    leaning = np.array([0.7, 0.2, 0.05, 0.05])
    assert start.accepts(assumed_chance(leaning, 0, 1.0))
    assert not start.accepts(assumed_chance(leaning, 0, 2 / 3))
    assert not start.accepts(assumed_chance(leaning, 1, 1.0))


@given(
    st.lists(st.floats(0.001, 1.0), min_size=2, max_size=8), st.integers(0, 7), st.floats(0.0, 1.0), st.floats(0.0, 1.0)
)
def test_the_assumed_chance_is_a_probability_and_rises_with_agreement(
    weights: list[float], column: int, one: float, other: float
) -> None:
    chances = np.array(weights) / sum(weights)
    low, high = (assumed_chance(chances, column % len(chances), a) for a in sorted((one, other)))
    assert 0.0 <= low <= high <= 1.0


@given(st.permutations(range(4)), st.floats(0.0, 1.0))
def test_the_order_of_the_labels_changes_nothing(order: list[int], agreement: float) -> None:
    moved = assumed_chance(CHANCES[order], order.index(0), agreement)
    assert moved == pytest.approx(assumed_chance(CHANCES, 0, agreement))


def measured(count: int, right: float, *, seed: int = 0) -> list[Measured]:
    rng = np.random.default_rng(seed)
    return [Measured(float(rng.uniform(0.5, 0.95)), bool(rng.random() < right)) for _ in range(count)]


def test_an_llm_that_is_nearly_always_right_earns_acceptance_below_the_assumed_threshold() -> None:
    fitted = fit_calibration(measured(300, 0.97), max_error=0.1, delta=0.05)
    assert fitted.bound <= 0.1
    assert fitted.accepted_share > 0.9
    assert fitted.accepts(0.6)
    assert not Calibration.assumed(0.1).accepts(0.6)


def test_an_llm_that_guesses_is_believed_in_nothing() -> None:
    fitted = fit_calibration(measured(300, 0.2), max_error=0.1, delta=0.05)
    assert fitted.threshold == NOTHING
    assert not fitted.accepts(0.99)
    assert fitted.probability(0.9) < 0.4


def test_too_few_examples_cannot_keep_the_promise_and_accept_nothing() -> None:
    assert fit_calibration(measured(8, 1.0), max_error=0.1, delta=0.05).threshold == NOTHING


def test_the_fitted_probability_is_near_the_share_that_is_right() -> None:
    rng = np.random.default_rng(1)
    assumed = rng.uniform(0.3, 0.95, 4000)
    truth = 1 / (1 + np.exp(-(0.8 + 0.5 * np.log(assumed / (1 - assumed)))))
    data = [Measured(float(a), bool(rng.random() < t)) for a, t in zip(assumed, truth, strict=True)]
    fitted = fit_calibration(data, max_error=0.1, delta=0.05)
    assert [fitted.probability(a) for a in (0.4, 0.9)] == pytest.approx(
        [1 / (1 + np.exp(-(0.8 + 0.5 * np.log(a / (1 - a))))) for a in (0.4, 0.9)], abs=0.03
    )


def test_the_promise_holds_on_fresh_answers() -> None:
    broken = kept = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assumed = rng.uniform(0.3, 0.95, 1200)
        data = [Measured(float(a), bool(rng.random() < 0.8 + 0.2 * a)) for a in assumed]
        fitted = fit_calibration(data[:400], max_error=0.1, delta=0.05)
        fresh = [one.right for one in data[400:] if fitted.accepts(one.assumed)]
        kept += bool(fresh)
        broken += bool(fresh) and np.mean(fresh) < 0.9 - 2 * np.sqrt(0.09 / len(fresh))
    assert kept > 5
    assert broken <= 2


def test_a_calibration_holds_only_for_what_it_was_fitted_on(tmp_path: Path) -> None:
    path, names = tmp_path / "c.json", {"llm": "m", "prompt": "abc", "samples": 3, "model": "x"}
    nothing = Calibration(0.1, 0.9, NOTHING, 30)
    for calibration in (Calibration(0.1, 0.9, 0.8, 30), nothing):
        save_calibration(calibration, path, names=names)
        assert load_calibration(path, names=names) == calibration
    assert load_calibration(path, names={**names, "prompt": "new"}) is None
    assert load_calibration(tmp_path / "none.json", names=names) is None
    path.write_text("[1")
    assert load_calibration(path, names=names) is None
