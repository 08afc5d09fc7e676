"""The same figures are published once, whatever their last digits are."""

import pytest

from flows.publish import _digest


def content(value: float, **more: object) -> dict[str, object]:
    return {"as_of": "2026-11-01", "index": {"value": value, "n": 400, "reason": None}, "steps": [value, 0.1], **more}


@pytest.mark.parametrize("other", [61.25 + 1e-13, 61.25 - 2e-14])
def test_figures_that_differ_by_the_order_of_rows_are_no_news(other: float) -> None:
    assert _digest("job", content(61.25)) == _digest("job", content(other, as_of="2026-11-02"))


def test_a_rounding_beside_nothing_is_no_news() -> None:
    assert _digest("job", content(0.0)) == _digest("job", content(-3e-14))


@pytest.mark.parametrize("other", [61.2501, 61.26, 60.0])
def test_a_figure_that_moved_is_news(other: float) -> None:
    assert _digest("job", content(61.25)) != _digest("job", content(other))
