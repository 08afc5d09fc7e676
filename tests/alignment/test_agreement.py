from __future__ import annotations

from datetime import UTC, datetime

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.agreement import ac1_of, agreement, alpha_of

AS_OF = datetime(2026, 11, 2, tzinfo=UTC)


def pairs(agree: int, differ: int) -> list[tuple[str, str]]:
    half = agree // 2
    return [("a", "a")] * half + [("b", "b")] * (agree - half) + [("a", "b")] * differ


def test_alpha_is_that_of_the_worked_example() -> None:
    """Krippendorff 2011, two observers, binary data: ten units, six agreements; alpha 0.095."""
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    counts = np.array([[(x == k) + (y == k) for k in (0, 1)] for x, y in zip(first, second, strict=True)])
    assert alpha_of(counts) == pytest.approx(0.095, abs=0.001)


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=30))
def test_alpha_is_that_of_the_library_of_the_same_name(rows: list[list[int]]) -> None:
    counts = np.array(rows, dtype=np.int64)
    found = alpha_of(counts)
    if found is not None:
        theirs = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
        assert found == pytest.approx(theirs, abs=1e-9)


def test_ac1_is_that_of_a_hand_worked_example() -> None:
    """90 of 100 agree, one label has a share of 0.05: chance 2 * 0.05 * 0.95 = 0.095, (0.9 - 0.095) / 0.905."""
    counts = np.array([[2, 0]] * 90 + [[1, 1]] * 10)
    assert ac1_of(counts) == pytest.approx((0.9 - 0.095) / 0.905)


def test_readers_who_always_agree_have_an_alpha_of_one() -> None:
    everything, *steps = agreement(pairs(40, 0), ["a", "b"], as_of=AS_OF)
    assert everything.step is None
    assert (everything.share.value, everything.alpha.value) == (1.0, 1.0)
    assert [row.step for row in steps] == ["a", "b"]


def test_the_interval_holds_the_value_and_narrows_with_more_contacts() -> None:
    small = agreement(pairs(32, 8), ["a", "b"], as_of=AS_OF)[0].alpha
    large = agreement(pairs(320, 80), ["a", "b"], as_of=AS_OF)[0].alpha
    assert small.low <= small.value <= small.high
    assert large.high - large.low < small.high - small.low


def test_the_interval_holds_the_alpha_of_the_readers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)

    def sample(count: int) -> list[tuple[str, str]]:
        truth = rng.integers(0, 2, count)
        said = [np.where(rng.random(count) < 0.8, truth, 1 - truth) for _ in range(2)]
        return [(str(x), str(y)) for x, y in zip(*said, strict=True)]

    # each is right 8 times in 10: they agree in 0.68, by chance in 0.5
    found = [agreement(sample(100), [], as_of=AS_OF)[0].alpha for _ in range(30)]
    assert sum(one.low <= 0.36 <= one.high for one in found) >= 25


def test_a_rare_step_carries_ac1_beside_alpha() -> None:
    rare = [("a", "a")] * 480 + [("b", "b")] * 8 + [("a", "b")] * 4
    _, common, scarce = agreement(rare, ["a", "b"], as_of=AS_OF)
    assert common.ac1 is None
    assert scarce.ac1 is not None
    assert scarce.ac1.value > scarce.alpha.value


def test_too_few_contacts_give_a_reason_and_no_number() -> None:
    everything = agreement(pairs(6, 1), ["a", "b"], as_of=AS_OF)[0]
    assert everything.alpha.value is None
    assert "only 7 contacts were read twice" in everything.alpha.reason
    assert agreement([], ["a"], as_of=AS_OF)[0].readings == 0


def test_the_order_of_the_labels_changes_nothing() -> None:
    said = pairs(30, 9)
    by_step = [{row.step: row.alpha.value for row in agreement(said, order, as_of=AS_OF)} for order in ("ab", "ba")]
    assert by_step[0] == by_step[1]
