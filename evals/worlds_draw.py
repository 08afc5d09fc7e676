"""Draws what happens in a world: who contacts when about what, how it goes, who comes back.

Numbers only, as arrays; the text of a contact is made later, from its number (`worlds_text`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evals.worlds_spec import Change, WorldSpec, WorldSpecError
from evals.worlds_wordings import Wordings
from taxonomy.model import Job

Columns: TypeAlias = dict[str, NDArray[Any]]

DAY = 86_400
WEEKDAYS = np.array([1.25, 1.15, 1.05, 1.0, 1.0, 0.7, 0.6])
HOURS = np.array([0] * 7 + [1, 3, 5, 6, 6, 5, 5, 5, 5, 5, 5, 6, 6, 4, 3, 1, 0], dtype=float)
MINUTES_BY_CHANNEL = {"phone": 1.1, "email": 0.9, "web": 0.7}
COST_PER_MINUTE = {"phone": 0.95, "chat": 0.6, "email": 0.55, "web": 0.4}
COST_FIXED = 0.4
TRANSFER_TIME = 0.35  # each transfer makes a contact this much longer


@dataclass(frozen=True)
class Stage:
    """What never changes within a world: names in their order, the job, the spec, the profiles."""

    spec: WorldSpec
    job: Job
    wordings: Wordings

    @property
    def steps(self) -> tuple[str, ...]:
        """Step ids; arrays hold positions in this tuple, -1 = fits no step."""
        return tuple(self.job.step_by_id)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcome ids; arrays hold positions in this tuple, -1 = fits no step."""
        return tuple(self.job.outcome_by_id)

    @property
    def channels(self) -> tuple[str, ...]:
        """Channel names; arrays hold positions in this tuple."""
        return tuple(self.spec.channels)

    @property
    def attributes(self) -> dict[str, tuple[str, ...]]:
        """Segments and circumstances of the job with their values; arrays hold positions in them."""
        return {**self.job.segments, **self.job.circumstances}

    def profile(self, name: str) -> NDArray[np.float64]:
        """One number of every step's profile, in the order of `steps`."""
        return np.array([getattr(self.wordings.steps[step], name) for step in self.steps], dtype=float)

    def shares(self, attribute: str) -> NDArray[np.float64]:
        """The population's shares of an attribute's values; equal where the spec names none."""
        values = self.attributes[attribute]
        given = self.spec.shares.get(attribute, {})
        return normalised(np.array([given.get(value, 0.0 if given else 1.0) for value in values]))

    def effect(self, attribute: str, names: tuple[str, ...]) -> NDArray[np.float64]:
        """What each value of an attribute (or channel) adds to effort."""
        shifts = self.spec.experience.by.get(attribute, {})
        return np.array([shifts.get(name, 0.0) for name in names])


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


def normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights made to sum to 1."""
    return np.asarray(weights / weights.sum())


def moment_of(change: Change) -> int:
    """When a change begins, in seconds since 1970."""
    return int(datetime.combine(change.since, time(), tzinfo=UTC).timestamp())


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
    return frozen(stage, answered(stage, rng, columns))


def within(columns: Columns, keep: NDArray[Any]) -> Columns:
    """The chosen rows of every column."""
    return {name: values[keep] for name, values in columns.items()}


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
        name: rng.choice(len(values), size=count, p=stage.shares(name)) for name, values in stage.job.segments.items()
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


def first_contacts(stage: Stage, rng: np.random.Generator, people: Columns, count: int) -> Columns:
    """Contacts that no other contact caused."""
    spec = stage.spec
    columns: Columns = {
        "started": draw_times(spec, rng, count),
        "customer": rng.integers(0, spec.customer_count, size=count),
        "channel": draw_channels(stage, rng, count),
        "again": np.zeros(count, dtype=bool),
    }
    for name in stage.job.circumstances:
        columns[name] = rng.choice(len(stage.attributes[name]), size=count, p=stage.shares(name))
    columns["step"] = draw_steps(stage, rng, columns)
    columns["outcome"] = draw_outcomes(stage, rng, columns["step"])
    return experienced(stage, rng, people, columns)


def draw_channels(stage: Stage, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Channels by their shares."""
    return rng.choice(len(stage.channels), size=count, p=normalised(np.array(list(stage.spec.channels.values()))))


def draw_steps(stage: Stage, rng: np.random.Generator, columns: Columns) -> NDArray[np.int64]:
    """Steps by their shares, which a planted change may multiply."""
    weights = np.tile(stage.profile("share"), (len(columns["started"]), 1))
    for change in stage.spec.changes:
        step = stage.steps.index(change.step)
        weights[changed(stage, change, columns), step] *= change.share
    bounds = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    draws = rng.random(len(bounds))
    return np.asarray(np.minimum((draws[:, None] > bounds).sum(axis=1), len(stage.steps) - 1))


def changed(stage: Stage, change: Change, columns: Columns) -> NDArray[np.bool_]:
    """Rows that a change has reached by time and channel (whatever their step)."""
    reached = columns["started"] >= moment_of(change)
    if change.channel is not None:
        reached &= columns["channel"] == stage.channels.index(change.channel)
    return np.asarray(reached)


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
    columns.update({name: causes[name] for name in stage.job.circumstances})
    return experienced(stage, rng, people, columns)


def experienced(stage: Stage, rng: np.random.Generator, people: Columns, columns: Columns) -> Columns:
    """Add how each contact goes: transfers, resolution, duration, cost and felt effort."""
    spec, step, count = stage.spec, columns["step"], len(columns["started"])
    columns.update({name: people[name][columns["customer"]] for name in stage.job.segments})
    resolved_p, effort_shift = stage.profile("resolved")[step], np.zeros(count)
    for change in spec.changes:
        rows = changed(stage, change, columns) & (step == stage.steps.index(change.step))
        resolved_p = resolved_p + change.resolved * rows
        effort_shift += change.effort * rows
    resolved_p = np.clip(resolved_p, 0.02, 0.98)
    columns["transfers"] = np.minimum(rng.poisson(stage.profile("transfers")[step]), 4)
    columns["abandoned"] = rng.random(count) < spec.abandoned_share
    columns["resolved"] = (rng.random(count) < resolved_p) & ~columns["abandoned"]
    columns["ended"] = columns["started"] + draw_seconds(stage, rng, columns)
    columns["cost"] = costs(stage, columns)
    columns["effort"] = draw_effort(stage, rng, columns, people["_ease"][columns["customer"]] + effort_shift)
    return columns


def draw_seconds(stage: Stage, rng: np.random.Generator, columns: Columns) -> NDArray[np.int64]:
    """How long each contact takes: log-normal around its step's mean, longer when transferred."""
    step, spread = columns["step"], 0.45
    factor = np.array([MINUTES_BY_CHANNEL.get(channel, 1.0) for channel in stage.channels])[columns["channel"]]
    mean_transfers = stage.profile("transfers")[step]
    longer = (1 + TRANSFER_TIME * columns["transfers"]) / (1 + TRANSFER_TIME * mean_transfers)
    mean = stage.profile("minutes")[step] * factor * longer
    minutes = mean * rng.lognormal(-spread * spread / 2, spread, size=len(step))
    return np.asarray(np.maximum(np.rint(minutes * 60), 20), dtype=np.int64)


def costs(stage: Stage, columns: Columns) -> NDArray[np.float64]:
    """What each contact costs, by its minutes and channel."""
    rate = np.array([COST_PER_MINUTE.get(channel, 0.5) for channel in stage.channels])[columns["channel"]]
    return np.asarray(np.round(COST_FIXED + rate * (columns["ended"] - columns["started"]) / 60, 2))


def draw_effort(
    stage: Stage, rng: np.random.Generator, columns: Columns, shift: NDArray[np.float64]
) -> NDArray[np.int64]:
    """What each customer would answer to "it was easy", 1 to 7 (CES 2.0)."""
    like, step = stage.spec.experience, columns["step"]
    usual = stage.profile("effort")[step] + shift
    usual += like.resolution * (columns["resolved"] - stage.profile("resolved")[step])
    usual += like.transfer * (columns["transfers"] - stage.profile("transfers")[step])
    usual += like.abandoning * columns["abandoned"]
    usual += stage.effect("channel", stage.channels)[columns["channel"]]
    for name, values in stage.attributes.items():
        usual += stage.effect(name, values)[columns[name]]
    felt = usual + rng.normal(0.0, like.moment, size=len(step))
    return np.asarray(np.clip(np.rint(felt), 1, 7), dtype=np.int64)


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


def answered(stage: Stage, rng: np.random.Generator, columns: Columns) -> Columns:
    """Add who answers the survey and when, and the second thing that some contacts are about."""
    spec, response, count = stage.spec, stage.spec.response, len(columns["started"])
    base = np.array([response.channel.get(channel, -1.0) for channel in stage.channels])[columns["channel"]]
    odds = base + response.resolved * columns["resolved"] + response.transfers * columns["transfers"]
    odds = odds + response.effort * (columns["effort"] - 4)
    answers = rng.random(count) < 1 / (1 + np.exp(-odds))
    delay = 60 + rng.exponential(response.delay_hours * 3600, size=count).astype(np.int64)
    columns["answered"] = answers & ~columns["abandoned"]
    columns["answered_at"] = columns["ended"] + delay
    columns["says_resolved"] = columns["resolved"] ^ (rng.random(count) < 0.04)
    other = draw_outcomes(stage, rng, rng.choice(len(stage.steps), size=count, p=normalised(stage.profile("share"))))
    step_of = np.array([stage.steps.index(stage.job.step_of[outcome]) for outcome in stage.outcomes])
    second = (rng.random(count) < spec.secondary_share) & (step_of[other] != columns["step"]) & (columns["step"] >= 0)
    columns["secondary"] = np.where(second, other, -1)
    return columns


def frozen(stage: Stage, columns: Columns) -> Drawn:
    """Columns as the value that the rest of the world is made from."""
    attributes = {name: columns.pop(name) for name in stage.attributes}
    return Drawn(**columns, attributes=attributes)
