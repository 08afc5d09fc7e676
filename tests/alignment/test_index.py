from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.composite import IndexInputs
from alignment.decomposition import NotComparableError
from alignment.estimate import Estimate
from alignment.formula import IndexFormula, OutcomeGoal, shrunk
from alignment.index import BaselineNotReadyError, alignment_index, decompose, explain, freeze_formula, without_formula
from alignment.scorecard import FailureMode, OutcomeFigures
from alignment.sensitivity import weight_variants
from taxonomy.model import Goalposts

MODES = (("find", "o1"), ("pay", "o4"), ("pay", "o5"))
FORMULA = IndexFormula(
    job="shop",
    job_version="1+01234567",
    weights={"opportunity": 0.4, "task_success": 0.3, "service": 0.3},
    aggregation="arithmetic",
    floor=False,
    outcomes=(OutcomeGoal("o1", 12.0, 9.0), OutcomeGoal("o4", 11.0, 8.0)),
    step_weights={"find": 0.5, "pay": 0.5},
    modes=MODES,
    goalposts={"task_success": Goalposts(0, 1), "effort": Goalposts(1, 7), "fcr": Goalposts(0, 1)},
    start=date(2026, 1, 1),
    end=date(2026, 3, 1),
    notes=("by hand",),
)


def est(value: float, half: float, as_of, method: str = "rectified") -> Estimate:
    return Estimate(value, value - half, value + half, 200, 50, method, as_of)  # type: ignore[arg-type]


def inputs(as_of, *, o1=12.0, o4=9.5, find=0.8, pay=0.6, effort=4.0, fcr=0.7) -> IndexInputs:
    return IndexInputs(
        opportunity={"o1": est(o1, 1.0, as_of, "survey"), "o4": est(o4, 1.0, as_of, "survey")},
        task_success={"find": est(find, 0.05, as_of, "events"), "pay": est(pay, 0.05, as_of, "events")},
        effort={mode: est(effort, 0.3, as_of) for mode in MODES},
        fcr={mode: est(fcr, 0.05, as_of) for mode in MODES},
    )


def test_the_index_is_the_weighted_mean_of_three_attainments(as_of):
    index = alignment_index(FORMULA, inputs(as_of), as_of=as_of)
    # C1 = (0.5 + (14 - 9.5) / 6) / 2 = 0.625, C2 = 0.7, C3 = (0.5 + 0.7) / 2 = 0.6
    values = {name: component.value for name, component in index.components.items()}
    assert values == pytest.approx({"opportunity": 0.625, "task_success": 0.7, "service": 0.6})
    assert index.published
    assert index.index.value == pytest.approx(100 * (0.4 * 0.625 + 0.3 * 0.7 + 0.3 * 0.6))
    assert index.index.method == "composite"
    assert index.formula == FORMULA.version


def test_the_geometric_variant_multiplies(as_of):
    index = alignment_index(replace(FORMULA, aggregation="geometric"), inputs(as_of), as_of=as_of)
    assert index.index.value == pytest.approx(100 * 0.625**0.4 * 0.7**0.3 * 0.6**0.3)


def test_the_published_inputs_alone_redo_the_index(as_of):
    index = alignment_index(FORMULA, inputs(as_of, pay=0.3, o1=20), as_of=as_of)
    total = 0.0
    for row in index.inputs:
        norm = min(max((row["value"] - row["worst"]) / (row["best"] - row["worst"]), 0), 1)
        total += 100 * FORMULA.weights[row["component"]] * row["weight"] * norm
    assert total == pytest.approx(index.index.value, abs=1e-9)


def test_the_band_is_that_of_independent_inputs(as_of):
    index = alignment_index(FORMULA, inputs(as_of), as_of=as_of)
    # half widths x 100 x component weight x input weight / range, added in quadrature
    halves = (
        [100 * 0.4 / 2 / 6] * 2 + [100 * 0.3 / 2 * 0.05] * 2 + [100 * 0.3 / 6 * 0.05] * 3 + [100 * 0.3 / 6 * 0.05] * 3
    )
    assert (index.index.high - index.index.low) / 2 == pytest.approx(math.hypot(*halves), rel=0.06)
    assert index == alignment_index(FORMULA, inputs(as_of), as_of=as_of)


def test_under_two_thirds_of_the_inputs_nothing_is_published(as_of):
    given = inputs(as_of)
    lacking = replace(given, task_success={"find": given.task_success["find"]})
    index = alignment_index(FORMULA, lacking, as_of=as_of)
    assert not index.published
    assert index.index.value is None
    assert index.components["task_success"].value is None
    assert index.components["service"].value == pytest.approx(0.6)
    assert index.reason.startswith("not enough evidence: task success has 1 of its 2 inputs (task success of pay")


def test_a_failure_mode_that_lost_its_contacts_leaves_the_mean_with_a_note(as_of):
    given = inputs(as_of)
    kept = {mode: value for mode, value in given.effort.items() if mode != ("pay", "o5")}
    index = alignment_index(FORMULA, replace(given, effort=kept), as_of=as_of)
    assert index.published
    assert "effort:pay/o5" in index.reason
    assert index.components["service"].value == pytest.approx((2 * 0.5 + 3 * 0.7) / 5)


def test_an_uncorrected_input_takes_the_interval_away(as_of):
    given = inputs(as_of)
    bare = Estimate(4.0, None, None, 200, 0, "uncorrected", as_of, "no review")
    index = alignment_index(FORMULA, replace(given, effort={**given.effort, MODES[0]: bare}), as_of=as_of)
    assert (index.index.low, index.index.method) == (None, "uncorrected")
    assert "effort:find/o1" in index.reason


def test_nothing_at_all_is_not_published_and_has_reasons(as_of):
    index = alignment_index(FORMULA, IndexInputs(), as_of=as_of)
    assert index.index.reason.startswith("not enough evidence")
    bare = without_formula("no survey", as_of=as_of)
    assert (bare.published, bare.index.value, bare.reason) == (False, None, "not enough evidence: no survey")


def test_the_method_band_holds_the_index_and_is_not_a_point(as_of):
    index = alignment_index(FORMULA, inputs(as_of), as_of=as_of)
    low, high = index.method_band
    assert low < index.index.value < high


def test_varied_weights_stay_within_a_quarter_of_the_published_ones():
    weights = np.array([0.4, 0.3, 0.3])
    variants = weight_variants(weights)
    assert len(variants) > 100
    assert np.allclose(variants.sum(axis=1), 1)
    assert (np.abs(variants / weights - 1) <= 0.25 + 1e-9).all()


levels = st.floats(0.02, 0.98)


@settings(max_examples=60, deadline=None)
@given(
    before=st.tuples(st.floats(5, 20), levels, st.floats(1, 7), levels),
    after=st.tuples(st.floats(5, 20), levels, st.floats(1, 7), levels),
    aggregation=st.sampled_from(["arithmetic", "geometric"]),
    lost=st.booleans(),
)
def test_the_decomposition_of_any_change_sums_exactly(as_of, before, after, aggregation, lost):
    formula = replace(FORMULA, aggregation=aggregation)
    given_inputs = [inputs(as_of, o1=o, find=t, effort=e, fcr=f) for o, t, e, f in (before, after)]
    if lost:
        given_inputs[1] = replace(given_inputs[1], fcr={mode: given_inputs[1].fcr[mode] for mode in MODES[:2]})
    first, second = (alignment_index(formula, one, as_of=as_of, draws=50) for one in given_inputs)
    change = decompose(formula, first, second)
    assert change.total == pytest.approx(second.index.value - first.index.value)
    assert sum(c.points for c in change.contributions) == pytest.approx(change.total, abs=1e-9)
    assert sum(change.components.values()) == pytest.approx(change.total, abs=1e-9)


def test_a_change_in_one_input_is_put_down_to_it(as_of):
    first, second = (alignment_index(FORMULA, inputs(as_of, find=find), as_of=as_of) for find in (0.8, 0.6))
    change = {c.id: c.points for c in decompose(FORMULA, first, second).contributions}
    assert change["task_success:find"] == pytest.approx(-100 * 0.3 * 0.5 * 0.2)
    assert change["task_success:pay"] == 0


def test_indices_of_another_formula_or_unpublished_ones_do_not_compare(as_of):
    index = alignment_index(FORMULA, inputs(as_of), as_of=as_of)
    with pytest.raises(NotComparableError, match="formula"):
        decompose(replace(FORMULA, epoch=2), index, index)
    with pytest.raises(NotComparableError, match="not published"):
        decompose(FORMULA, index, alignment_index(FORMULA, IndexInputs(), as_of=as_of))


def test_a_formula_survives_json_and_its_version_names_its_content():
    back = IndexFormula.from_json(json.loads(json.dumps(FORMULA.to_json())))
    assert back == FORMULA
    assert back.version == FORMULA.version
    assert replace(FORMULA, epoch=2).version != FORMULA.version
    assert FORMULA.version.startswith("e1-")


def test_the_explanation_holds_formula_numbers_and_result(as_of):
    text = explain(FORMULA, alignment_index(FORMULA, inputs(as_of), as_of=as_of))
    for part in (
        "A = 100 (w1 C1 + w2 C2 + w3 C3)",
        "opportunity:o4: norm = (9.5 - 14) / (8 - 14) = 0.7500, weight 0.5000",
        "A = 100 (0.4 x 0.6250 + 0.3 x 0.7000 + 0.3 x 0.6000) = 64.00",
        FORMULA.version,
    ):
        assert part in text
    assert "A is not published" in explain(FORMULA, alignment_index(FORMULA, IndexInputs(), as_of=as_of))


def scores(values: dict[str, float], half: float, as_of) -> list[OutcomeFigures]:
    return [
        OutcomeFigures(o, "find", e, e, e, None, None, None)
        for o, e in ((o, est(value, half, as_of, "survey")) for o, value in values.items())
    ]


def modes(as_of) -> list[FailureMode]:
    made = []
    for rank, (step, outcome) in enumerate(MODES):
        effort, fcr, burden = est(4, 0.3, as_of), est(0.7, 0.05, as_of), est(9.0 - rank, 1, as_of)
        made.append(FailureMode(step, outcome, effort, effort, fcr, fcr, effort, effort, burden))
    return made[::-1]


def test_shrinking_pulls_noisy_scores_to_their_mean_and_leaves_exact_ones(as_of):
    values = {"o1": 14.0, "o2": 10.0, "o3": 6.0}
    exact = shrunk(scores(values, 0.0, as_of))
    assert {o: e.value for o, e in exact.items()} == pytest.approx(values)
    # var = 16, se = 2: tau^2 = 12, B = 12 / 16
    noisy = shrunk(scores(values, 2 * 1.959964, as_of))
    assert noisy["o1"].value == pytest.approx(10 + 4 * 0.75, rel=1e-4)


def test_shrunk_baselines_do_not_improve_by_themselves(as_of):
    rng = np.random.default_rng(0)
    raw, fair = [], []
    for _ in range(300):
        truth = rng.normal(10, 1, 20)
        first, second = truth + rng.normal(0, 1, 20), truth + rng.normal(0, 1, 20)
        names = [f"o{i}" for i in range(20)]
        base = shrunk(scores(dict(zip(names, first, strict=True)), 1.96, as_of))
        top = np.argsort(-first)[:5]
        raw.append((first[top] - second[top]).mean())
        fair.append(np.mean([base[names[i]].value - second[i] for i in top]))
    assert np.mean(raw) > 0.5
    assert abs(np.mean(fair)) < 0.1


def test_the_frozen_formula_stands_at_one_half_on_its_own_baseline(job, as_of):
    values = {"o1": 14.0, "o2": 12.0, "o3": 11.0, "o4": 9.0, "o5": 8.0, "o6": 6.0}
    outcomes = scores(values, 1.0, as_of)
    formula = freeze_formula(job, outcomes=outcomes, failure_modes=modes(as_of), start=None, end=date(2026, 3, 1))
    assert [goal.outcome for goal in formula.outcomes] == ["o1", "o2", "o3", "o4", "o5"]
    assert formula.modes == MODES
    assert formula.step_weights == {"find": 0.5, "pay": 0.5}
    given = replace(inputs(as_of), opportunity=shrunk(outcomes))
    assert alignment_index(formula, given, as_of=as_of).components["opportunity"].value == pytest.approx(0.5)


def test_an_outcome_whose_target_is_already_met_is_left_out_with_a_note(job, as_of):
    strict = replace(job, index=replace(job.index, targets={"o1": 20.0}))
    outcomes = scores({"o1": 14.0, "o2": 12.0, "o3": 11.0, "o4": 9.0, "o5": 8.0}, 1.0, as_of)
    formula = freeze_formula(strict, outcomes=outcomes, failure_modes=modes(as_of), start=None, end=None)
    assert "o1" not in [goal.outcome for goal in formula.outcomes]
    assert any(note.startswith("o1 is left out") for note in formula.notes)


def test_a_baseline_without_evidence_is_refused_with_what_is_lacking(job, as_of):
    with pytest.raises(BaselineNotReadyError, match="0 of 5 outcomes with an opportunity score, 0 of 3 failure modes"):
        freeze_formula(job, outcomes=[], failure_modes=[], start=None, end=None)
