import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.calibration import (
    CalibrationError,
    MarginScale,
    Usual,
    _mixture_loss,
    calibration_error_by_chance,
    cross_fitted,
    expected_calibration_error,
    fit_mixture,
    fit_scale,
    membership,
    reliability,
    softmax,
)


def drawn(scale: float, *, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Margins, and truths drawn with the probabilities softmax(scale margins)."""
    rng = np.random.default_rng(0)
    margins = rng.normal(size=(count, 4))
    chances = softmax(scale * margins)
    return margins, np.array([rng.choice(4, p=row) for row in chances])


@pytest.mark.parametrize("scale", [0.5, 2.0, 6.0])
def test_the_scale_that_made_the_truth_is_found(scale: float) -> None:
    margins, truth = drawn(scale)
    assert fit_scale([margins], truth).scales[0] == pytest.approx(scale, rel=0.1)


def test_a_head_that_says_nothing_gets_almost_no_weight() -> None:
    margins, truth = drawn(3.0)
    noise = np.random.default_rng(1).normal(size=margins.shape)
    useful, useless = fit_scale([margins, noise], truth).scales
    assert useless < 0.15 < 2.5 < useful


def test_fitted_probabilities_are_calibrated() -> None:
    margins, truth = drawn(3.0)
    chances = fit_scale([margins], truth).probabilities([margins])
    assert expected_calibration_error(chances.max(axis=1), chances.argmax(axis=1) == truth) < 0.03


def test_calibrating_on_nothing_is_refused() -> None:
    with pytest.raises(CalibrationError, match="no held-out text"):
        fit_scale([np.zeros((0, 3))], np.zeros(0, dtype=np.int64))


def test_chance_alone_explains_the_error_of_answers_as_right_as_they_are_sure() -> None:
    rng = np.random.default_rng(3)
    sure = rng.uniform(0.5, 1.0, 900)
    measured = np.mean([expected_calibration_error(sure, rng.random(900) < sure) for _ in range(200)])
    assert calibration_error_by_chance(sure) == pytest.approx(measured, rel=0.05)
    assert calibration_error_by_chance(np.repeat(sure, 16)) < 0.3 * measured
    assert calibration_error_by_chance(np.array([1.0, 1.0])) == 0.0
    assert calibration_error_by_chance(np.array([0.5])) == 0.5
    with pytest.raises(CalibrationError, match="no answer"):
        calibration_error_by_chance(np.zeros(0))


def test_the_error_of_a_worked_example() -> None:
    confidence = np.array([0.9] * 10 + [0.6] * 10)
    right = np.array([True] * 8 + [False] * 2 + [True] * 6 + [False] * 4)
    assert expected_calibration_error(confidence, right, bins=2) == pytest.approx(0.05)
    assert [one.count for one in reliability(confidence, right, bins=2)] == [10, 10]


@given(st.lists(st.lists(st.floats(-50, 50), min_size=3, max_size=3), min_size=1, max_size=5))
def test_probabilities_sum_to_one_and_permute_with_the_labels(rows: list[list[float]]) -> None:
    margins = np.array(rows)
    scale = MarginScale((2.0,))
    assert scale.probabilities([margins]).sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert scale.probabilities([margins[:, ::-1]]) == pytest.approx(scale.probabilities([margins])[:, ::-1])


def mixed(count: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """Truths drawn from a sharp and a flat softmax in turn."""
    rng = np.random.default_rng(3)
    margins = rng.normal(size=(count, 6))
    chances = 0.6 * softmax(6.0 * margins) + 0.4 * softmax(0.9 * margins)
    return margins, (chances.cumsum(axis=1) > rng.random((count, 1))).argmax(axis=1)


def test_a_mixture_fits_what_one_temperature_cannot() -> None:
    margins, truth = mixed()
    right = margins.argmax(axis=1) == truth
    error = {
        fit.__name__: expected_calibration_error(fit([margins], truth).probabilities([margins]).max(axis=1), right)
        for fit in (fit_scale, fit_mixture)
    }
    assert error["fit_mixture"] < 0.7 * error["fit_scale"]


def test_a_mixture_keeps_the_order_of_labels_and_sums_to_one() -> None:
    margins, truth = mixed(200)
    chances = fit_mixture([margins], truth).probabilities([margins])
    assert (chances.argsort(axis=1) == margins.argsort(axis=1)).all()
    assert chances.sum(axis=1) == pytest.approx(np.ones(200))


@pytest.mark.parametrize("grouped", [False, True])
def test_the_slopes_of_the_mixture_are_those_of_its_loss(grouped: bool) -> None:
    margins, truth = mixed(50)
    blocks = [margins, margins[:, ::-1] * 0.3]
    member = membership(np.arange(margins.shape[1]) // (2 if grouped else margins.shape[1]))
    values = np.array([0.4, -0.2, 0.3, -0.7, 0.5][: 5 if grouped else 4])
    _, slopes = _mixture_loss(blocks, truth, member, values)
    for place in range(len(values)):
        step = np.zeros(len(values))
        step[place] = 1e-5
        up, down = (_mixture_loss(blocks, truth, member, values + sign * step)[0] for sign in (1, -1))
        assert slopes[place] == pytest.approx((up - down) / 2e-5, rel=1e-4, abs=1e-8)


def test_answers_are_as_sure_on_average_as_they_are_right() -> None:
    """A twentieth of the labels is wrong at random: likelihood alone makes all but these too sure."""
    rng = np.random.default_rng(5)
    margins, truth = mixed(400)
    truth = np.where(rng.random(len(truth)) < 0.05, rng.integers(0, margins.shape[1], len(truth)), truth)
    chances = fit_mixture([margins], truth).probabilities([margins])
    right = (chances.argmax(axis=1) == truth).mean()
    assert chances.max(axis=1).mean() == pytest.approx(right, abs=0.004)


def test_few_texts_leave_a_scale_where_it_usually_is_and_many_do_not() -> None:
    margins, truth = mixed(3000)
    free = np.log(fit_mixture([margins], truth).scales[0])
    usual = Usual(float(free) + 1.0, 0.1)
    few = np.log(fit_mixture([margins[:10]], truth[:10], usual=[usual]).scales[0])
    many = np.log(fit_mixture([margins], truth, usual=[usual]).scales[0])
    assert abs(few - usual.middle) < 0.3
    assert abs(many - free) < 0.75 * abs(few - free)


def twins(count: int = 2000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Four labels in two groups: the group shows in the margins, which of its two labels is right does not."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, count)
    margins = rng.normal(size=(count, 4)) * 0.3
    margins[np.arange(count), truth] += 1.0
    margins[np.arange(count), truth ^ 1] += 1.0
    return margins, truth


def test_groups_may_be_surer_than_the_labels_inside_them() -> None:
    margins, truth = twins()
    groups = np.array([0, 0, 1, 1])
    asked, right = twins(seed=1)
    group_chances = {
        power: fit.probabilities([asked], groups) @ membership(groups)
        for power, fit in (("one", fit_mixture([margins], truth)), ("own", fit_mixture([margins], truth, groups)))
    }
    found = {
        power: expected_calibration_error(chances.max(axis=1), chances.argmax(axis=1) == groups[right])
        for power, chances in group_chances.items()
    }
    assert found["own"] < 0.5 * found["one"]
    assert found["own"] < 0.01


@given(st.floats(0.4, 20.0), st.integers(0, 5))
def test_a_power_of_groups_keeps_their_order_and_the_shares_inside_them(power: float, seed: int) -> None:
    margins, _ = twins(50, seed)
    groups = np.array([0, 0, 1, 1])
    plain = MarginScale((3.0,)).probabilities([margins], groups)
    raised = MarginScale((3.0,), power=power).probabilities([margins], groups)
    assert raised.sum(axis=1) == pytest.approx(np.ones(50))
    before, after = plain @ membership(groups), raised @ membership(groups)
    assert (before.argmax(axis=1) == after.argmax(axis=1)).all()
    assert raised[:, 0] * before[:, 0] == pytest.approx(plain[:, 0] * after[:, 0], abs=1e-9)


def test_what_is_fitted_to_other_texts_does_not_know_a_text_s_own_label() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 60)
    margins, groups = [rng.normal(size=(60, 3)) + np.eye(3)[truth]], np.array([0, 0, 1])
    before = cross_fitted(margins, truth, groups)
    truth[7] = (truth[7] + 1) % 3
    after = cross_fitted(margins, truth, groups)
    assert np.allclose(before.sum(axis=1), 1.0)
    assert (after[7] == before[7]).all()
    assert (after[8] != before[8]).any()
