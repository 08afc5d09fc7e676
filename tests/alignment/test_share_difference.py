from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alignment.intervals import share_difference


def test_the_difference_of_two_shares_has_newcombes_interval() -> None:
    """56 of 70 against 48 of 80: 0.2, from 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    found = share_difference((56, 70), (48, 80))
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)


@given(st.integers(1, 200), st.integers(1, 200), st.floats(0, 1), st.floats(0, 1))
def test_the_interval_holds_the_difference_and_turns_with_it(one: int, other: int, p: float, q: float) -> None:
    first, second = (round(p * one), one), (round(q * other), other)
    found, turned = share_difference(first, second), share_difference(second, first)
    assert -1 - 1e-9 <= found.low <= found.value <= found.high <= 1 + 1e-9
    assert abs(found.low + turned.high) < 1e-12
