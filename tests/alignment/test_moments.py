from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.fold import CHUNK, Evidence, EvidenceShapeError, fold
from alignment.measures import SUMMED
from alignment.moments import (
    SUMS,
    Moments,
    MomentsMismatchError,
    Slice,
    UnknownDimensionError,
    merge,
    slice_from_bytes,
    slice_to_bytes,
)
from alignment.scorecard import View
from alignment.targets import Targets, UnknownTargetError

AT = {name: i for i, name in enumerate(SUMS)}


def part(evidence: Evidence, rows: np.ndarray) -> Evidence:
    return Evidence(
        evidence.frame.iloc[rows],
        evidence.probabilities[rows],
        evidence.truth[rows],
        evidence.weight[rows],
        evidence.response[rows],
    )


def same(left: Moments, right: Moments) -> bool:
    return left.slices.keys() == right.slices.keys() and all(
        np.allclose(sums, right.slices[key], rtol=1e-9, atol=1e-9) for key, sums in left.slices.items()
    )


def test_the_sums_of_two_contacts_are_those_worked_out_by_hand(make_world):
    world = make_world(1, n=2, reviews=2)
    frame = world.evidence.frame.assign(
        day=[date(2026, 3, 2)] * 2, channel=["chat"] * 2, segment=[(), ()], effort=[4.0, np.nan], time=[10.0, 20.0]
    )
    width = len(world.targets)
    probabilities = np.full((2, width), 0.25)
    truth = np.zeros((2, width))
    truth[0, 0] = 1
    weight, response = np.array([4.0, 0.0]), np.array([2.0, 0.0])
    moments = fold(Evidence(frame, probabilities, truth, weight, response), world.targets)
    sums = moments.slices[Slice(date(2026, 3, 2), "chat")][0]
    # contact 1: d = 4, g = 0.25 - 4 x 0.25 = -0.75; contact 2: d = 0, g = 0.25
    time = dict(zip(SUMS, sums[SUMMED.index("time")], strict=True))
    assert (time["n"], time["reviewed"], time["d"], time["g"]) == (2, 1, 4, -0.5)
    assert (time["vd"], time["vg"]) == (40, 10 * -0.75 + 20 * 0.25)
    assert (time["dd"], time["dg"], time["gg"]) == (16, -3, 0.75**2 + 0.25**2)
    assert (time["vvdd"], time["vdg"], time["vvgg"]) == (1600, -30, 100 * 0.75**2 + 400 * 0.25**2)
    # effort was answered by contact 1 only, and its z counts r / rho = 2 times
    effort = dict(zip(SUMS, sums[SUMMED.index("effort")], strict=True))
    assert (effort["n"], effort["d"], effort["vd"], effort["gg"]) == (1, 8, 32, (2 * -0.75) ** 2)
    answered = dict(zip(SUMS, sums[SUMMED.index("answered")], strict=True))
    assert (answered["n"], answered["vd"], answered["d"]) == (2, 4, 4)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), cut=st.integers(0, 120))
def test_moments_of_two_batches_add_up_to_those_of_both(make_world, seed, cut):
    world = make_world(seed, n=120, reviews=40)
    rows = np.random.default_rng(seed).permutation(120)
    both = fold(world.evidence, world.targets)
    halves = fold(part(world.evidence, rows[:cut]), world.targets) + fold(
        part(world.evidence, rows[cut:]), world.targets
    )
    assert same(both, halves)


def test_the_order_of_rows_and_other_slices_do_not_change_a_single_bit(make_world):
    world = make_world(2, n=500)
    once = fold(world.evidence, world.targets)
    rows = np.random.default_rng(0).permutation(500)
    again = fold(part(world.evidence, rows), world.targets)
    one_day = world.evidence.frame["day"] == date(2026, 1, 7)
    alone = fold(part(world.evidence, np.flatnonzero(one_day)), world.targets)
    assert all((again.slices[key] == sums).all() for key, sums in once.slices.items())
    assert all((once.slices[key] == sums).all() for key, sums in alone.slices.items())


def test_a_slice_larger_than_a_chunk_is_folded_whole(make_world):
    world = make_world(3, n=CHUNK + 1234, dated=False)
    total = fold(world.evidence, world.targets).select(View(as_of=None))  # type: ignore[arg-type]
    weight = world.evidence.weight
    assert total[0, 0, AT["n"]] == CHUNK + 1234
    assert np.isclose(total[0, 0, AT["d"]], (weight * world.evidence.truth[:, 0]).sum())
    assert np.isclose(total[0, 0, AT["gg"]], ((world.evidence.probabilities[:, 0] * (1 - weight)) ** 2).sum())


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(6)))
def test_permuting_the_outcomes_permutes_the_sums_and_changes_none(make_world, order):
    world = make_world(4, n=60, reviews=20)
    columns = [0, 1, 2, *(3 + o for o in order)]
    targets = Targets(world.targets.steps, tuple(world.targets.outcomes[o] for o in order))
    shuffled = replace(
        world.evidence, probabilities=world.evidence.probabilities[:, columns], truth=world.evidence.truth[:, columns]
    )
    one, other = fold(world.evidence, world.targets), fold(shuffled, targets)
    for key, sums in one.slices.items():
        assert np.allclose(sums[columns], other.slices[key], rtol=1e-12)


def test_a_view_sums_only_its_days_and_filters(make_world, as_of):
    world = make_world(5, n=800)
    moments = fold(world.evidence, world.targets)
    view = View(as_of, date(2026, 1, 12), date(2026, 1, 19), {"channel": "chat", "segment.tier": "gold"})
    frame = world.evidence.frame
    inside = (
        (frame["day"] >= view.start)
        & (frame["day"] < view.end)
        & (frame["channel"] == "chat")
        & (frame["segment"] == (("tier", "gold"),))
    )
    assert moments.select(view)[0, 0, AT["n"]] == inside.sum()
    assert np.allclose(moments.folds(view).sum(axis=0), moments.select(view))


def test_contacts_without_a_date_are_in_the_open_view_only(make_world, as_of):
    moments = fold(make_world(6, n=50, dated=False).evidence, make_world(6, n=50).targets)
    assert moments.select(View(as_of))[0, 0, AT["n"]] == 50
    assert moments.select(View(as_of, end=date(2030, 1, 1)))[0, 0, AT["n"]] == 0
    assert moments.weeks() == ()


def test_slices_by_a_dimension_add_up_to_the_whole(make_world, as_of):
    world = make_world(7, n=300)
    moments = fold(world.evidence, world.targets)
    for dimension in ("channel", "week", "day", "segment.tier", "circumstance.urgency"):
        groups = moments.by(dimension)
        total = sum(group.select(View(as_of))[0, 0, AT["n"]] for group in groups.values())
        assert total == 300
    assert set(moments.by("channel")) == {"chat", "phone"}
    assert set(moments.by("circumstance.urgency")) == {None}
    assert len(moments.weeks()) == 12


def test_an_unknown_dimension_is_refused_with_those_that_exist(make_world):
    moments = fold(make_world(8, n=5).evidence, make_world(8, n=5).targets)
    with pytest.raises(UnknownDimensionError, match=r"segment\.NAME"):
        moments.by("weather")


def test_a_slice_survives_the_way_to_bytes_and_back(make_world):
    world = make_world(9, n=40)
    moments = fold(world.evidence, world.targets)
    for sums in moments.slices.values():
        assert (slice_from_bytes(slice_to_bytes(sums), world.targets) == sums).all()


def test_bytes_of_other_targets_are_refused(make_world):
    world = make_world(10, n=10)
    data = slice_to_bytes(next(iter(fold(world.evidence, world.targets).slices.values())))
    with pytest.raises(MomentsMismatchError, match="measure again"):
        slice_from_bytes(data, Targets(("find",), ()))


def test_moments_of_two_job_versions_do_not_add(make_world):
    world = make_world(11, n=10)
    moments = fold(world.evidence, world.targets)
    with pytest.raises(MomentsMismatchError):
        merge(moments, Moments(Targets(("find",), ()), {}))


def test_evidence_that_does_not_fit_its_targets_is_refused(make_world):
    world = make_world(12, n=10)
    with pytest.raises(EvidenceShapeError, match="probabilities"):
        fold(world.evidence, Targets(("find",), ()))


def test_no_contacts_give_no_slices(make_world):
    world = make_world(13, n=10)
    assert fold(part(world.evidence, np.array([], dtype=int)), world.targets).slices == {}


def test_missing_channels_and_days_make_one_slice(make_world):
    world = make_world(14, n=4)
    frame = world.evidence.frame.assign(day=[None] * 4, segment=[()] * 4)
    frame["channel"] = np.array([None, np.nan, None, np.nan], dtype=object)
    assert list(fold(replace(world.evidence, frame=frame), world.targets).slices) == [Slice()]


def test_a_target_that_is_not_there_is_named():
    with pytest.raises(UnknownTargetError, match="o9"):
        Targets(("find",), ()).index("outcome", "o9")
