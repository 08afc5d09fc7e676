from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alignment.comparison import Span, compare, spans_of, weeks_in
from alignment.fold import fold
from alignment.scorecard import View

MONDAY = date(2026, 1, 5)
WEEKS = [MONDAY + timedelta(weeks=number) for number in range(12)]


def test_without_a_period_the_newer_half_of_the_weeks_stands_against_the_older(as_of) -> None:
    middle, end = MONDAY + timedelta(weeks=6), MONDAY + timedelta(weeks=12)

    assert spans_of(View(as_of), weeks=WEEKS) == (Span(MONDAY, middle), Span(middle, end))
    assert spans_of(View(as_of), weeks=[*WEEKS, end])[1].end == end + timedelta(weeks=1)


def test_a_period_stands_against_as_many_days_just_before_it(as_of) -> None:
    view = View(as_of, date(2026, 2, 10), date(2026, 2, 20))

    assert spans_of(view, weeks=WEEKS)[0] == Span(date(2026, 1, 31), date(2026, 2, 10))
    assert spans_of(replace(view, end=None), weeks=WEEKS)[1].end == WEEKS[-1] + timedelta(weeks=1)


def test_an_earlier_period_that_is_named_is_taken(as_of) -> None:
    before = Span(date(2025, 1, 1), date(2025, 2, 1))

    assert spans_of(View(as_of, date(2026, 2, 10)), weeks=WEEKS, before=before)[0] == before


@pytest.mark.parametrize("weeks", [[], WEEKS[:1]])
def test_one_week_alone_cannot_be_compared(as_of, weeks) -> None:
    assert spans_of(View(as_of), weeks=weeks) is None


def test_a_step_that_got_harder_is_worse_and_the_other_is_not(job, make_world, as_of) -> None:
    world = make_world(3, n=4000, reviews=1600)
    evidence, middle = world.evidence, MONDAY + timedelta(weeks=6)
    frame = evidence.frame.copy()
    hit = (frame["day"] >= middle).to_numpy() & (world.step == 1)
    frame.loc[hit, "effort"] = frame.loc[hit, "effort"].where(frame.loc[hit, "effort"].isna(), 1.0)
    moments = fold(replace(evidence, frame=frame), world.targets)
    spans = spans_of(View(as_of), weeks=weeks_in(moments))

    found = compare(job, moments, spans, view=View(as_of), survey=None, events=None, formula=None)

    assert found.steps["pay"]["effort"].word == found.steps["pay"]["friction"].word == "worse"
    assert found.steps["find"]["effort"].word == "level"
    assert found.index is None and "formula" in found.index_reason
    assert set(found.modes) == {"o1", "o2", "o3", "o4", "o5", "o6"}
