from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.effort import scale_of
from alignment.fold import Evidence, fold
from alignment.fold_replicates import fold_replicates
from alignment.heat_map import RATE, HeatMap, adjusted, by_step, heat_map
from alignment.moments import Moments, UnknownDimensionError
from alignment.scorecard import View
from evals.segments import segments_study, segments_text
from taxonomy.model import Job

DIMENSIONS = ("channel", "segment.tier")


def folded(evidence: Evidence, targets: object) -> Moments:
    return replace(fold(evidence, targets), replicates=fold_replicates(evidence, targets))


def read(job: Job, moments: Moments, as_of: object, **more: object) -> HeatMap:
    options = {"dimensions": DIMENSIONS, "measure": "effort", **more}
    return heat_map(job, moments, view=View(as_of), scale=scale_of(job), **options)


@pytest.fixture(scope="module")
def planted(make_world: Callable, job: Job, as_of: object) -> HeatMap:
    """A world in which the phone makes paying two points harder, and nothing else differs."""
    world = make_world(5, n=3000, reviews=900)
    frame = world.evidence.frame.copy()
    hard = (world.step == 1) & (frame["channel"] == "phone").to_numpy()
    frame.loc[hard, "effort"] = (frame.loc[hard, "effort"] - 2).clip(lower=1)
    return read(job, folded(replace(world.evidence, frame=frame), world.targets), as_of)


def test_a_planted_difference_is_named_with_its_side_and_nothing_else(planted: HeatMap) -> None:
    named = {(cell.step, cell.column.value): cell for cell in planted.named}
    assert set(named) == {("pay", "phone"), ("pay", "chat")}
    worse = named["pay", "phone"].difference
    assert worse.value is not None and worse.high is not None and worse.low is not None
    assert worse.low < worse.value < worse.high < 0
    assert -2.5 < worse.value < -1.0


def test_two_values_are_one_comparison_told_twice(planted: HeatMap) -> None:
    cells = {cell.column.value: cell for cell in by_step(planted)["pay"] if cell.column.dimension == "channel"}
    first, second = cells["chat"], cells["phone"]
    assert first.difference.value == pytest.approx(-(second.difference.value or 0))
    assert (first.q, first.q_any) == (second.q, second.q_any)
    assert planted.tests == 4  # two steps, two dimensions of two values


def test_every_cell_has_a_figure_or_a_reason_and_columns_count_their_contacts(planted: HeatMap) -> None:
    for cell in planted.cells:
        assert cell.figure.value is not None or cell.figure.reason
        assert cell.difference.value is not None or cell.difference.reason
    counts = {column.dimension: 0 for column in planted.columns}
    for column in planted.columns:
        counts[column.dimension] += column.contacts
    assert counts == {"channel": 3000, "segment.tier": 3000}


def test_a_thin_cell_is_not_compared_and_says_why(make_world: Callable, job: Job, as_of: object) -> None:
    world = make_world(6, n=600, reviews=40)
    found = read(job, folded(world.evidence, world.targets), as_of, measure="friction")
    lacking = [cell for cell in found.cells if cell.p is None]
    assert lacking
    assert all("not enough evidence" in (cell.difference.reason or "") for cell in lacking)
    assert not any(cell.differs for cell in lacking)


def test_without_reviews_nothing_is_compared(make_world: Callable, job: Job, as_of: object) -> None:
    world = make_world(7, n=600)
    evidence = replace(world.evidence, weight=np.zeros(600))
    found = read(job, folded(evidence, world.targets), as_of)
    assert found.tests == 0
    assert "no review" in (found.cells[0].difference.reason or "")


def test_an_unknown_dimension_is_refused(make_world: Callable, job: Job, as_of: object) -> None:
    world = make_world(8, n=100)
    with pytest.raises(UnknownDimensionError):
        read(job, fold(world.evidence, world.targets), as_of, dimensions=("weather",))


def test_the_order_of_dimensions_changes_no_figure(make_world: Callable, job: Job, as_of: object) -> None:
    world = make_world(9, n=1500, reviews=500)
    moments = folded(world.evidence, world.targets)
    one, other = (read(job, moments, as_of, dimensions=order) for order in (DIMENSIONS, DIMENSIONS[::-1]))
    assert {(cell.step, cell.column): cell for cell in one.cells} == {
        (cell.step, cell.column): cell for cell in other.cells
    }


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_adjusted_p_is_never_below_p_and_keeps_the_order(p: list[float]) -> None:
    q, q_any = adjusted(np.array(p))
    assert (q >= np.array(p) - 1e-12).all()
    assert (q_any >= q - 1e-12).all()
    order = np.argsort(p)
    assert (np.diff(q[order]) >= -1e-12).all()


def test_chance_is_named_no_more_often_than_promised_where_nothing_differs() -> None:
    """`headway bench segments` tries many worlds; these few would show a rate gone wrong, not one a little off."""
    found = segments_study("fcr", 0, worlds=8, contacts=1500, reviews=500)
    assert found.fdr <= 0.4
    assert found.small_p < 0.12
    assert found.rate == RATE
    assert "nothing to find" in segments_text([found])


def test_planted_differences_are_found_and_little_else_is_named() -> None:
    found = segments_study("effort", 4, worlds=3, contacts=3000, reviews=1000)
    assert found.power is not None and found.power > 0.5
    assert found.fdr < 0.3
