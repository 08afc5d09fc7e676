from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from alignment.change import index_change
from alignment.composite import IndexInputs
from alignment.estimate import Estimate
from alignment.formula import IndexFormula, OutcomeGoal
from alignment.index import alignment_index
from taxonomy.model import Goalposts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
MODE = ("pay", "o1")
FORMULA = IndexFormula(
    job="shop",
    job_version="1",
    weights={"opportunity": 0.4, "task_success": 0.3, "service": 0.3},
    aggregation="arithmetic",
    floor=False,
    outcomes=(OutcomeGoal("o1", 12.0, 10.0),),
    step_weights={"pay": 1.0},
    modes=(MODE,),
    goalposts={"task_success": Goalposts(0.5, 1.0), "effort": Goalposts(1, 7), "fcr": Goalposts(0.4, 1.0)},
)


def estimate(value: float, width: float) -> Estimate:
    return Estimate(value, value - width, value + width, 500, 100, "rectified", NOW)


def side(effort: float, *, width: float = 0.3, deviation: np.ndarray | None = None) -> IndexInputs:
    return IndexInputs(
        opportunity={"o1": estimate(11.5, 0.4)},
        task_success={"pay": estimate(0.8, 0.03)},
        effort={MODE: estimate(effort, width)},
        fcr={MODE: estimate(0.7, 0.02)},
        deviations={} if deviation is None else {"effort:pay/o1": deviation, "fcr:pay/o1": deviation[::-1].copy()},
    )


def both(inputs: IndexInputs) -> tuple:
    return inputs, alignment_index(FORMULA, inputs, as_of=NOW)


def test_the_same_evidence_twice_is_no_move() -> None:
    found = index_change(FORMULA, both(side(4.0)), both(side(4.0)))
    assert found.difference.value == 0
    assert not found.moved


def test_a_large_change_is_a_move_and_its_parts_sum_to_it() -> None:
    found = index_change(FORMULA, both(side(3.0)), both(side(6.0)))
    assert found.moved
    assert sum(part.points for part in found.parts.contributions) == pytest.approx(found.difference.value)


def test_a_change_within_its_own_error_is_no_move() -> None:
    rng = np.random.default_rng(0)
    before = side(4.0, width=2.0, deviation=rng.normal(size=100))
    after = side(4.5, width=2.0, deviation=rng.normal(size=100))
    found = index_change(FORMULA, both(before), both(after))
    assert found.difference.low is not None
    assert found.difference.low < 0 < found.difference.high
    assert not found.moved


def test_views_that_share_their_customers_differ_by_less_than_independent_ones() -> None:
    rng = np.random.default_rng(1)
    shared, other = rng.normal(size=100), rng.normal(size=100)
    width = {}
    for name, deviation in (("shared", shared), ("apart", other)):
        found = index_change(
            FORMULA, both(side(4.0, width=1.0, deviation=shared)), both(side(4.2, width=1.0, deviation=deviation))
        )
        assert found.difference.low is not None
        width[name] = found.difference.high - found.difference.low
    assert width["shared"] < 0.5 * width["apart"]
