from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alignment.clusters import clusters_of
from alignment.effort import scale_named
from alignment.figures import step_friction, target_estimates
from alignment.fold import Evidence, fold
from alignment.fold_replicates import fold_replicates
from alignment.measures import SUMMED
from alignment.moments import Moments
from alignment.replicates import REPLICATES, owners, weights
from alignment.scorecard import View

VOLUME, EFFORT = SUMMED.index("volume"), SUMMED.index("effort")


def whole(world: Any, evidence: Evidence) -> Moments:
    return Moments(world.targets, fold(evidence, world.targets).slices, fold_replicates(evidence, world.targets))


def part(evidence: Evidence, rows: np.ndarray) -> Evidence:
    return Evidence(
        evidence.frame[rows].reset_index(drop=True),
        evidence.probabilities[rows],
        evidence.truth[rows],
        evidence.weight[rows],
        evidence.response[rows],
    )


def test_a_customer_weighs_the_same_in_every_batch() -> None:
    frame = pd.DataFrame({"customer": ["a", "b", "a", None, None], "contact": ["1", "2", "3", "4", "5"]})
    drawn = weights(owners(frame), 200)
    assert (drawn[0] == drawn[2]).all()
    assert (weights(owners(frame[1:2]), 200)[0] == drawn[1]).all()
    assert (drawn[3] != drawn[4]).any()


def test_weights_are_poisson_with_mean_and_variance_one() -> None:
    frame = pd.DataFrame({"customer": [f"c{i}" for i in range(3000)], "contact": "1"})
    drawn = weights(owners(frame), 100)
    assert drawn.mean() == pytest.approx(1.0, abs=0.01)
    assert drawn.var() == pytest.approx(1.0, abs=0.02)
    assert (drawn == 0).mean() == pytest.approx(np.exp(-1), abs=0.005)
    assert abs(np.corrcoef(drawn.T)[np.triu_indices(100, 1)]).max() < 0.1


def test_replicates_add_over_batches(make_world: Callable[..., Any]) -> None:
    world = make_world(1, n=600, reviews=200)
    first = np.arange(600) < 250
    both = fold_replicates(part(world.evidence, first), world.targets) + fold_replicates(
        part(world.evidence, ~first), world.targets
    )
    together = fold_replicates(world.evidence, world.targets)
    assert both.weeks.keys() == together.weeks.keys()
    for week, sums in together.weeks.items():
        np.testing.assert_allclose(both.weeks[week].sums, sums.sums, rtol=1e-3, atol=1e-2)


def test_the_mean_over_replicates_is_near_the_sum_itself(make_world: Callable[..., Any], as_of: Any) -> None:
    world = make_world(2)
    moments = whole(world, world.evidence)
    replicated = moments.replicates.between(None, None)
    assert replicated is not None
    assert replicated.counts.mean() == pytest.approx(len(world.evidence.frame), rel=0.01)
    total = moments.select(View(as_of))
    np.testing.assert_allclose(replicated.sums[:, 0, VOLUME, 0].mean(), total[0, VOLUME, 2], rtol=0.1)


def test_contacts_of_one_customer_that_say_the_same_widen_the_interval(
    make_world: Callable[..., Any], as_of: Any
) -> None:
    """Every contact four times, under one customer: the variance is four times that of independent contacts."""
    world = make_world(3, n=1500, reviews=500)
    rows = np.repeat(np.arange(1500), 4)
    frame = world.evidence.frame.iloc[rows].reset_index(drop=True)
    frame["customer"] = [f"c{row}" for row in rows]
    frame["contact"] = [f"{i:05d}" for i in range(len(rows))]
    many = Evidence(
        frame, *(getattr(world.evidence, n)[rows] for n in ("probabilities", "truth", "weight", "response"))
    )
    clusters = whole(world, many).clusters(View(as_of))
    assert clusters is not None
    assert np.median(clusters.design[:3, VOLUME]) == pytest.approx(4.0, rel=0.3)


def test_independent_contacts_have_a_design_effect_near_one(make_world: Callable[..., Any], as_of: Any) -> None:
    world = make_world(4)
    frame = world.evidence.frame.assign(customer=None)
    clusters = whole(world, replace(world.evidence, frame=frame)).clusters(View(as_of))
    assert clusters is not None
    assert clusters.design.shape == (len(world.targets), len(SUMMED))
    assert clusters.deviations.shape == (REPLICATES, len(world.targets), len(SUMMED))
    assert np.median(clusters.design[:3, [VOLUME, EFFORT]]) == pytest.approx(1.0, abs=0.25)


def test_joint_errors_make_friction_narrower_than_joined_ends(
    make_world: Callable[..., Any], job: Any, as_of: Any
) -> None:
    world = make_world(5)
    moments, view, scale = whole(world, world.evidence), View(as_of), scale_named("ces2-7")
    clusters = moments.clusters(view)
    widths = []
    for known in (None, clusters):
        found = target_estimates(moments.folds(view), world.targets, scale=scale, as_of=as_of, clusters=known)
        points = step_friction(job, found[1], scale=scale, as_of=as_of)
        assert points.low is not None
        assert points.low <= points.value <= points.high
        widths.append(points.high - points.low)
    assert widths[1] < 0.9 * widths[0]


def test_a_span_of_weeks_is_the_sum_of_its_weeks(make_world: Callable[..., Any]) -> None:
    replicates = fold_replicates(make_world(6).evidence, make_world(6).targets)
    weeks = sorted(replicates.weeks)
    span = replicates.between(weeks[1], weeks[3])
    assert span is not None
    expected = replicates.weeks[weeks[1]] + replicates.weeks[weeks[2]]
    np.testing.assert_allclose(span.sums, expected.sums, rtol=1e-3, atol=1e-2)
    assert replicates.between(date(1999, 1, 1), date(1999, 2, 1)) is None


def test_without_replicates_there_are_no_clusters(make_world: Callable[..., Any], as_of: Any) -> None:
    world = make_world(7, n=200, reviews=50)
    assert fold(world.evidence, world.targets).clusters(View(as_of)) is None


def test_a_figure_without_labels_has_a_design_effect_of_one(make_world: Callable[..., Any], as_of: Any) -> None:
    world = make_world(8, n=300, reviews=60)
    moments = whole(world, world.evidence)
    replicated = moments.replicates.between(None, None)
    assert replicated is not None
    empty = np.zeros_like(moments.select(View(as_of)))
    assert (clusters_of(replicated, empty).design == 1.0).all()
