from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from alignment.estimate import Estimate
from alignment.opportunity import outcome_figures
from alignment.scorecard import OutcomeFigures, View
from alignment.service_blend import Service, wave_days, with_service

AT = datetime(2026, 7, 1, tzinfo=UTC)
WAVES = (date(2026, 1, 10), date(2026, 4, 20))


def survey(job, *levels: float, spread: float = 0.5) -> pd.DataFrame:
    """Answers of a wave each: satisfaction lies at these levels, a little apart by outcome."""
    rng = np.random.default_rng(1)
    rows = [
        {
            "respondent": f"r{wave}-{person}",
            "answered_at": datetime.combine(WAVES[wave], datetime.min.time(), UTC),
            "outcome": outcome,
            "importance": 8.0,
            "satisfaction": float(np.clip(level + 0.2 * o + rng.normal(0, spread), 1, 10)),
            "weight": 1.0,
        }
        for wave, level in enumerate(levels)
        for person in range(60)
        for o, outcome in enumerate(job.outcome_by_id)
    ]
    return pd.DataFrame(rows)


def contacts(job, *frictions: float, reviews: float = 200.0):
    """Service evidence by the end of its weeks: the friction of the first, second and third quarter."""
    bounds = (WAVES[0] + timedelta(days=40), WAVES[1] + timedelta(days=40))

    def watched(_start: date, end: date) -> Mapping[str, Service]:
        value = frictions[sum(end > bound for bound in bounds)]
        points = Estimate(value, value - 2, value + 2, 500, 100, "composite", AT)
        return {outcome: Service(points, reviews) for outcome in job.outcome_by_id}

    return watched


def blended(job, answers: pd.DataFrame, watched) -> OutcomeFigures:
    view = View(AT)
    return with_service(job, answers, outcome_figures(job, answers, view=view), view=view, watched=watched)[0]


def test_two_waves_far_apart_are_told_apart(job):
    assert wave_days(survey(job, 6.0, 5.0)) == list(WAVES)


def test_contacts_that_foretold_the_last_survey_move_satisfaction_since(job):
    # friction rose by 20 points from wave to wave, satisfaction fell by 1.8; it rose by 10 more since
    one = blended(job, survey(job, 6.0, 4.2), contacts(job, 30.0, 50.0, 60.0))
    assert one.service is not None and one.service.reason is None
    assert one.satisfaction.value is not None and one.service.blend.value is not None
    assert one.service.satisfaction.value == pytest.approx(one.satisfaction.value - 0.9)
    assert 0.3 < one.service.share < 1.0
    assert one.service.blend.value == pytest.approx(one.satisfaction.value - 0.9 * one.service.share)
    assert one.service.blend.low < one.service.blend.value < one.service.blend.high


def test_contacts_that_foretold_nothing_weigh_nothing_and_the_note_says_why(job):
    one = blended(job, survey(job, 5.0, 5.0), contacts(job, 30.0, 50.0, 60.0))
    assert one.service is not None
    assert one.service.share == 0.0
    assert one.service.blend.value == one.satisfaction.value
    assert "on the last survey the blend was off by" in str(one.service.reason)


def test_one_survey_alone_cannot_show_that_contacts_foretell_the_next(job):
    one = blended(job, survey(job, 5.0), contacts(job, 30.0, 50.0, 60.0))
    assert one.service is not None
    assert (one.service.share, "no second survey" in str(one.service.reason)) == (0.0, True)


def test_without_surveys_nothing_is_blended(job):
    figures = outcome_figures(job, None, view=View(AT))
    assert with_service(job, None, figures, view=View(AT), watched=contacts(job, 1, 1, 1)) == figures
