from __future__ import annotations

import pytest

from alignment.account import account
from alignment.effort import scale_of
from alignment.figures import target_estimates
from alignment.fold import fold
from alignment.scorecard import View
from alignment.target_trends import target_trends


@pytest.mark.parametrize("reviews", [0, 60, 900])
@pytest.mark.parametrize("target", [("step", "find"), ("outcome", "o5")])
def test_every_figure_is_redone_from_the_parts_that_are_shown(job, make_world, as_of, reviews, target) -> None:
    world = make_world(5, reviews=max(reviews, 1))
    moments = fold(world.evidence, world.targets)
    folds = moments.folds(View(as_of))
    found = target_estimates(folds, world.targets, scale=scale_of(job), as_of=as_of)[world.targets.index(*target)]

    lines = account(folds, world.targets, target=target, found=found, as_of=as_of)

    assert [line.measure for line in lines][:3] == ["volume", "effort", "fcr"]
    for line in lines:
        assert (line.n, line.reviewed) == (line.figure.n, line.figure.reviewed)
        if line.figure.value is not None:
            assert line.redone == pytest.approx(line.figure.value, rel=1e-9)


def test_the_last_point_of_a_line_is_the_figure_of_its_weeks(job, make_world, as_of) -> None:
    world = make_world(5, reviews=1500)
    moments = fold(world.evidence, world.targets)

    lines = target_trends(job, moments, View(as_of), target=("outcome", "o4"))

    last = lines["fcr"][-1]
    span = View(as_of, *(moments.weeks()[at] for at in (-4, -1)))
    assert set(lines) == {"friction", "effort", "fcr", "share"}
    assert last.estimate.n == sum(
        (world.evidence.frame["day"] >= span.start).to_numpy() & world.evidence.frame["fcr"].notna().to_numpy()
    )
