from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from alignment.estimate import Estimate
from alignment.exposure import with_exposure
from alignment.scorecard import StepFigures, View

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
VOLUME = Estimate(40.0, 30.0, 50.0, 400, 60, "rectified", AS_OF)


def steps(volume: Estimate = VOLUME) -> list[StepFigures]:
    return [StepFigures("pay", volume, *[VOLUME] * 9)]


def events(customers: int, *, day: int = 10) -> pd.DataFrame:
    """Two events of each customer on one step."""
    rows = [(f"u{i}", datetime(2026, 6, day, tzinfo=UTC), "pay", "gold") for i in range(customers)] * 2
    return pd.DataFrame(rows, columns=["customer", "at", "step", "segment.tier"])


def test_contacts_are_divided_by_customers_with_an_event_each_counted_once() -> None:
    (found,) = with_exposure(steps(), events(20), view=View(AS_OF))
    assert found.exposure is not None
    assert (found.exposure.value, found.exposure.low, found.exposure.high) == pytest.approx((2.0, 1.5, 2.5))
    assert found.exposure.reason == "20 active customers"


@pytest.mark.parametrize(
    ("given", "view"),
    [
        (None, View(AS_OF)),
        (events(9), View(AS_OF)),
        (events(20), View(AS_OF, date(2026, 6, 11))),
        (events(20), View(AS_OF, None, date(2026, 6, 10))),
        (events(20), View(AS_OF, filters={"segment.tier": "standard"})),
    ],
)
def test_without_a_base_in_the_view_the_reason_says_so(given, view) -> None:
    (found,) = with_exposure(steps(), given, view=view)
    assert found.exposure is not None
    assert found.exposure.value is None
    assert "10 are needed" in found.exposure.reason


def test_a_count_of_contacts_that_is_missing_stays_missing() -> None:
    unknown = Estimate.missing("not enough evidence: thin", as_of=AS_OF)
    (found,) = with_exposure(steps(unknown), events(20), view=View(AS_OF))
    assert found.exposure == unknown
