from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.change import index_change
from alignment.composite import IndexInputs
from alignment.estimate import Estimate
from alignment.formula import IndexFormula, OutcomeGoal
from alignment.index import alignment_index
from alignment.waterfall import rounded, waterfall
from taxonomy.model import Goalposts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
MODES = (("pay", "o1"), ("pay", "o2"), ("find", "o3"))
FORMULA = IndexFormula(
    job="shop",
    job_version="1",
    weights={"opportunity": 0.4, "task_success": 0.3, "service": 0.3},
    aggregation="arithmetic",
    floor=False,
    outcomes=(OutcomeGoal("o1", 12.0, 10.0), OutcomeGoal("o2", 11.0, 8.0), OutcomeGoal("o3", 13.0, 9.0)),
    step_weights={"pay": 0.7, "find": 0.3},
    modes=MODES,
    goalposts={"task_success": Goalposts(0.5, 1.0), "effort": Goalposts(1, 7), "fcr": Goalposts(0.4, 1.0)},
)


def estimate(value: float, width: float | None = 0.2) -> Estimate:
    low, high = (None, None) if width is None else (value - width, value + width)
    return Estimate(value, low, high, 500, 100, "uncorrected" if width is None else "rectified", NOW)


def whole() -> IndexInputs:
    return IndexInputs(
        opportunity={f"o{n}": estimate(11.0) for n in (1, 2, 3)},
        task_success={"pay": estimate(0.8, 0.02), "find": estimate(0.8, 0.02)},
        effort={mode: estimate(4.0) for mode in MODES},
        fcr={mode: estimate(0.85, 0.02) for mode in MODES},
    )


def maybe(low: float, high: float, gone: float = 0.15) -> st.SearchStrategy[Estimate]:
    """An estimate on a scale, sometimes without evidence."""
    known = st.floats(low, high).map(lambda value: estimate(value, 0.01))
    return st.one_of(known, known, known, known, st.just(Estimate.missing("none", as_of=NOW))) if gone else known


@st.composite
def sides(draw: st.DrawFn) -> IndexInputs:
    """Inputs of a view, also beyond the goalposts, at most one of each component without evidence."""
    return IndexInputs(
        opportunity={"o1": draw(maybe(5, 20)), "o2": draw(maybe(5, 20, 0)), "o3": draw(maybe(5, 20, 0))},
        task_success={"pay": draw(maybe(0.3, 0.99, 0)), "find": draw(maybe(0.3, 0.99, 0))},
        effort={MODES[0]: draw(maybe(1, 7)), MODES[1]: draw(maybe(1, 7, 0)), MODES[2]: draw(maybe(1, 7, 0))},
        fcr={
            MODES[0]: draw(maybe(0.2, 0.99)),
            MODES[1]: draw(maybe(0.2, 0.99, 0)),
            MODES[2]: draw(maybe(0.2, 0.99, 0)),
        },
    )


@given(sides(), sides(), st.sampled_from(["arithmetic", "geometric"]))
def test_bars_join_and_sum_to_the_change_exactly(first: IndexInputs, second: IndexInputs, form: str) -> None:
    formula = replace(FORMULA, aggregation=form)
    both = [(side, alignment_index(formula, side, as_of=NOW, draws=10)) for side in (first, second)]
    change = index_change(formula, both[0], both[1])
    found = waterfall(change)
    assert found.bars[0].start == found.before
    assert all(one.end == after.start for one, after in pairwise(found.bars))
    assert found.bars[-1].end == pytest.approx(found.after, abs=1e-9)
    assert sum(bar.points for bar in found.bars) == pytest.approx(found.after - found.before, abs=1e-9)
    for bar in found.bars:
        if bar.low is not None and bar.high is not None:
            assert bar.low <= bar.points <= bar.high


def test_an_input_that_loses_its_evidence_is_no_movement_of_its_own() -> None:
    full = whole()
    gone = replace(full, effort={**full.effort, MODES[0]: Estimate.missing("nobody answered", as_of=NOW)})
    both = [(side, alignment_index(FORMULA, side, as_of=NOW)) for side in (full, gone)]
    found = waterfall(index_change(FORMULA, both[0], both[1]))
    assert [bar.points for bar in found.bars if bar.kind == "movement"] == pytest.approx([0.0] * 11)
    (gained,) = [bar for bar in found.bars if bar.kind == "evidence"]
    assert gained.id == "service"
    assert gained.points == pytest.approx(found.after - found.before)


def test_an_uncorrected_input_moves_without_an_interval() -> None:
    inputs = whole()
    moved = replace(inputs, effort={**inputs.effort, MODES[0]: estimate(5.0, None)})
    both = [(side, alignment_index(FORMULA, side, as_of=NOW)) for side in (inputs, moved)]
    bars = {bar.id: bar for bar in waterfall(index_change(FORMULA, both[0], both[1])).bars}
    assert bars["effort:pay/o1"].points == pytest.approx(100 * 0.3 / 6 / 6)
    assert bars["effort:pay/o1"].low is None
    assert bars["effort:pay/o2"].low is not None


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=20))
def test_rounded_points_add_up_as_shown_and_stay_near(values: list[float]) -> None:
    shown = rounded(values, total=sum(values))
    assert abs(sum(shown) - sum(values)) <= 0.05 + 1e-6
    assert all(abs(a - b) <= 0.1 + 1e-9 for a, b in zip(shown, values, strict=True))
