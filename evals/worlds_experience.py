"""How a contact goes: transfers, resolution, duration, cost, felt effort, and who answers the survey."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evals.worlds_stage import Columns, Stage, changed

MINUTES_BY_CHANNEL = {"phone": 1.1, "email": 0.9, "web": 0.7}
COST_PER_MINUTE = {"phone": 0.95, "chat": 0.6, "email": 0.55, "web": 0.4}
COST_FIXED = 0.4
TRANSFER_TIME = 0.35  # each transfer makes a contact this much longer


def experienced(stage: Stage, rng: np.random.Generator, people: Columns, columns: Columns) -> Columns:
    """Add how each contact goes: transfers, resolution, duration, cost and felt effort."""
    spec, step, count = stage.spec, columns["step"], len(columns["started"])
    columns.update({name: people[name][columns["customer"]] for name in stage.segments})
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


def answered(stage: Stage, rng: np.random.Generator, columns: Columns) -> Columns:
    """Add who answers the survey, when, and whether they say that the matter is resolved."""
    response, count = stage.spec.response, len(columns["started"])
    base = np.array([response.channel.get(channel, -1.0) for channel in stage.channels])[columns["channel"]]
    odds = base + response.resolved * columns["resolved"] + response.transfers * columns["transfers"]
    odds = odds + response.effort * (columns["effort"] - 4)
    answers = rng.random(count) < 1 / (1 + np.exp(-odds))
    delay = 60 + rng.exponential(response.delay_hours * 3600, size=count).astype(np.int64)
    columns["answered"] = answers & ~columns["abandoned"]
    columns["answered_at"] = columns["ended"] + delay
    columns["says_resolved"] = columns["resolved"] ^ (rng.random(count) < 0.04)
    return columns
