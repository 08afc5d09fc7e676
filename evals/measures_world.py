"""Tagged contacts at scale, by the month: a job of twelve steps, what its tagger said, what was measured and reviewed.

Plain random numbers, since only the time it takes to measure them is of interest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.targets import NONE
from classifiers.scores import LabelSpace
from taxonomy.model import DesiredOutcome, Job, JobStage, JobStep

STEPS, OUTCOMES = 12, 3
CHANNELS = ("chat", "email", "phone", "web")
TIERS = ("free", "gold", "silver")
FIRST = date(2026, 1, 5)
REVIEWED = 0.02
ANSWERED = 0.25


def twelve_steps() -> Job:
    """A job of twelve steps, half of them critical, with three outcomes each."""
    steps = tuple(
        JobStep(
            f"s{n}",
            list(JobStage)[n % len(JobStage)],
            f"Step {n}",
            tuple(DesiredOutcome(f"s{n}o{m}", f"minimize the time it takes to do {m} of {n}") for m in range(OUTCOMES)),
            critical=n % 2 == 0,
        )
        for n in range(STEPS)
    )
    return Job("twelve", 1, "Get something done", steps, digest="0" * 16, segments={"tier": TIERS})


def labels_of(job: Job) -> LabelSpace:
    """Every outcome under its step, and the label that fits none."""
    return LabelSpace.of([*((outcome, step) for outcome, step in job.step_of.items()), (NONE, NONE)])


@dataclass(frozen=True)
class TaggedRows:
    """Contacts as they stand in the database: columns, label probabilities (n, labels) in float32, what reviews said.

    `label` is the reviewed label of each contact (-1: not reviewed), `response` r / rho.
    """

    frame: pd.DataFrame
    scores: NDArray[np.float32]
    label: NDArray[np.intp]
    response: NDArray[np.float64]

    def truth_and_weight(self, matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """1{Y = target} (n, targets) and xi / pi; `matrix` (labels, targets) says which label is on which target."""
        seen = self.label >= 0
        truth = np.zeros((len(self.label), matrix.shape[1]))
        truth[seen] = matrix[self.label[seen]]
        return truth, seen / REVIEWED


def shards(contacts: int, *, days: int, pieces: int, seed: int = 1) -> Iterator[TaggedRows]:
    """All contacts in `pieces` runs of days, one after the other."""
    bounds = np.linspace(0, days, pieces + 1).astype(int)
    for piece, (start, end) in enumerate(pairwise(bounds.tolist())):
        count = round(contacts * (end - start) / days)
        yield _shard(np.random.default_rng([seed, piece]), count, range(start, end), contacts // 3)


def _shard(rng: np.random.Generator, count: int, days: range, customers: int) -> TaggedRows:
    labels = STEPS * OUTCOMES + 1
    top, sure = rng.integers(0, labels, count), rng.beta(6, 1.5, count)
    scores = np.zeros((count, labels), dtype=np.float32)
    rows = np.arange(count)
    scores[rows, top] = sure
    for _ in range(3):
        scores[rows, (top + rng.integers(1, labels, count)) % labels] += ((1 - sure) / 3).astype(np.float32)
    right = rng.random(count) < sure
    label = np.where(rng.random(count) < REVIEWED, np.where(right, top, (top + 1) % labels), -1)
    answered = rng.random(count) < ANSWERED
    return TaggedRows(_frame(rng, count, days, customers, answered), scores, label, answered / ANSWERED)


def _frame(
    rng: np.random.Generator, count: int, days: range, customers: int, answered: NDArray[np.bool_]
) -> pd.DataFrame:
    dates = np.array([FIRST + timedelta(days=day) for day in days], dtype=object)
    tiers = np.empty(len(TIERS), dtype=object)
    tiers[:] = [(("tier", tier),) for tier in TIERS]
    none = np.empty(count, dtype=object)
    none[:] = [()] * count
    return pd.DataFrame(
        {
            "contact": np.char.mod(f"{days.start:03d}-%07d", np.arange(count)).astype(object),
            "customer": np.char.mod("u%07d", rng.integers(0, customers, count)).astype(object),
            "day": dates[rng.integers(0, len(dates), count)],
            "channel": np.array(CHANNELS, dtype=object)[rng.integers(0, len(CHANNELS), count)],
            "segment": tiers[rng.integers(0, len(TIERS), count)],
            "circumstance": none,
            "effort": np.where(answered, rng.integers(1, 8, count), np.nan),
            "fcr": (rng.random(count) < 0.75).astype(float),
            "fcr_long": (rng.random(count) < 0.65).astype(float),
            "transfers": rng.poisson(0.4, count).astype(float),
            "time": rng.gamma(4, 3, count),
            "cost": rng.gamma(4, 1, count),
        }
    )


def survey_of(job: Job, *, people: int = 400) -> pd.DataFrame:
    """Two waves of answers on every outcome."""
    rng = np.random.default_rng(5)
    outcomes = list(job.outcome_by_id)
    rows = np.repeat(np.arange(2 * people), len(outcomes))
    waves = pd.DatetimeIndex([_moment(2), _moment(100)])
    need = np.tile(rng.uniform(5, 9, len(outcomes)), 2 * people)
    return pd.DataFrame(
        {
            "respondent": np.char.mod("r%05d", rows),
            "answered_at": waves[(rows >= people).astype(int)],
            "outcome": np.tile(np.array(outcomes, dtype=object), 2 * people),
            "importance": np.clip(np.round(need + rng.normal(0, 1.5, len(rows))), 1, 10),
            "satisfaction": np.clip(np.round(10 - 0.6 * need + rng.normal(0, 1.5, len(rows))), 1, 10),
            "weight": 1.0,
        }
    )


def events_of(job: Job, *, attempts: int = 2000) -> pd.DataFrame:
    """Starts and completions of the critical steps."""
    rng = np.random.default_rng(6)
    steps = [step.id for step in job.critical_steps]
    step = np.array(steps, dtype=object)[rng.integers(0, len(steps), attempts)]
    at = pd.Timestamp(_moment(0)) + pd.to_timedelta(rng.uniform(0, 180 * 86400, attempts), unit="s")
    start = pd.DataFrame({"customer": np.char.mod("u%05d", np.arange(attempts)), "at": at, "step": step})
    done = start.assign(at=at + pd.Timedelta(minutes=5), type="complete", success=rng.random(attempts) < 0.8)
    both = pd.concat([start.assign(type="start", success=None), done[rng.random(attempts) < 0.9]], ignore_index=True)
    return both.assign(event_id=np.arange(len(both)).astype(str))


def _moment(day: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + timedelta(days=day)
