"""Satisfaction between two surveys: what people said last, moved by how contacts have changed since (METHODS 4).

The blend is believed only where it was tested: with two waves or more, the last wave but one and the change of friction
from then to the last wave must predict the last wave better than the last but one alone does. Opportunity, rank and the
index stay with what people said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from alignment.estimate import Estimate
from alignment.opportunity import Surveyed, surveyed
from alignment.satisfaction import blended_satisfaction
from alignment.scorecard import OutcomeFigures, ServiceEvidence, View
from alignment.survey import current_answers
from taxonomy.model import Job

WEEKS = 13
"""Friction then and now is that of so many weeks of contacts."""

GAP = timedelta(days=30)
"""Answers further apart than this belong to two waves."""

MIN_OUTCOMES = 3
"""Outcomes with figures in both waves below which a hold-out says nothing."""

_DRAWS = 200
SLOPE = 9 / 100


@dataclass(frozen=True)
class Service:
    """What contacts say of an outcome in some weeks: friction (0 to 100) and its effective number of reviews."""

    friction: Estimate
    reviews: float


Watched = Callable[[date, date], Mapping[str, Service]]
"""Service evidence by outcome for the contacts from a day up to another."""


def with_service(
    job: Job, survey: pd.DataFrame | None, figures: tuple[OutcomeFigures, ...], *, view: View, watched: Watched
) -> tuple[OutcomeFigures, ...]:
    """The figures with survey, service and blended satisfaction side by side, and the share w of service."""
    answers = None if survey is None or survey.empty else current_answers(survey, view)
    if answers is None or answers.empty:
        return figures
    waves = wave_days(answers)
    today = view.end or view.as_of.date()
    then, now = watched(*_weeks_to(waves[-1])), watched(*_weeks_to(today))
    refused = _refused(job, survey, waves, view, watched)
    age = max((today - waves[-1]).days, 0)
    return tuple(
        replace(one, service=_evidence(one, then.get(one.outcome), now.get(one.outcome), age, refused))
        for one in figures
    )


def wave_days(answers: pd.DataFrame) -> list[date]:
    """The last day of each wave of answers, the newest last."""
    days = sorted({moment.date() for moment in pd.to_datetime(answers["answered_at"], utc=True)})
    ends = [day for day, following in pairwise(days) if following - day > GAP]
    return [*ends, days[-1]]


def _weeks_to(day: date) -> tuple[date, date]:
    end = day + timedelta(days=1)
    return end - timedelta(weeks=WEEKS), end


def _evidence(
    one: OutcomeFigures, then: Service | None, now: Service | None, age: int, refused: str | None
) -> ServiceEvidence | None:
    said = one.satisfaction
    if said.value is None or said.low is None or said.high is None:
        return None
    absent = next((part.friction.reason for part in (then, now) if part and part.friction.value is None), None)
    if then is None or now is None or then.friction.value is None or now.friction.value is None:
        why = absent or "not enough evidence: no contact is on it"
        return ServiceEvidence(Estimate.missing(why, as_of=said.as_of), replace(said, reason=why), 0.0, why)
    blend = blended_satisfaction(
        said.value,
        friction_then=then.friction.value,
        friction_now=now.friction.value,
        respondents=said.n,
        contacts=now.reviews,
        age_days=age,
    )
    share = 0.0 if refused else blend.share
    moved = SLOPE * _spread(then.friction, now.friction)
    service = _around(said, blend.service, moved, now)
    change = SLOPE * (then.friction.value - now.friction.value)
    mixed = _around(said, min(max(said.value + share * change, 1.0), 10.0), share * moved, now)
    return ServiceEvidence(service, replace(mixed, reason=refused), share, refused)


def _spread(then: Estimate, now: Estimate) -> float:
    """Half the width of the interval of a change in friction; the two windows are taken as independent."""
    first, second = (((part.high or 0.0) - (part.low or 0.0)) / 2 for part in (then, now))
    return float(np.hypot(first, second))


def _around(said: Estimate, value: float, moved: float, now: Service) -> Estimate:
    half = float(np.hypot(((said.high or 0.0) - (said.low or 0.0)) / 2, moved))
    low, high = max(value - half, 1.0), min(value + half, 10.0)
    return Estimate(
        value, min(low, value), max(high, value), now.friction.n, now.friction.reviewed, "blend", said.as_of
    )


def _refused(job: Job, survey: pd.DataFrame | None, waves: list[date], view: View, watched: Watched) -> str | None:
    """Why service evidence moves nothing yet; None where a hold-out shows that it predicts the next survey."""
    if len(waves) < 2:
        return "w is 0: there has been no second survey on which the blend could be tested"
    before, last = waves[-2], waves[-1]
    old = _scores_by(job, survey, before, view)
    new = _scores_of(job, survey, before, last, view)
    then, now = watched(*_weeks_to(before)), watched(*_weeks_to(last))
    errors = []
    for outcome, said in old.items():
        found, first, second = new.get(outcome), then.get(outcome), now.get(outcome)
        if found is None or first is None or second is None:
            continue
        if first.friction.value is None or second.friction.value is None:
            continue
        blend = blended_satisfaction(
            said.value or 0.0,
            friction_then=first.friction.value,
            friction_now=second.friction.value,
            respondents=said.n,
            contacts=second.reviews,
            age_days=(last - before).days,
        )
        errors.append(((blend.blended - found) ** 2, ((said.value or 0.0) - found) ** 2))
    if len(errors) < MIN_OUTCOMES:
        return f"w is 0: only {len(errors)} outcomes could be tested on the last survey, {MIN_OUTCOMES} are needed"
    with_contacts, alone = np.sqrt(np.array(errors).mean(axis=0))
    if with_contacts >= alone:
        off = f"off by {with_contacts:.2f} points, the survey before alone by {alone:.2f}"
        return f"w is 0: on the last survey the blend was {off}"
    return None


def _scores_by(job: Job, survey: pd.DataFrame | None, day: date, view: View) -> dict[str, Estimate]:
    known = View(view.as_of, None, day + timedelta(days=1), view.filters)
    return _given(surveyed(job, survey, view=known, draws=_DRAWS))


def _scores_of(job: Job, survey: pd.DataFrame | None, after: date, day: date, view: View) -> dict[str, float]:
    """Satisfaction from the answers of the last wave alone."""
    if survey is None:
        return {}
    start = pd.Timestamp(datetime.combine(after + timedelta(days=1), time.min, UTC))
    wave = survey[pd.to_datetime(survey["answered_at"], utc=True) >= start]
    known = View(view.as_of, None, day + timedelta(days=1), view.filters)
    found = _given(surveyed(job, wave, view=known, draws=_DRAWS))
    return {outcome: estimate.value or 0.0 for outcome, estimate in found.items()}


def _given(scores: Surveyed) -> dict[str, Estimate]:
    return {one.outcome: one.satisfaction for one in scores.figures if one.satisfaction.value is not None}
