"""The outcome survey of a world: importance and satisfaction, one to ten, in waves.

Satisfaction follows the friction that customers met at the outcome's step at the time of the wave,
with the slope that METHODS 4 assumes (9 points over the whole range of friction).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.worlds_stage import DAY, Stage, moment_of, shares_of
from evals.worlds_truth import friction_of, iso

SURVEY_STREAM = 5
REFERENCE_STREAM = 15
REFERENCE_RESPONDENTS = 60_000
FIELD_DAYS = 10
LIKING = {"gold": 0.5, "high": -0.6}
"""What belonging to a segment or circumstance adds to satisfaction."""


@dataclass(frozen=True)
class Wave:
    """Answers of one wave: `importance` and `satisfaction` have shape (respondents, outcomes), 1 to 10.

    `attributes` holds positions of each respondent's segment and circumstance values; `weight` makes
    up for a sample whose shares differ from the population's.
    """

    number: int
    at: NDArray[np.int64]
    attributes: Mapping[str, NDArray[np.int64]]
    weight: NDArray[np.float64]
    importance: NDArray[np.int64]
    satisfaction: NDArray[np.int64]


def draw_waves(stage: Stage) -> tuple[Wave, ...]:
    """All waves, spread from the first days to the middle of the period."""
    rng = np.random.default_rng([stage.spec.seed, SURVEY_STREAM])
    return tuple(
        draw_wave(stage, rng, number, respondents=stage.spec.survey.respondents)
        for number in range(stage.spec.survey.waves)
    )


def wave_start(stage: Stage, number: int) -> int:
    """When a wave goes out, in seconds since 1970."""
    waves = max(1, stage.spec.survey.waves - 1)
    return int((stage.spec.begins + timedelta(days=3 + 0.5 * stage.spec.days * number / waves)).timestamp())


def draw_wave(stage: Stage, rng: np.random.Generator, number: int, *, respondents: int) -> Wave:
    """One wave. Each respondent leans to high or low answers as a person, and by segment."""
    survey, start = stage.spec.survey, wave_start(stage, number)
    attributes, weight = {}, np.ones(respondents)
    lean = rng.normal(0.0, 0.7, size=respondents)
    for name, values in stage.attributes.items():
        population = stage.shares(name)
        given = survey.sampled.get(name, {})
        sample = shares_of(values, given) if set(values) <= set(given) else population
        attributes[name] = rng.choice(len(values), size=respondents, p=sample)
        weight = weight * (population / sample)[attributes[name]]
        lean += np.array([LIKING.get(value, 0.0) for value in values])[attributes[name]]
    shape = (respondents, len(stage.outcomes))
    importance = usual_importance(stage) + rng.normal(0.0, survey.spread, size=shape)
    satisfaction = usual_satisfaction(stage, at=start) + lean[:, None] + rng.normal(0.0, survey.spread, size=shape)
    at = start + rng.integers(0, FIELD_DAYS * DAY, size=respondents)
    return Wave(number, at, attributes, np.round(weight, 4), _answers(importance), _answers(satisfaction))


def _answers(latent: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.clip(np.rint(latent), 1, 10), dtype=np.int64)


def usual_importance(stage: Stage) -> NDArray[np.float64]:
    """The centre of importance answers per outcome."""
    return np.array([stage.wordings.outcomes[outcome].importance for outcome in stage.outcomes])


def usual_satisfaction(stage: Stage, *, at: int) -> NDArray[np.float64]:
    """The centre of satisfaction answers per outcome, by the friction that its step has at that moment."""
    usual = []
    for number, outcome in enumerate(stage.outcomes):
        friction = expected_friction(stage, stage.job.step_of[outcome], at=at)
        # Outcomes under one step are not equally well served; the offset keeps them apart.
        usual.append(1.0 + 9.0 * (1.0 - friction / 100.0) + 0.4 * (number % 3 - 1))
    return np.array(usual)


def expected_friction(stage: Stage, step: str, *, at: int) -> float:
    """Friction of a step as its profile and the changes so far make it; changes on one channel count in part."""
    profile, repeats = stage.wordings.steps[step], stage.spec.repeats
    effort, resolved = profile.effort, profile.resolved
    for change in stage.spec.changes:
        if change.step == step and moment_of(change) <= at:
            part = stage.spec.channels[change.channel] / sum(stage.spec.channels.values()) if change.channel else 1.0
            effort, resolved = effort + part * change.effort, resolved + part * change.resolved
    figures = {
        "effort": effort,
        "fcr": 1.0 - 0.75 * repeats.probability * (1.0 - resolved),
        "transfers": profile.transfers,
        "time": profile.minutes,
    }
    return friction_of(figures, stage.job.friction) or 0.0


def survey_rows(stage: Stage, waves: tuple[Wave, ...]) -> Iterator[dict[str, object]]:
    """The answers as rows of an outcome survey file (CONTRACTS), one per respondent and outcome."""
    for wave in waves:
        for person in range(len(wave.at)):
            about = {
                "respondent_id": f"r{stage.spec.seed}-{wave.number + 1}-{person}",
                "answered_at": iso(wave.at[person]),
            }
            groups = _groups(stage, wave, person)
            for number, outcome in enumerate(stage.outcomes):
                yield {
                    **about,
                    "outcome": outcome,
                    "importance": int(wave.importance[person, number]),
                    "satisfaction": int(wave.satisfaction[person, number]),
                    **groups,
                    "weight": float(wave.weight[person]),
                }


def _groups(stage: Stage, wave: Wave, person: int) -> dict[str, str]:
    kinds = {**dict.fromkeys(stage.segments, "segment"), **dict.fromkeys(stage.circumstances, "circumstance")}
    return {f"{kinds[name]}.{name}": values[wave.attributes[name][person]] for name, values in stage.attributes.items()}


def survey_truth(stage: Stage, waves: tuple[Wave, ...]) -> dict[str, Any]:
    """Importance, satisfaction and opportunity per outcome: of the population, and of those who answered."""
    rng = np.random.default_rng([stage.spec.seed, REFERENCE_STREAM])
    reference = [draw_wave(stage, rng, wave.number, respondents=REFERENCE_RESPONDENTS) for wave in waves]
    return {
        "respondents": sum(len(wave.at) for wave in waves),
        "waves": [
            {
                "from": iso(wave_start(stage, wave.number)),
                "superpopulation": _scores(stage, [true]),
                "realised": _scores(stage, [wave]),
            }
            for wave, true in zip(waves, reference, strict=True)
        ],
        "superpopulation": _scores(stage, reference),
        "realised": _scores(stage, list(waves)),
    }


def _scores(stage: Stage, waves: list[Wave]) -> dict[str, dict[str, float]]:
    """Weighted means per outcome over waves; opportunity = importance + (importance - satisfaction)."""
    weight = np.concatenate([wave.weight for wave in waves]) if waves else np.ones(0)
    if not len(weight):
        return {}
    importance = np.average(np.concatenate([wave.importance for wave in waves]), axis=0, weights=weight)
    satisfaction = np.average(np.concatenate([wave.satisfaction for wave in waves]), axis=0, weights=weight)
    return {
        outcome: {
            "importance": float(importance[number]),
            "satisfaction": float(satisfaction[number]),
            "opportunity": float(2 * importance[number] - satisfaction[number]),
        }
        for number, outcome in enumerate(stage.outcomes)
    }
