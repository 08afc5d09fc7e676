"""Draws what happens in a world: who contacts when about what, how it goes, who comes back.

Numbers only, as arrays; the text of a contact is made later, from its number (`worlds_text`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.worlds_experience import answered, costs, experienced
from evals.worlds_spec import WorldSpec, WorldSpecError
from evals.worlds_stage import DAY, Columns, Stage, changed, normalised, within

WEEKDAYS = np.array([1.25, 1.15, 1.05, 1.0, 1.0, 0.7, 0.6])
HOURS = np.array([0] * 7 + [1, 3, 5, 6, 6, 5, 5, 5, 5, 5, 5, 6, 6, 4, 3, 1, 0], dtype=float)


@dataclass(frozen=True)
class Drawn:
    """The contacts of a world by order of start; one entry a contact in every array.

    Times are seconds since 1970, `minutes` their difference; `effort` is what the customer would
    answer (1 to 7), also where `answered` is False; `again` says that an unresolved contact caused it.
    """

    started: NDArray[np.int64]
    ended: NDArray[np.int64]
    customer: NDArray[np.int64]
    channel: NDArray[np.int64]
    step: NDArray[np.int64]
    outcome: NDArray[np.int64]
    secondary: NDArray[np.int64]
    transfers: NDArray[np.int64]
    cost: NDArray[np.float64]
    resolved: NDArray[np.bool_]
    abandoned: NDArray[np.bool_]
    effort: NDArray[np.int64]
    answered: NDArray[np.bool_]
    answered_at: NDArray[np.int64]
    says_resolved: NDArray[np.bool_]
    again: NDArray[np.bool_]
    attributes: Mapping[str, NDArray[np.int64]]

    def __len__(self) -> int:
        return len(self.started)

    @property
    def minutes(self) -> NDArray[np.float64]:
        """Duration of each contact."""
        return (self.ended - self.started) / 60.0


def draw_contacts(stage: Stage, *, stream: int = 0) -> Drawn:
    """Draw all contacts. `stream` tells apart independent draws under one seed (labelled, reference)."""
    spec = stage.spec
    unknown = {change.step for change in spec.changes} - set(stage.steps)
    if unknown:
        raise WorldSpecError(f"a change names the step '{min(unknown)}'; the job has {', '.join(stage.steps)}")
    rng = np.random.default_rng([spec.seed, stream])
    on_job = round(spec.contacts * (1 - spec.none_share))
    people = draw_people(stage, rng)
    batches = [first_contacts(stage, rng, people, round(1.15 * on_job) + 20)]
    for _ in range(spec.repeats.generations):
        batches.append(further_contacts(stage, rng, people, batches[-1]))
    columns = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    columns = within(columns, columns["started"] < spec.ends.timestamp())
    columns = within(columns, whole_customers(rng, columns["customer"], on_job))
    strangers = stray_contacts(stage, rng, spec.contacts - len(columns["started"]))
    columns = {name: np.concatenate([columns[name], strangers[name]]) for name in columns}
    columns = within(columns, np.argsort(columns["started"], kind="stable"))
    return frozen(stage, with_second(stage, rng, answered(stage, rng, columns)))


def whole_customers(rng: np.random.Generator, customer: NDArray[np.int64], most: int) -> NDArray[np.bool_]:
    """Rows of as many whole customers, in random order, as have at most `most` contacts together.

    Dropping single contacts would break chains of repeats and with them first contact resolution.
    """
    counts = np.bincount(customer)
    order = rng.permutation(len(counts))
    kept = order[np.cumsum(counts[order]) <= most]
    return np.asarray(np.isin(customer, kept))


def draw_people(stage: Stage, rng: np.random.Generator) -> Columns:
    """Customers: their segments and how easily they find things in general."""
    count = stage.spec.customer_count
    people: Columns = {
        name: rng.choice(len(values), size=count, p=stage.shares(name)) for name, values in stage.segments.items()
    }
    people["_ease"] = rng.normal(0.0, stage.spec.experience.customer, size=count)
    return people


def draw_times(spec: WorldSpec, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Moments over the period: fewer at the weekend, none in the deep of the night."""
    first = spec.start.weekday()
    day_weights = normalised(WEEKDAYS[(first + np.arange(spec.days)) % 7])
    days = rng.choice(spec.days, size=count, p=day_weights)
    hours = rng.choice(24, size=count, p=normalised(HOURS))
    seconds = rng.integers(0, 3600, size=count)
    return np.asarray(int(spec.begins.timestamp()) + days * DAY + hours * 3600 + seconds, dtype=np.int64)


def draw_channels(stage: Stage, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Channels by their shares."""
    return rng.choice(len(stage.channels), size=count, p=normalised(np.array(list(stage.spec.channels.values()))))


def first_contacts(stage: Stage, rng: np.random.Generator, people: Columns, count: int) -> Columns:
    """Contacts that no other contact caused."""
    spec = stage.spec
    columns: Columns = {
        "started": draw_times(spec, rng, count),
        "customer": rng.integers(0, spec.customer_count, size=count),
        "channel": draw_channels(stage, rng, count),
        "again": np.zeros(count, dtype=bool),
    }
    for name in stage.circumstances:
        columns[name] = rng.choice(len(stage.attributes[name]), size=count, p=stage.shares(name))
    columns["step"] = draw_steps(stage, rng, columns)
    columns["outcome"] = draw_outcomes(stage, rng, columns["step"])
    return experienced(stage, rng, people, columns)


def draw_steps(stage: Stage, rng: np.random.Generator, columns: Columns) -> NDArray[np.int64]:
    """Steps by their shares, which a planted change may multiply."""
    weights = np.tile(stage.profile("share"), (len(columns["started"]), 1))
    for change in stage.spec.changes:
        step = stage.steps.index(change.step)
        weights[changed(stage, change, columns), step] *= change.share
    bounds = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    draws = rng.random(len(bounds))
    return np.asarray(np.minimum((draws[:, None] > bounds).sum(axis=1), len(stage.steps) - 1))


def draw_outcomes(stage: Stage, rng: np.random.Generator, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """An outcome within each contact's step, by the parts that the outcomes have."""
    drawn = np.full(len(steps), -1)
    for number, step in enumerate(stage.job.steps):
        positions = np.array([stage.outcomes.index(outcome.id) for outcome in step.outcomes])
        parts = normalised(np.array([stage.wordings.outcomes[outcome.id].part for outcome in step.outcomes]))
        rows = steps == number
        drawn[rows] = rng.choice(positions, size=int(rows.sum()), p=parts)
    return drawn


def further_contacts(stage: Stage, rng: np.random.Generator, people: Columns, before: Columns) -> Columns:
    """Contacts that the unresolved ones among `before` cause, on the same outcome, some days later."""
    repeats = stage.spec.repeats
    unresolved = ~before["resolved"]
    comes_back = unresolved & (rng.random(len(unresolved)) < repeats.probability)
    causes = within(before, comes_back)
    count = len(causes["started"])
    lag = rng.lognormal(np.log(repeats.median_days), repeats.spread, size=count) * DAY
    keeps = rng.random(count) < repeats.same_channel
    columns: Columns = {
        "started": causes["ended"] + np.maximum(lag, 900).astype(np.int64),
        "customer": causes["customer"],
        "channel": np.where(keeps, causes["channel"], draw_channels(stage, rng, count)),
        "again": np.ones(count, dtype=bool),
        "step": causes["step"],
        "outcome": causes["outcome"],
    }
    columns.update({name: causes[name] for name in stage.circumstances})
    return experienced(stage, rng, people, columns)


def stray_contacts(stage: Stage, rng: np.random.Generator, count: int) -> Columns:
    """Contacts that fit no step, of people who are otherwise not seen (so no one's repeat)."""
    spec = stage.spec
    started = draw_times(spec, rng, count)
    columns: Columns = {
        "started": started,
        "ended": started + rng.integers(60, 480, size=count),
        "customer": spec.customer_count + np.arange(count),
        "channel": draw_channels(stage, rng, count),
        "again": np.zeros(count, dtype=bool),
        "step": np.full(count, -1),
        "outcome": np.full(count, -1),
        "transfers": np.zeros(count, dtype=np.int64),
        "abandoned": np.zeros(count, dtype=bool),
        "resolved": np.ones(count, dtype=bool),
        "effort": rng.choice([4, 5, 6, 7], size=count),
    }
    columns["cost"] = costs(stage, columns)
    for name, values in stage.attributes.items():
        columns[name] = rng.choice(len(values), size=count, p=stage.shares(name))
    return columns


def with_second(stage: Stage, rng: np.random.Generator, columns: Columns) -> Columns:
    """Add the second matter, on another step, that some contacts are about as well; -1 = none."""
    count = len(columns["started"])
    other = draw_outcomes(stage, rng, rng.choice(len(stage.steps), size=count, p=normalised(stage.profile("share"))))
    step_of = np.array([stage.steps.index(stage.job.step_of[outcome]) for outcome in stage.outcomes])
    second = (
        (rng.random(count) < stage.spec.secondary_share) & (step_of[other] != columns["step"]) & (columns["step"] >= 0)
    )
    columns["secondary"] = np.where(second, other, -1)
    return columns


def frozen(stage: Stage, columns: Columns) -> Drawn:
    """Columns as the value that the rest of the world is made from."""
    attributes = {name: columns.pop(name) for name in stage.attributes}
    return Drawn(**columns, attributes=attributes)
