from xml.etree import ElementTree

from evals.bench.drawing import Axis, Series, line_chart, percent_axis

X = Axis("labels", 0.0, 1.0, [(0.0, "none"), (1.0, "all")])
Y = percent_axis("right", low=0.5, high=1.0)


def test_a_chart_is_whole_svg_with_title_axes_and_key() -> None:
    drawn = ElementTree.fromstring(line_chart("A & B", [Series("ours <x>", [(0.0, 0.6), (1.0, 0.9)])], x=X, y=Y))
    words = [text.text for text in drawn.iter() if text.tag.endswith("text")]
    assert {"A & B", "ours <x>", "labels", "right", "none", "50 %", "100 %"} <= set(words)


def test_points_stand_inside_the_frame_even_if_they_lie_outside_the_axis() -> None:
    chart = line_chart("t", [Series("a", [(-5.0, 9.0), (5.0, -9.0)], [(-9.0, 9.0), (0.5, 0.6)])], x=X, y=Y)
    drawn = ElementTree.fromstring(chart)
    for mark in (mark for mark in drawn.iter() if mark.tag.endswith("circle")):
        assert 0 < float(mark.attrib["cx"]) < 640
        assert 0 < float(mark.attrib["cy"]) < 400


def test_every_series_has_a_colour() -> None:
    assert line_chart("t", [Series(str(n), [(0.0, 0.6)], look=n) for n in range(12)], x=X, y=Y).count("<circle") == 12
