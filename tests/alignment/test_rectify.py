from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.cells import UNCORRECTED, mean_of
from alignment.fold import fold
from alignment.measures import MEASURE_BY_ID, SUMMED
from alignment.moments import SUMS
from alignment.rectify import estimates
from alignment.scorecard import View
from alignment.tuning import GRID, absorb, best_lam, standard_error, tune

AT = {name: i for i, name in enumerate(SUMS)}


def found(world, as_of, **options):
    moments = fold(world.evidence, world.targets)
    return estimates(moments.folds(View(as_of)), world.targets, as_of=as_of, **options)


def test_the_estimate_and_its_error_are_those_of_the_plain_formula(make_world, as_of):
    world = make_world(1, n=400, reviews=200)
    lam, step = 0.6, 1
    evidence = world.evidence
    f, y, w = evidence.probabilities[:, step], evidence.truth[:, step], evidence.weight
    z = lam * f + w * (y - lam * f)
    v = evidence.frame["time"].to_numpy()
    theta = (v * z).sum() / z.sum()
    u = (v - theta) * z
    se = np.sqrt(((u - u.mean()) ** 2).sum()) / z.sum()
    sums = fold(evidence, world.targets).select(View(as_of))
    error = standard_error(sums, np.full((1, 1), lam))[step, SUMMED.index("time")]
    assert error == pytest.approx(se, rel=1e-9)
    given = found(world, as_of, lam=lam)[step]
    assert given.means["time"].value == pytest.approx(theta, rel=1e-9)
    assert given.volume.value == pytest.approx(z.sum(), rel=1e-9)
    assert given.share.value == pytest.approx(z.mean(), rel=1e-9)
    share_error = standard_error(sums, np.full((1, 1), lam))[step, SUMMED.index("volume")]
    assert share_error == pytest.approx(z.std() / np.sqrt(len(z)), rel=1e-9)


def test_with_every_contact_reviewed_the_mean_is_the_plain_mean(make_world, as_of):
    world = make_world(2, n=500)
    census = replace(world, evidence=replace(world.evidence, weight=np.ones(500)))
    given = found(census, as_of)[0]
    on_it = world.step == 0
    assert given.volume.value == pytest.approx(on_it.sum())
    assert given.means["transfers"].value == pytest.approx(world.evidence.frame["transfers"][on_it].mean())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_chosen_lam_has_the_smallest_error_of_all(make_world, seed):
    world = make_world(seed, n=150, reviews=60)
    sums = fold(world.evidence, world.targets).select(View(as_of=None))  # type: ignore[arg-type]
    lam = best_lam(sums)
    least = standard_error(sums, lam)
    for other in GRID:
        rival = standard_error(sums, np.full_like(lam, other))
        assert (least <= rival * (1 + 1e-9) + 1e-12).all()


def test_where_every_lam_is_as_good_rounding_does_not_choose(make_world):
    world = make_world(4, n=400, reviews=60)
    nobody_on_it = replace(world.evidence, truth=np.zeros_like(world.evidence.truth))
    sums = fold(nobody_on_it, world.targets).select(View(as_of=None))  # type: ignore[arg-type]
    noise = np.random.default_rng(0)
    chosen = {best_lam(sums * (1 + 1e-14 * noise.standard_normal(sums.shape))).tobytes() for _ in range(20)}
    assert len(chosen) == 1


def test_lam_absorbed_into_the_sums_gives_the_same_error(make_world):
    world = make_world(3, n=200)
    sums = fold(world.evidence, world.targets).select(View(as_of=None))  # type: ignore[arg-type]
    lam = np.full(sums.shape[:2], 0.4)
    assert np.allclose(standard_error(absorb(sums, lam), np.ones((1, 1))), standard_error(sums, lam))


def test_a_fold_never_chooses_the_lam_that_weights_it(make_world, as_of):
    world = make_world(4)
    folds = fold(world.evidence, world.targets).folds(View(as_of))
    tuned = tune(folds)
    by_hand = sum(absorb(part, best_lam(folds.sum(axis=0) - part)) for part in folds)
    assert np.allclose(tuned, by_hand)


def test_without_any_review_figures_are_uncorrected_and_have_no_interval(make_world, as_of):
    world = make_world(5, n=300)
    unread = replace(world, evidence=replace(world.evidence, weight=np.zeros(300)))
    given = found(unread, as_of)[1]
    f = world.evidence.probabilities[:, 1]
    for figure in (given.share, given.volume, given.means["fcr"], given.means["effort"]):
        assert figure.method == "uncorrected"
        assert (figure.low, figure.high, figure.reason) == (None, None, UNCORRECTED)
    assert given.share.value == pytest.approx(f.mean())
    assert given.means["fcr"].value == pytest.approx((world.evidence.frame["fcr"] * f).sum() / f.sum())


def test_a_thin_share_takes_the_labels_own_interval_and_its_means_are_missing(make_world, as_of):
    world = make_world(6, n=2000, reviews=25)
    given = found(world, as_of)[0]
    assert given.share.method == "labels"
    assert given.share.low < given.share.value < given.share.high
    assert given.means["fcr"].value is None
    assert given.means["fcr"].reason.startswith("not enough evidence: of ")


def test_a_step_that_no_review_found_keeps_the_upper_end_that_reviews_allow(make_world, as_of):
    world = make_world(7, n=1000)
    on_it = world.step == 0
    evidence = replace(world.evidence, weight=np.where(on_it, 0.0, 1.0))
    given = found(replace(world, evidence=evidence), as_of)[0]
    reviewed = int((~on_it).sum())
    assert given.share.value == 0
    assert given.share.high == pytest.approx(1 - 0.025 ** (1 / reviewed))


def test_a_measure_that_no_contact_carries_is_missing_with_its_reason(make_world, as_of):
    world = make_world(8, n=200)
    frame = world.evidence.frame.assign(effort=np.nan, fcr=np.nan)
    evidence = replace(world.evidence, frame=frame, response=np.zeros(200))
    given = found(replace(world, evidence=evidence), as_of)[0]
    for figure in (given.means["effort"], given.means["fcr"], given.response_rate):
        assert figure.value is None
        assert figure.reason.startswith("not enough evidence: no contact in this view has")
    assert given.volume.value > 0


def test_no_figure_is_ever_nan(make_world, as_of):
    for seed in range(30):
        world = make_world(seed, n=40, reviews=int(seed))
        for target in found(world, as_of):
            for figure in (target.volume, target.share, target.response_rate, *target.means.values()):
                ends = [end for end in (figure.value, figure.low, figure.high) if end is not None]
                assert np.isfinite(ends).all()
                assert figure.value is not None or figure.reason
                assert figure.low is None or figure.low <= figure.value <= figure.high


def test_the_response_rate_is_that_of_the_contacts_truly_on_the_step(make_world, as_of):
    world = make_world(9, n=4000, reviews=1500, answer=0.35)
    rate = found(world, as_of)[1].response_rate
    assert rate.low < 0.35 < rate.high


def test_rectified_intervals_hold_the_truth_where_the_naive_mean_does_not(make_world, as_of):
    worlds, held, naive_held, shares, efforts = 120, 0, 0, 0, 0
    for seed in range(worlds):
        world = make_world(seed, n=1500, reviews=400)
        given = found(world, as_of)[0]
        fcr, share, effort = given.means["fcr"], given.share, given.means["effort"]
        held += fcr.low <= 0.5 <= fcr.high
        shares += share.low <= 0.2 <= share.high
        efforts += effort.low <= 3.0 + 0.06 and effort.high >= 3.0 - 0.06
        called = world.evidence.frame["fcr"][world.called == 0]
        half = 1.96 * called.std() / np.sqrt(len(called))
        naive_held += abs(called.mean() - 0.5) <= half
    assert held / worlds >= 0.9
    assert shares / worlds >= 0.9
    assert efforts / worlds >= 0.9
    assert naive_held / worlds < 0.2


def test_sums_that_cancel_up_to_a_rounding_are_none_whatever_the_order_of_the_rows(as_of):
    sums = np.zeros(len(SUMS))
    sums[AT["n"]], sums[AT["reviewed"]] = 400, 40
    left = (0.0, 3e-14, -3e-14)
    reasons = set()
    for rounding in left:
        sums[AT["d"]], sums[AT["g"]] = -12.0, 12.0 + rounding
        reasons.add(mean_of(sums, 0.1, measure=MEASURE_BY_ID["effort"], as_of=as_of).reason)
    assert reasons == {"not enough evidence: hardly any contact is on it once reviews are counted in"}
