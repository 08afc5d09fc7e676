"""Changes in words, digits and shapes, and the sentence about the index."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alignment.change import IndexChange
from alignment.comparison import Comparison, Span
from alignment.decomposition import Contribution, Decomposition
from alignment.differences import Change, change
from alignment.estimate import Estimate
from alignment.scorecard import AlignmentIndex
from api.change_chart import change_row, signed, signed_interval, told
from api.figures import FRICTION, SHARE
from api.index_sentence import index_movement, period

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SPANS = (Span(date(2026, 5, 4), date(2026, 8, 3)), Span(date(2026, 8, 3), date(2026, 11, 2)))


def est(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half, 400, 80, "rectified", NOW)


def drawn(before: float, after: float, *, half: float = 2.0) -> str:
    found = change(est(before, half), est(after, half), better="down", as_of=NOW)
    return str(change_row(found.after, FRICTION, name="Friction", top=60.0, change=found))


@pytest.mark.parametrize(
    ("before", "after", "word", "arrow", "shape"),
    [(30, 40, "worse", "▲", "M0,-7"), (40, 30, "better", "▼", "M0,7"), (30, 31, "no clear change", "", "M-5.5")],
)
def test_a_change_has_a_word_an_arrow_and_a_shape_of_its_own(before, after, word, arrow, shape):
    said = told(change(est(before, 2), est(after, 2), better="down", as_of=NOW), FRICTION)
    row = drawn(before, after)

    assert (said.text, said.arrow) == (word, arrow)
    assert f'd="{shape}' in row
    assert f"; {word}, " in re.search(r'aria-label="([^"]+)"', row).group(1)


def test_an_end_that_rounds_to_zero_gets_another_digit_so_that_its_side_is_seen():
    found = Estimate(2.1, -0.49, 4.77, 400, 80, "composite", NOW)

    assert signed(found, FRICTION) == "+2"
    assert signed_interval(found, FRICTION) == "−0.5 to +4.8"


def test_shares_differ_by_points():
    found = Estimate(-0.06, -0.11, -0.01, 400, 80, "rectified", NOW)

    assert signed(found, SHARE) == "−6 points"
    assert signed_interval(found, SHARE) == "−11 to −1 points"


def test_without_an_interval_nothing_is_said_but_why():
    bare = Estimate(3.0, None, None, 9, 0, "uncorrected", NOW, "no review corrects it")
    said = told(change(bare, est(3, 1), better="down", as_of=NOW), FRICTION)

    assert (said.text, said.interval) == ("not known", "")
    assert "no review corrects it" in said.reason


def test_the_earlier_period_is_drawn_above_where_both_are_asked_for():
    found = change(est(30, 2), est(40, 2), better="down", as_of=NOW)
    row = change_row(found.after, FRICTION, name="Friction", top=60.0, change=found, pair=True)

    assert str(row).count("earlier") == 2
    assert "earlier" not in drawn(30, 40)


def test_a_period_names_its_last_day_and_its_year_once():
    assert period(SPANS[0]) == "4 May–2 Aug 2026"
    assert period(Span(date(2025, 12, 1), date(2026, 3, 1))) == "1 Dec 2025–28 Feb 2026"
    assert period(Span(None, date(2026, 3, 1))) == "everything up to 28 Feb 2026"
    assert period(Span(date(2026, 3, 1), None)) == "1 Mar 2026 and since"


def compared(card, difference: Estimate, *, agreeing: float = 1.0) -> Comparison:
    side: AlignmentIndex = replace(card.index, published=True)
    total = difference.value or 0.0
    parts = Decomposition(
        total,
        {"opportunity": 0.0, "task_success": total, "service": 0.0},
        (Contribution("task_success:track-delivery", "task_success", total, 0.0, clipped=False),),
    )
    index = IndexChange(side, side, difference, agreeing, parts)
    return Comparison(SPANS[0], SPANS[1], {}, {}, {}, index, None)


@pytest.mark.parametrize(
    ("difference", "agreeing", "direction", "words"),
    [
        (est(4, 1), 1.0, "up", "Up 4.0 points from 4 May–2 Aug 2026 to 3 Aug–1 Nov 2026, more than chance"),
        (est(-4, 1), 1.0, "down", "Down 4.0 points"),
        (est(1, 3), 1.0, "level", "No movement beyond chance"),
        (est(4, 1), 0.6, "level", "other reasonable weights of its parts would say otherwise"),
    ],
)
def test_one_sentence_says_whether_the_index_moved_and_what_pulled(scorecard, difference, agreeing, direction, words):
    found = index_movement(scorecard.job, compared(scorecard, difference, agreeing=agreeing), None)

    assert found.direction == direction
    assert words in found.sentence
    assert "The strongest pull came from task success" in found.sentence
    assert "success of “Track the delivery”" in found.sentence


def test_what_cannot_be_compared_is_said_to_be_so(scorecard):
    assert "nothing is tagged yet" in index_movement(scorecard.job, None, "nothing is tagged yet").sentence


def test_a_change_without_a_verdict_is_not_coloured(scorecard):
    unknown = Change(est(3, 1), est(3, 1), Estimate.missing("why", as_of=NOW), "unknown")

    assert "change-unknown" in str(change_row(est(3, 1), FRICTION, name="F", top=60.0, change=unknown))
