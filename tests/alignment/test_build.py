from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from alignment.build import build_scorecard
from alignment.estimate import Estimate
from alignment.fold import fold
from alignment.index import freeze_formula
from alignment.scorecard import Scorecard, View
from alignment.targets import Targets

MONDAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        [
            {
                "respondent": f"r{person}",
                "answered_at": datetime(2026, 1, 2, tzinfo=UTC),
                "outcome": f"o{o}",
                "importance": float(np.clip(8 + rng.normal(), 1, 10)),
                "satisfaction": float(np.clip(9 - o + rng.normal(), 1, 10)),
                "weight": 1.0,
            }
            for person in range(60)
            for o in range(1, 7)
        ]
    )


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    rows = []
    for week in range(12):
        for person in range(20):
            for step in ("find", "pay"):
                at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=week, hours=person)
                customer = f"{step}{week}-{person}"
                rows.append((customer, at, step, "start", None))
                rows.append((customer, at + timedelta(minutes=5), step, "complete", person % 4 != 0))
    frame = pd.DataFrame(rows, columns=["customer", "at", "step", "type", "success"])
    return frame.assign(event_id=[f"e{i}" for i in range(len(frame))])


def figures(card: Scorecard) -> list[Estimate]:
    found = [card.index.index, *card.index.components.values(), *card.task_success.values()]
    for part in (*card.steps, *card.failure_modes, *card.outcomes):
        found += [value for value in vars(part).values() if isinstance(value, Estimate)]
    return found + [point.estimate for line in card.step_trends.values() for point in line]


@pytest.fixture(scope="module")
def card(make_world, job, as_of, survey, events) -> Scorecard:
    world = make_world(1, n=6000, reviews=2500)
    moments = fold(world.evidence, world.targets)
    view = View(as_of, MONDAY, date(2026, 3, 30))
    given = {"view": view, "survey": survey, "events": events, "contacts": 6000, "reviewed": 2500}
    first = build_scorecard(job, moments, **given)
    assert not first.index.published
    assert first.index.reason == (
        "not enough evidence: no formula is frozen for this job yet; publish once to set the baseline"
    )
    formula = freeze_formula(
        job, outcomes=first.outcomes, failure_modes=first.failure_modes, start=view.start, end=view.end
    )
    return build_scorecard(job, moments, formula=formula, **given)


def test_a_scorecard_with_all_its_evidence_publishes_every_figure(card):
    assert card.index.published
    assert card.index.index.low < card.index.index.value < card.index.index.high
    assert card.index.components["opportunity"].value == pytest.approx(0.5)
    assert [step.step for step in card.steps] == ["find", "pay"]
    for step in card.steps:
        assert step.friction.low < step.friction.value < step.friction.high
        assert step.burden.value is not None
        assert step.response_rate.value == pytest.approx(0.5, abs=0.06)


def test_the_step_with_worse_service_has_more_friction(card):
    find, pay = card.steps
    assert find.friction.low > pay.friction.high


def test_failure_modes_stand_in_the_order_of_burden(card):
    burdens = [mode.burden.value for mode in card.failure_modes if mode.burden.value is not None]
    assert burdens == sorted(burdens, reverse=True)
    assert len(card.failure_modes) == 6


def test_trends_have_a_point_a_week_and_the_last_speaks_of_four_weeks(card):
    assert [point.week for point in card.index_trend] == [MONDAY + timedelta(weeks=w) for w in range(12)]
    assert all(len(line) == 12 for line in card.step_trends.values())
    published = [point.estimate for point in card.index_trend if point.estimate.value is not None]
    assert len(published) >= 6
    assert card.step_trends["pay"][-1].estimate.n < card.steps[1].friction.n / 2


def test_every_figure_is_stamped_and_finite_and_has_a_reason_when_missing(card, as_of):
    for figure in figures(card):
        assert figure.as_of == as_of
        assert figure.value is None or np.isfinite(figure.value)
        assert figure.value is not None or figure.reason


def test_plain_texts_give_volumes_and_reasons_but_never_a_zero(make_world, job, as_of):
    world = make_world(2, n=400, dated=False)
    blank = dict.fromkeys(("effort", "fcr", "fcr_long", "transfers", "time", "cost"), np.nan)
    frame = world.evidence.frame.assign(**blank, customer=None)
    evidence = replace(world.evidence, frame=frame, weight=np.zeros(400), response=np.zeros(400))
    card = build_scorecard(job, fold(evidence, world.targets), view=View(as_of), contacts=400)
    volumes = [part.volume for part in (*card.steps, *card.failure_modes)]
    assert all(volume.value > 0 and volume.method == "uncorrected" for volume in volumes)
    shares = [step.share for step in card.steps]
    others = [f for f in figures(card) if f not in volumes and f not in shares]
    assert len(others) > 40
    assert all(f.value is None and f.reason.startswith("not enough evidence: ") for f in others)
    assert card.index.reason.startswith("not enough evidence: the index of shop has no baseline yet")
    assert card.index_trend == ()


def test_an_empty_view_has_no_figure_at_all(make_world, job, as_of):
    world = make_world(3, n=50)
    view = View(as_of, date(2030, 1, 1), date(2030, 2, 1))
    card = build_scorecard(job, fold(world.evidence, world.targets), view=view)
    assert all(figure.value is None and figure.reason for figure in figures(card))


def test_effort_on_another_scale_than_the_goalposts_makes_friction_missing(make_world, job, as_of):
    world = make_world(4, n=3000, reviews=1200)
    moments = fold(world.evidence, world.targets)
    card = build_scorecard(job, moments, view=View(as_of), effort_scale="ces1-5")
    assert "goalposts" in card.steps[1].friction.reason


def test_figures_of_two_channels_come_from_their_own_contacts(make_world, job, as_of):
    world = make_world(5, n=3000, reviews=1200)
    moments = fold(world.evidence, world.targets)
    chat = build_scorecard(job, moments, view=View(as_of, filters={"channel": "chat"}))
    phone = build_scorecard(job, moments, view=View(as_of, filters={"channel": "phone"}))
    assert chat.steps[0].volume.n + phone.steps[0].volume.n == 3000


def test_the_order_of_steps_and_outcomes_in_the_job_file_changes_no_figure(make_world, job, as_of):
    world = make_world(6, n=1500, reviews=600)
    mirrored = replace(job, steps=tuple(replace(s, outcomes=s.outcomes[::-1]) for s in reversed(job.steps)))
    targets = Targets.of(mirrored)
    columns = [world.targets.index(*name) for name in targets.names]
    evidence = replace(
        world.evidence, probabilities=world.evidence.probabilities[:, columns], truth=world.evidence.truth[:, columns]
    )
    one = build_scorecard(job, fold(world.evidence, world.targets), view=View(as_of))
    other = build_scorecard(mirrored, fold(evidence, targets), view=View(as_of))
    for left, right in zip(one.steps, reversed(other.steps), strict=True):
        assert left.step == right.step
        for name in ("volume", "effort", "fcr", "friction", "burden"):
            assert getattr(left, name).value == pytest.approx(getattr(right, name).value)
            assert getattr(left, name).high == pytest.approx(getattr(right, name).high)
    assert [mode.outcome for mode in one.failure_modes[:3]] == [mode.outcome for mode in other.failure_modes[:3]]
