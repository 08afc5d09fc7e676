from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.estimate import Estimate
from alignment.experiments import Arm, Experiment, ExperimentError, arm_of, blocked, compared, sizes_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ARMS = (Arm("old"), Arm("new"))
ONE = Experiment("map", "Map", "track", ARMS, date(2026, 5, 1), None, "customer", None, "task_success", NOW, "ann")


def rate(value: float) -> Estimate:
    return Estimate(value, value - 0.03, value + 0.03, 1000, 0, "events", NOW)


def test_a_customer_stays_in_their_arm_and_arms_have_their_shares():
    arms = (Arm("old", 3), Arm("new", 1))
    drawn = [arm_of("map", f"u{n}", arms) for n in range(8000)]

    assert drawn == [arm_of("map", f"u{n}", arms) for n in range(8000)]
    assert Counter(drawn)["new"] / 8000 == pytest.approx(0.25, abs=0.02)


def test_two_experiments_draw_apart():
    both = Counter((arm_of("one", f"u{n}", ARMS), arm_of("two", f"u{n}", ARMS)) for n in range(8000))

    assert min(both.values()) / 8000 == pytest.approx(0.25, abs=0.02)


def test_sizes_that_chance_does_not_give_block_the_read_out():
    sizes = sizes_of(ARMS, {"old": 1000, "new": 1200})
    closed = blocked(sizes, {"old": {"fcr": rate(0.7)}, "new": {"fcr": rate(0.8)}}, as_of=NOW)

    assert sizes.mismatch
    assert closed["new"]["fcr"].value is None
    assert "not comparable" in str(closed["new"]["fcr"].reason)


def test_even_sizes_and_small_ones_do_not_block():
    assert not sizes_of(ARMS, {"old": 1000, "new": 1040}).mismatch
    assert sizes_of(ARMS, {"old": 2, "new": 7}).chance is None


def test_a_difference_has_an_interval_that_joins_both():
    found = compared(ARMS, {"old": {"fcr": rate(0.7)}, "new": {"fcr": rate(0.8)}}, as_of=NOW)

    assert [(one.measure, one.arm) for one in found] == [("fcr", "new")]
    difference = found[0].difference
    assert difference.value == pytest.approx(0.1)
    assert difference.low == pytest.approx(0.1 - 0.03 * 2**0.5)
    assert difference.high == pytest.approx(0.1 + 0.03 * 2**0.5)


@given(st.integers(8, 10**6), st.integers(8, 10**6))
def test_the_chance_of_sizes_is_one(old, new):
    chance = sizes_of(ARMS, {"old": old, "new": new}).chance

    assert chance is not None
    assert 0 <= chance <= 1


@pytest.mark.parametrize(
    "change",
    [
        {"arms": (Arm("old"),)},
        {"arms": (Arm("old"), Arm("old"))},
        {"arms": (Arm("old"), Arm("new", 0))},
        {"by": "field"},
        {"segment": "variant"},
        {"end": date(2026, 5, 1)},
    ],
)
def test_an_experiment_that_cannot_be_read_out_is_refused(change):
    with pytest.raises(ExperimentError):
        replace(ONE, **change)
