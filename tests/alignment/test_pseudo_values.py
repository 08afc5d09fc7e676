from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alignment.pseudo_values import pseudo_values

WINDOW = 7.0
WATCHED = st.tuples(st.integers(0, 12), st.booleans())


def survivors(days: np.ndarray, event: np.ndarray) -> float:
    """The Kaplan-Meier share as scipy computes it."""
    if not event.any():
        return 1.0
    known = stats.CensoredData(uncensored=days[event], right=days[~event])
    return float(stats.ecdf(known).sf.evaluate(WINDOW))


@settings(max_examples=60, deadline=None)
@given(st.lists(WATCHED, min_size=2, max_size=25))
def test_a_pseudo_value_is_what_leaving_the_contact_out_says(contacts: list[tuple[int, bool]]) -> None:
    days, event = (np.array(part) for part in zip(*contacts, strict=True))
    days, count = days.astype(float), len(contacts)
    left_out = [survivors(np.delete(days, i), np.delete(event, i)) for i in range(count)]
    expected = count * survivors(days, event) - (count - 1) * np.array(left_out)
    assert pseudo_values(days, event, window=WINDOW) == pytest.approx(expected, abs=1e-9)


def test_with_closed_windows_it_is_whether_the_matter_ended() -> None:
    days, event = np.array([2.0, 9.0, 30.0, 0.0]), np.array([True, True, False, True])
    assert pseudo_values(days, event, window=WINDOW) == pytest.approx([0, 1, 1, 0])


def test_one_contact_alone_says_nothing() -> None:
    assert np.isnan(pseudo_values(np.array([3.0]), np.array([False]), window=WINDOW)).all()
