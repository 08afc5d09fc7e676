from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.alerts import Alarm
from alignment.effort import scale_named
from alignment.estimate import Estimate
from alignment.fold import Evidence, fold
from alignment.moments import Moments
from alignment.verdict import difference, judge, kitagawa

AS_OF = datetime(2026, 12, 1, tzinfo=UTC)
WEEKS = [date(2026, 3, 2), date(2026, 6, 1)]
ALARM = Alarm("effort:pay", WEEKS[0], WEEKS[1], date(2026, 6, 8), 1.2)
CELLS = st.dictionaries(
    st.tuples(st.tuples(st.just("channel"), st.sampled_from("abc"))),
    st.tuples(st.floats(0.1, 100), st.floats(1, 7)),
    min_size=1,
)


def mean(cells) -> float:
    return sum(total for _, total in cells.values()) / sum(weight for weight, _ in cells.values())


@given(CELLS, CELLS)
def test_mix_and_within_sum_to_the_change(before, after) -> None:
    sides = [{cell: (weight, weight * value) for cell, (weight, value) in side.items()} for side in (before, after)]
    assert sum(kitagawa(*sides)) == pytest.approx(mean(sides[1]) - mean(sides[0]), abs=1e-9)


def test_the_same_figures_in_another_mix_are_all_mix() -> None:
    chat, phone = (("channel", "chat"),), (("channel", "phone"),)
    before = {chat: (50.0, 300.0), phone: (50.0, 100.0)}
    after = {chat: (20.0, 120.0), phone: (80.0, 160.0)}
    assert kitagawa(before, after) == (pytest.approx(-1.2), pytest.approx(0.0))


def test_a_difference_needs_two_corrected_figures() -> None:
    firm = Estimate(5.0, 4.8, 5.2, 100, 20, "rectified", AS_OF)
    bare = Estimate(4.0, None, None, 100, 0, "uncorrected", AS_OF, "no review corrects it")
    assert difference(firm, bare, as_of=AS_OF).value is None
    found = difference(firm, Estimate(4.0, 3.8, 4.2, 90, 15, "rectified", AS_OF), as_of=AS_OF)
    assert (found.value, found.n, found.reviewed) == (-1.0, 90, 15)
    assert found.low < -1.2 < -0.8 < found.high


def moments(make_world, *, drop: float, misread: float = 0.0, reviewed: bool = True) -> Moments:
    """Two weeks; in the second, effort on `pay` is `drop` lower, or easier contacts are read as `find` so often."""
    found = []
    for week, seed in zip(WEEKS, (1, 2), strict=True):
        world = make_world(seed, n=6000, reviews=1500, right=0.9)
        later = week == WEEKS[1]
        effort = world.effort - drop * (world.step == 1) * later
        frame = world.evidence.frame.assign(day=week, effort=effort)
        probabilities = world.evidence.probabilities.copy()
        if later and misread:
            wrong = (world.step == 1) & (effort > 4) & (np.random.default_rng(3).random(len(frame)) < misread)
            probabilities[wrong] = probabilities[world.step == 0][0]
        weight = world.evidence.weight * reviewed
        response = np.isfinite(effort).astype(float)
        found.append(fold(Evidence(frame, probabilities, world.evidence.truth, weight, response), world.targets))
    return found[0] + found[1]


def verdict(make_world, **world):
    corrected = moments(make_world, **world)
    tagged = moments(make_world, **{**world, "reviewed": False})
    scale = scale_named("ces2-7")
    return judge(ALARM, step="pay", measure="effort", tagged=tagged, corrected=corrected, scale=scale, as_of=AS_OF)


def test_a_real_drop_is_confirmed_by_reviews(make_world) -> None:
    found = verdict(make_world, drop=1.0)
    assert found.kind == "real"
    assert found.change.low < -1.0 < found.change.high
    assert found.seen == pytest.approx(found.mix + found.within)
    assert "confirmed by reviews" in found.sentence


def test_a_tagger_that_loses_easy_contacts_is_not_taken_for_the_world(make_world) -> None:
    found = verdict(make_world, drop=0.0, misread=0.9)
    assert found.kind == "measurement"
    assert "look at the tagger" in found.sentence


def test_without_reviews_nothing_is_settled(make_world) -> None:
    found = verdict(make_world, drop=1.0, reviewed=False)
    assert (found.kind, found.change.value) == ("open", None)
