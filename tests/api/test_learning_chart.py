from __future__ import annotations

from xml.etree import ElementTree

from api.learning_chart import learning_chart

POINTS = [
    {"reviews": 60, "taught": 31, "accuracy": 0.61, "low": 0.5, "high": 0.71, "half_width": None},
    {"reviews": 240, "taught": 118, "accuracy": 0.72, "low": 0.63, "high": 0.8, "half_width": 0.041},
    {"reviews": 480, "taught": 250, "accuracy": 0.81, "low": 0.74, "high": 0.87, "half_width": 0.026},
]


def test_the_drawing_is_one_image_that_says_what_it_shows() -> None:
    root = ElementTree.fromstring(str(learning_chart(POINTS)))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Step accuracy after 480 reviews: 81.0 % (74.0 % to 87.0 %)"


def test_every_known_point_is_drawn_once_in_each_panel() -> None:
    drawn = str(learning_chart(POINTS))
    assert drawn.count("<circle") == 3 + 2
    assert "+-2.6 points after 480 reviews" in drawn


def test_without_widths_there_is_one_panel() -> None:
    drawn = str(learning_chart([{**point, "half_width": None} for point in POINTS]))
    assert drawn.count("<circle") == 3
    assert "half the interval" not in drawn


def test_nothing_in_it_needs_a_style_that_the_content_policy_would_refuse() -> None:
    assert "style=" not in str(learning_chart(POINTS))
