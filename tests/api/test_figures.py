from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.estimate import Estimate
from alignment.scorecard import TrendPoint
from api import charts
from api.address import Asked, BadFilterError, Links, asked
from api.figures import COUNT, EFFORT, FRICTION, SHARE, figure
from api.movement import movement

NOW = datetime(2026, 10, 31, tzinfo=UTC)


def est(value, half=None, *, method="rectified"):
    low, high = (None, None) if half is None else (value - half, value + half)
    return Estimate(value, low, high, 100, 10, method, NOW)


@pytest.mark.parametrize(
    ("estimate", "scale", "text", "interval"),
    [
        (est(41.234, 4.2), FRICTION, "41", "37–45"),
        (est(41.234, 0.42), FRICTION, "41.2", "40.8–41.7"),
        (est(0.9423, 0.03), SHARE, "94%", "91–97%"),
        (est(0.9423, 0.003), SHARE, "94.2%", "93.9–94.5%"),
        (est(3.456, 0.2), EFFORT, "3.5", "3.3–3.7"),
        (est(12345.6, 400), COUNT, "12\u202f346", "11\u202f946–12\u202f746"),
        (est(5.26, method="uncorrected"), EFFORT, "5.3", ""),
        (est(-0.04, 4), FRICTION, "0", "−4–4"),
    ],
)
def test_a_figure_shows_no_more_digits_than_its_interval_allows(estimate, scale, text, interval):
    shown = figure(estimate, scale)

    assert (shown.text, shown.interval) == (text, interval)


def test_a_missing_figure_is_its_reason_without_saying_so_twice():
    shown = figure(Estimate.missing("not enough evidence: only 6 contacts.", as_of=NOW), FRICTION)

    assert (shown.text, shown.reason, shown.state) == ("", "only 6 contacts", "missing")


@given(st.floats(-50, 150), st.floats(0.001, 60))
def test_a_mark_never_leaves_its_drawing(value, half):
    svg = charts.interval_row(est(value, half), FRICTION, name="x", low=0, high=100)
    places = [float(part.split("%")[0]) for part in svg.replace("cx=", "x1=").split('x1="')[1:]]

    assert all(0 <= place <= 100 for place in places)


@given(st.lists(st.floats(0.1, 100), min_size=1))
def test_an_axis_holds_every_value_and_has_round_labels(values):
    top = charts.round_ceiling(values, at_most=100.0)
    step = top / charts.tick_count(top)

    assert top >= max(values) - 1e-6
    assert f"{step:.3g}".rstrip("0").replace(".", "").lstrip("0") in {"1", "2", "25", "5", "125", "15"}


def test_a_name_cannot_break_out_of_a_drawing():
    svg = charts.bar_row(est(0.5, 0.1), SHARE, name='"><script>')

    assert "<script>" not in svg


def points(values, half):
    start = date(2026, 5, 4)
    return [
        TrendPoint(
            start + timedelta(weeks=i), Estimate.missing("thin", as_of=NOW) if value is None else est(value, half)
        )
        for i, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "half", "direction"),
    [
        ([50, 51, 52, 53, 54, 60], 2, "up"),
        ([60, 58, 57, 56, 55, 50], 2, "down"),
        ([50, 51, 52, 53, 54, 52], 5, "level"),
        ([50, 51, 60], 1, "unknown"),
        ([50, None, None, None, None, None], 1, "unknown"),
        ([50, 51, 52, 53, 54, 90], None, "unknown"),
    ],
)
def test_a_trend_moved_only_where_chance_does_not_explain_it(values, half, direction):
    found = movement(points(values, half), name="the index")

    assert found.direction == direction
    assert found.sentence.endswith(".")


def test_a_gap_in_a_trend_breaks_the_line():
    svg = charts.trend(points([50, 51, None, 52, 53], 2), FRICTION, name="x")

    assert svg.count('class="line"') == 2


def test_an_address_gives_its_view_back():
    known = asked(
        [("from", "2026-05-01"), ("to", "2026-06-01"), ("channel", "chat"), ("segment.tier", "")],
        names=("channel", "segment.tier"),
    )

    assert known == Asked(date(2026, 5, 1), date(2026, 6, 1), {"channel": "chat"})
    assert Links("a/b", known).step("x y") == "/jobs/a%2Fb/steps/x%20y?from=2026-05-01&to=2026-06-01&channel=chat"


def test_an_as_of_with_an_unescaped_plus_is_understood():
    known = asked([("as_of", "2026-05-01T09:00:00 02:00")], names=())

    assert known.as_of == datetime(2026, 5, 1, 7, tzinfo=UTC)


def test_a_parameter_of_another_route_is_refused():
    with pytest.raises(BadFilterError, match="cursor"):
        asked([("cursor", "x")], names=("channel",))
