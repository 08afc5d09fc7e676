from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from alignment.heart import attempts, heart, task_success
from alignment.scorecard import View

START = datetime(2026, 3, 1, tzinfo=UTC)


def events(*rows: tuple[str | None, float, str, bool | None], step: str = "pay") -> pd.DataFrame:
    """(customer, hour, type, success)."""
    return pd.DataFrame(
        [
            {
                "event_id": f"e{i}",
                "customer": customer,
                "at": START + timedelta(hours=hour),
                "step": step,
                "type": kind,
                "success": success,
                "segment.tier": "gold" if customer == "u" else "free",
            }
            for i, (customer, hour, kind, success) in enumerate(rows)
        ]
    )


def many(successes: int, size: int) -> pd.DataFrame:
    rows = [(f"u{i}", 0.0, "start", None) for i in range(size)]
    rows += [(f"u{i}", 1.0, "complete", i < successes) for i in range(size)]
    return events(*rows)


def test_a_completion_belongs_to_the_latest_start_before_it(as_of):
    table = attempts(
        events(("u", 0, "start", None), ("u", 2, "start", None), ("u", 3, "complete", True)), view=View(as_of)
    )
    assert table["success"].tolist() == [False, True]


def test_completions_without_a_start_or_a_customer_are_left_out(as_of):
    rows = (("u", 0, "complete", True), ("u", 1, "start", None), (None, 2, "start", None), (None, 3, "complete", True))
    table = attempts(events(*rows), view=View(as_of))
    assert table["success"].tolist() == [False]


def test_only_a_verified_completion_is_a_success(as_of):
    rows = (("u", 0, "start", None), ("u", 1, "complete", None), ("v", 0, "start", None), ("v", 1, "complete", False))
    assert attempts(events(*rows), view=View(as_of))["success"].tolist() == [False, False]


def test_an_instant_completion_and_a_repeated_event_count_once(as_of):
    both = events(("u", 0, "complete", True), ("u", 0, "start", None))
    table = attempts(pd.concat([both, both]), view=View(as_of))
    assert table["success"].tolist() == [True]


def test_task_success_is_a_share_of_starts_with_wilsons_interval(job, as_of):
    table = attempts(many(15, 20), view=View(as_of))
    figure = task_success(job, table, view=View(as_of))["pay"]
    assert (figure.value, figure.n, figure.method) == (0.75, 20, "events")
    assert figure.low == pytest.approx(0.5313, abs=1e-4)
    assert figure.high == pytest.approx(0.8881, abs=1e-4)


def test_too_few_starts_or_none_have_no_task_success(job, as_of):
    view = View(as_of)
    few = task_success(job, attempts(many(3, 4), view=view), view=view)
    assert few["pay"].reason == "not enough evidence: 4 starts of this step, 10 are needed"
    assert task_success(job, None, view=view)["pay"].reason.startswith("not enough evidence: no product event")


def test_starts_are_those_of_the_period_and_of_the_segment(job, as_of):
    march = View(as_of, date(2026, 3, 1), date(2026, 4, 1))
    april = View(as_of, date(2026, 4, 1), date(2026, 5, 1))
    table = attempts(many(15, 20), view=march)
    assert task_success(job, table, view=march)["pay"].n == 20
    assert task_success(job, table, view=april)["pay"].n == 0
    assert attempts(many(15, 20), view=View(as_of, filters={"segment.tier": "gold"})).empty


def test_the_other_ratios_of_a_step(as_of):
    rows = [(f"u{i}", 0.0, "start", None) for i in range(12)]
    rows += [(f"u{i}", 0.5, "confident", None) for i in range(12)] + [("u0", 0.2, "error", None)]
    table = attempts(
        pd.concat([events(*rows), events(("w", 0, "start", None), step="find")]).assign(
            event_id=lambda frame: range(len(frame))
        ),
        view=View(as_of),
    )
    figures = heart(table, "pay", as_of=as_of)
    assert figures.error_rate.value == pytest.approx(1 / 12)
    assert figures.minutes_to_confident.value == 30
    assert figures.engagement.value == 1
    assert figures.adoption.value == pytest.approx(12 / 13)
