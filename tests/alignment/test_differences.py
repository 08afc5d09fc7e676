from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alignment.differences import Change, chance, change, difference, settled
from alignment.estimate import Estimate
from alignment.intervals import Z, share_difference, wilson_interval

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def est(value: float, below: float, above: float) -> Estimate:
    return Estimate(value, value - below, value + above, 100, 40, "rectified", NOW)


def test_two_shares_differ_as_newcombe_has_it() -> None:
    """56 of 70 against 48 of 80, from Wilson's limits (Newcombe 1998, table II, method 10)."""
    sides = [wilson_interval(hits, size) for hits, size in ((48, 80), (56, 70))]
    figures = [Estimate(one.value, one.low, one.high, 1, 1, "events", NOW) for one in sides]

    found, known = difference(*figures, as_of=NOW), share_difference((56, 70), (48, 80))

    assert (found.value, found.low, found.high) == (known.value, known.low, known.high)


@given(st.floats(-50, 50), st.floats(-50, 50), *[st.floats(0.01, 20)] * 4)
def test_a_difference_turns_with_its_periods(one: float, two: float, a: float, b: float, c: float, d: float) -> None:
    first, second = est(one, a, b), est(two, c, d)
    there, back = difference(first, second, as_of=NOW), difference(second, first, as_of=NOW)

    assert there.low <= there.value <= there.high
    assert abs(there.low + back.high) < 1e-9


def test_a_change_says_which_way_is_better() -> None:
    fell = est(40, 3, 3), est(30, 3, 3)

    assert change(*fell, better="down", as_of=NOW).word == "better"
    assert change(*fell, better="up", as_of=NOW).word == "worse"
    assert change(*fell, better=None, as_of=NOW).word == "fewer"
    assert change(est(40, 30, 30), est(30, 3, 3), better="down", as_of=NOW).word == "level"


def test_a_figure_without_an_interval_makes_the_change_unknown_and_says_why() -> None:
    bare = Estimate(3.0, None, None, 9, 0, "uncorrected", NOW, "no reviewed contact corrects it")
    found = change(bare, est(30, 3, 3), better="down", as_of=NOW)

    assert found.word == "unknown"
    assert found.difference.value is None
    assert "no reviewed contact corrects it" in (found.difference.reason or "")


def test_an_interval_that_just_excludes_zero_has_a_chance_of_one_in_twenty() -> None:
    assert abs(chance(est(Z, Z, Z)) - 0.05) < 1e-12


def test_where_nothing_changed_few_looks_find_a_change() -> None:
    """With 20 figures a plain 95 % rule finds something in 64 % of looks, the settled one in about 5 %."""
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(400):
        looks = {
            str(i): change(est(0, Z, Z), est(float(x), Z, Z), better="up", as_of=NOW)
            for i, x in enumerate(rng.normal(0, np.sqrt(2), 20))
        }
        found += any(one.word != "level" for one in settled(looks).values())

    assert found / 400 < 0.09


def test_a_clear_change_among_many_stays() -> None:
    looks: dict[str, Change] = {str(i): change(est(0, 1, 1), est(0.5, 1, 1), better="up", as_of=NOW) for i in range(12)}
    looks["clear"] = change(est(0, 1, 1), est(9, 1, 1), better="up", as_of=NOW)

    assert [name for name, one in settled(looks).items() if one.word == "better"] == ["clear"]
