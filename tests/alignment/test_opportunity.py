from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from alignment.opportunity import outcome_figures, served
from alignment.satisfaction import blended_satisfaction
from alignment.scorecard import View
from alignment.survey import FrameColumnsError


def survey(
    scores: dict[str, tuple[float, float]], *, people: int = 40, noise: float = 0.0, seed: int = 0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        {
            "respondent": f"r{person}",
            "answered_at": datetime(2026, 2, 1, tzinfo=UTC),
            "outcome": outcome,
            "importance": np.clip(importance + noise * rng.normal(), 1, 10),
            "satisfaction": np.clip(satisfaction + noise * rng.normal(), 1, 10),
            "weight": 1.0,
            "segment.tier": "gold" if person % 2 else "free",
        }
        for person in range(people)
        for outcome, (importance, satisfaction) in scores.items()
    ]
    return pd.DataFrame(rows)


SCORES = {"o1": (9, 4), "o2": (8, 7), "o3": (5, 8), "o4": (6, 5)}


def by_id(figures):
    return {figure.outcome: figure for figure in figures}


def test_opportunity_has_the_seeds_form_and_with_floor_ulwicks(job, as_of):
    plain = by_id(outcome_figures(job, survey(SCORES), view=View(as_of)))
    floored_job = replace(job, index=replace(job.index, floor=True))
    floored = by_id(outcome_figures(floored_job, survey(SCORES), view=View(as_of)))
    assert plain["o1"].opportunity.value == pytest.approx(14)
    assert plain["o3"].opportunity.value == pytest.approx(2)
    assert floored["o3"].opportunity.value == pytest.approx(5)


def test_outcomes_are_ranked_by_opportunity(job, as_of):
    figures = by_id(outcome_figures(job, survey(SCORES, noise=1.0), view=View(as_of)))
    assert [figures[o].rank for o in ("o1", "o2", "o4", "o3")] == [1, 2, 3, 4]
    assert figures["o1"].top_five_probability == 1


def test_an_outcome_is_under_over_or_rightly_served(job, as_of):
    assert served(9, 4) == "under"
    assert served(5, 8) == "over"
    assert served(5, 4) == "right"


def test_few_respondents_and_unasked_outcomes_have_no_score(job, as_of):
    figures = by_id(outcome_figures(job, survey(SCORES, people=4), view=View(as_of)))
    assert figures["o1"].importance.reason == "not enough evidence: 4 people answered on this outcome, 10 are needed"
    assert figures["o5"].opportunity.reason == "not enough evidence: no survey answers on this outcome"
    assert (figures["o1"].rank, figures["o1"].served, figures["o1"].top_five_probability) == (None, None, None)


def test_without_a_survey_every_score_is_missing(job, as_of):
    for nothing in (None, survey(SCORES).iloc[:0]):
        assert all(f.opportunity.value is None for f in outcome_figures(job, nothing, view=View(as_of)))


def test_intervals_are_those_of_a_mean_over_respondents(job, as_of):
    answers = survey({"o1": (6, 5)}, people=200, noise=1.0)
    figure = by_id(outcome_figures(job, answers, view=View(as_of)))["o1"].importance
    half = 1.97 * answers["importance"].std() / np.sqrt(200)
    assert figure.high - figure.value == pytest.approx(half, rel=0.1)


def test_the_latest_answer_of_a_respondent_known_by_the_end_counts(job, as_of):
    old = survey({"o1": (9, 4)})
    new = old.assign(satisfaction=8.0, answered_at=datetime(2026, 5, 1, tzinfo=UTC))
    both = pd.concat([new, old], ignore_index=True)
    assert by_id(outcome_figures(job, both, view=View(as_of)))["o1"].satisfaction.value == 8
    before = View(as_of, start=date(2026, 3, 1), end=date(2026, 4, 1))
    assert by_id(outcome_figures(job, both, view=before))["o1"].satisfaction.value == 4


def test_segments_filter_answers_and_channels_do_not(job, as_of):
    answers = survey({"o1": (9, 4)})
    gold = by_id(outcome_figures(job, answers, view=View(as_of, filters={"segment.tier": "gold", "channel": "chat"})))
    assert gold["o1"].importance.n == 20
    other = outcome_figures(job, answers, view=View(as_of, filters={"circumstance.urgency": "high"}))
    assert by_id(other)["o1"].importance.value is None


def test_weights_count(job, as_of):
    answers = survey({"o1": (9, 4)})
    answers.loc[::2, ["importance", "weight"]] = [5.0, 3.0]
    assert by_id(outcome_figures(job, answers, view=View(as_of)))["o1"].importance.value == pytest.approx(6)


def test_the_order_of_outcomes_and_rows_changes_no_figure(job, as_of):
    answers = survey(SCORES, noise=1.0)
    mirrored = replace(job, steps=tuple(replace(s, outcomes=s.outcomes[::-1]) for s in reversed(job.steps)))
    one = by_id(outcome_figures(job, answers, view=View(as_of)))
    other = by_id(outcome_figures(mirrored, answers.sample(frac=1, random_state=1), view=View(as_of)))
    for outcome in SCORES:
        left, right = one[outcome], other[outcome]
        assert left.opportunity.low == pytest.approx(right.opportunity.low)
        assert (left.rank, left.top_five_probability) == (right.rank, right.top_five_probability)


def test_a_survey_without_its_columns_is_refused(job, as_of):
    with pytest.raises(FrameColumnsError, match="importance"):
        outcome_figures(job, survey(SCORES).drop(columns="importance"), view=View(as_of))


def test_service_moves_satisfaction_only_by_a_change_in_friction():
    still = blended_satisfaction(6, friction_then=40, friction_now=40, respondents=100, contacts=100)
    assert (still.blended, still.share) == (6, 0.5)
    worse = blended_satisfaction(6, friction_then=40, friction_now=60, respondents=100, contacts=100)
    assert worse.service == pytest.approx(4.2)
    assert worse.blended == pytest.approx(5.1)
    aged = blended_satisfaction(6, friction_then=40, friction_now=60, respondents=100, contacts=100, age_days=90)
    assert aged.share == pytest.approx(2 / 3)
    assert blended_satisfaction(6, friction_then=0, friction_now=9, respondents=0, contacts=0).blended == 6
