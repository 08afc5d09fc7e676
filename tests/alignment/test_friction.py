from __future__ import annotations

import pytest

from alignment.estimate import Estimate
from alignment.friction import burden, friction, norm
from taxonomy.model import FrictionRule, Goalposts


def given(value: float, low: float | None, high: float | None, as_of, method: str = "rectified") -> Estimate:
    return Estimate(value, low, high, 100, 40, method, as_of)  # type: ignore[arg-type]


@pytest.fixture
def parts(as_of) -> dict[str, Estimate]:
    return {
        "effort": given(5.5, 5.2, 5.8, as_of),
        "fcr": given(0.8, 0.7, 0.9, as_of),
        "transfers": given(0.5, 0.4, 0.6, as_of),
        "time": given(12.0, 9.0, 15.0, as_of),
    }


def test_norm_counts_from_the_worst_end_and_stays_between_0_and_1():
    assert norm(15, Goalposts(30, 0)) == 0.5
    assert norm(40, Goalposts(30, 0)) == 0
    assert norm(7, Goalposts(1, 7)) == 1


def test_friction_is_the_weighted_distance_to_the_best_goalposts(parts, as_of):
    # norms: effort 4.5/6 = .75, fcr .8, transfers .75, time .6; attained .4x.75+.4x.8+.1x.75+.1x.6 = .755
    assert friction(parts, FrictionRule(), as_of=as_of).value == pytest.approx(24.5)


def test_its_interval_joins_the_ends_of_its_parts(parts, as_of):
    figure = friction(parts, FrictionRule(), as_of=as_of)
    # best ends: effort 4.8/6, fcr .9, transfers .8, time .7 -> .32 + .36 + .08 + .07 = .83
    assert figure.low == pytest.approx(17.0)
    assert figure.high == pytest.approx(100 * (1 - (0.4 * 0.7 + 0.4 * 0.7 + 0.1 * 0.7 + 0.1 * 0.5)))


def test_a_missing_measure_makes_friction_missing_and_is_named(parts, as_of):
    parts["fcr"] = Estimate.missing("not enough evidence: no customers", as_of=as_of)
    figure = friction(parts, FrictionRule(), as_of=as_of)
    assert figure.value is None
    assert figure.reason == "not enough evidence: friction needs fcr (no customers)"


def test_a_measure_without_weight_is_not_needed(parts, as_of):
    rule = FrictionRule(weights={"effort": 0.5, "fcr": 0.5, "time": 0.0})
    del parts["time"], parts["transfers"]
    assert friction(parts, rule, as_of=as_of).value == pytest.approx(22.5)


def test_one_uncorrected_part_takes_the_interval_away(parts, as_of):
    parts["time"] = given(12.0, None, None, as_of, "uncorrected")
    figure = friction(parts, FrictionRule(), as_of=as_of)
    assert (figure.value, figure.low, figure.method) == (pytest.approx(24.5), None, "uncorrected")
    assert "time" in figure.reason


def test_burden_weighs_friction_with_the_share_among_contacts_that_fit(parts, as_of):
    points = friction(parts, FrictionRule(), as_of=as_of)
    figure = burden(points, given(0.2, 0.15, 0.25, as_of), given(0.2, 0.1, 0.3, as_of))
    assert figure.value == pytest.approx(24.5 * 0.25)
    assert figure.low < figure.value < figure.high


def test_burden_without_friction_is_missing_for_the_same_reason(as_of):
    missing = Estimate.missing("not enough evidence: x", as_of=as_of)
    share = given(0.2, 0.1, 0.3, as_of)
    assert burden(missing, share, share).reason == "not enough evidence: x"
