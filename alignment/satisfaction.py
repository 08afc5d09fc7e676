"""Satisfaction between two surveys, moved by what service contacts show (METHODS 4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Blend:
    """Survey and service views of satisfaction (1 to 10) beside their blend and the service's share w."""

    survey: float
    service: float
    blended: float
    share: float


def blended_satisfaction(
    survey: float,
    *,
    friction_then: float,
    friction_now: float,
    respondents: float,
    contacts: float,
    age_days: float = 0.0,
    half_life_days: float = 90.0,
    cap: float = 200.0,
) -> Blend:
    """sat_t = clip(sat_survey + w (9 / 100) (friction(t0) - friction(t)), 1, 10), w = m / (k + m).

    k = respondents, halved each `half_life_days` of the survey's age; m = effective reviewed-equivalent
    contacts, at most `cap`. Only a change in friction (0 to 100) since the survey moves satisfaction.
    """
    weight = min(max(contacts, 0.0), cap)
    standing = respondents * 0.5 ** (age_days / half_life_days)
    share = weight / (standing + weight) if standing + weight > 0 else 0.0
    change = 9 / 100 * (friction_then - friction_now)
    return Blend(survey, _on_scale(survey + change), _on_scale(survey + share * change), share)


def _on_scale(value: float) -> float:
    return min(max(value, 1.0), 10.0)
