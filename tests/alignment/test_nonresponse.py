from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from alignment.effort import SCALES, scale_of
from alignment.estimate import Estimate
from alignment.figures import step_figures, target_estimates
from alignment.fold import fold
from alignment.measures import EASY
from alignment.nonresponse import ODDS, bounded, shift_of
from alignment.scorecard import View

AT = datetime(2026, 7, 1, tzinfo=UTC)


def rate(value: float) -> Estimate:
    return Estimate(value, value, value, 100, 50, "rectified", AT)


def test_the_shift_is_that_of_the_silent_ones_where_answering_hangs_on_effort_as_much_as_allowed() -> None:
    rng = np.random.default_rng(1)
    effort = rng.normal(4.0, 1.2, 400_000)
    answered = rng.random(len(effort)) < 1 / (1 + np.exp(1.2 - math.log(ODDS) * (effort - 4)))
    said = effort[answered]
    share = float(answered.mean())
    shift = shift_of(rate(share), float(said.var()), 6.0)
    assert shift is not None
    assert said.mean() - effort.mean() == pytest.approx(shift, rel=0.05)


def test_where_all_answer_nothing_can_move() -> None:
    assert shift_of(rate(1.0), 2.0, 6.0) == 0.0


def test_bounds_stay_on_the_scale_and_say_what_they_assume() -> None:
    figure = Estimate(6.5, 6.2, 6.8, 100, 50, "rectified", AT)
    found = bounded(figure, 0.5, low=1.0, high=7.0)
    assert (found.low, found.high, found.method) == (pytest.approx(5.7), 7.0, "bounds")
    assert "odds of an answer" in str(found.reason)


def test_a_step_shows_effort_its_easy_share_and_both_bounds(job, make_world) -> None:
    world = make_world(3)
    frame = world.evidence.frame
    easy = frame["effort"].between(5, 7).astype(float).where(frame["effort"].notna())
    evidence = type(world.evidence)(
        frame.assign(easy=easy),
        world.evidence.probabilities,
        world.evidence.truth,
        world.evidence.weight,
        world.evidence.response,
    )
    moments = fold(evidence, world.targets)
    found = target_estimates(moments.folds(View(AT)), world.targets, scale=SCALES["ces2-7"], as_of=AT)
    pay = step_figures(job, found, world.targets, scale=SCALES["ces2-7"], as_of=AT)[1]
    assert pay.easy is not None and pay.effort_bounds is not None and pay.friction_bounds is not None
    assert pay.easy.value is not None and 0.6 < pay.easy.value < 0.95  # effort on it is about 5.5
    assert pay.effort_bounds.low < pay.effort.low and pay.effort_bounds.high > pay.effort.high
    assert pay.friction_bounds.high > pay.friction.high
    assert EASY in found[0].means or found[0].easy.value is not None


def test_a_jobs_goalposts_say_which_scale_its_answers_are_on(job) -> None:
    from dataclasses import replace

    from taxonomy.model import Goalposts

    def with_posts(worst: float, best: float):
        rule = replace(job.friction, goalposts={**job.friction.goalposts, "effort": Goalposts(worst, best)})
        return scale_of(replace(job, friction=rule)).id

    assert with_posts(1, 7) == "ces2-7"
    assert with_posts(5, 1) == "ces1-5"
    assert with_posts(1, 5) == "ces2-5"
    assert with_posts(1, 0) == "share-difficult"
    assert with_posts(2, 6.5) == "ces2-7"
