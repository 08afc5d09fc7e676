from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from alignment.alert_series import step_series
from alignment.effort import scale_named
from alignment.measures import SUMMED, SUMS
from alignment.targets import Targets

WEEKS = tuple(date(2026, 1, 5) + timedelta(weeks=number) for number in range(4))
TARGETS = Targets(("pay",), ())


def answers(values: np.ndarray) -> np.ndarray:
    """The sums of 50 answers a week whose tagger is sure, shape (weeks, targets, measures, SUMS)."""
    sums = np.zeros((len(values), len(TARGETS), len(SUMMED), len(SUMS)))
    effort = SUMMED.index("effort")
    powers = {"n": 0, "g": 0, "gg": 0, "vg": 1, "vgg": 1, "vvgg": 2}
    for name, power in powers.items():
        sums[:, 0, effort, SUMS.index(name)] = (values**power).sum(axis=1)
    return sums


@pytest.mark.parametrize("scale", ["ces2-7", "ces1-5", "ces2-5"])
def test_effort_is_placed_in_the_range_of_the_jobs_own_scale(scale: str) -> None:
    known = scale_named(scale)
    given = np.random.default_rng(1).choice([known.low, known.high], size=(4, 50))
    effort = next(one for one in step_series(WEEKS, answers(given), TARGETS, scale=known) if one.measure == "effort")
    place = (given.mean(axis=1) - known.low) / (known.high - known.low)
    assert effort.value == pytest.approx(given.mean(axis=1))
    assert effort.level == pytest.approx(2 * np.arcsin(np.sqrt(place)))


def test_answers_of_five_ways_are_as_precise_as_the_same_answers_of_seven() -> None:
    given = np.random.default_rng(2).choice([1.0, 3.0, 5.0], size=(4, 50))
    five = step_series(WEEKS, answers(given), TARGETS, scale=scale_named("ces2-5"))[0]
    seven = step_series(WEEKS, answers(1 + (given - 1) * 6 / 4), TARGETS, scale=scale_named("ces2-7"))[0]
    assert five.precision == pytest.approx(seven.precision)
