"""A small simulated world with known truth, and a job of two steps for hand-worked figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from alignment.fold import Evidence
from alignment.measures import MEASURES
from alignment.targets import Targets
from taxonomy.model import DesiredOutcome, Job, JobStage, JobStep

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def as_of() -> datetime:
    return AS_OF


def _outcome(name: str) -> DesiredOutcome:
    return DesiredOutcome(name, f"minimize the time it takes to {name}")


@pytest.fixture(scope="session")
def job() -> Job:
    steps = (
        JobStep("find", JobStage.LOCATE, "Find", tuple(map(_outcome, ("o1", "o2", "o3"))), critical=True),
        JobStep("pay", JobStage.EXECUTE, "Pay", tuple(map(_outcome, ("o4", "o5", "o6"))), critical=True),
    )
    return Job("shop", 1, "Get what I want", steps, digest="0123456789abcdef")


@dataclass(frozen=True)
class World:
    """Evidence about contacts whose truth is known: step of each (len(steps) = none) and the means behind them."""

    evidence: Evidence
    targets: Targets
    step: np.ndarray
    fcr: np.ndarray
    effort: np.ndarray
    called: np.ndarray


@pytest.fixture(scope="session")
def make_world() -> Callable[..., World]:
    return _world


def _world(
    seed: int, *, n: int = 3000, reviews: int = 600, right: float = 0.75, answer: float = 0.5, dated: bool = True
) -> World:
    """Contacts on two steps or none, outcomes under them, a tagger that confuses them, uncertainty-driven reviews."""
    rng = np.random.default_rng(seed)
    targets = Targets(("find", "pay"), ("o1", "o2", "o3", "o4", "o5", "o6"))
    step = rng.choice(3, size=n, p=[0.2, 0.6, 0.2])
    outcome = rng.integers(0, 3, n) + 3 * step
    called = np.where(rng.random(n) < right, step, (step + rng.integers(1, 3, n)) % 3)
    trust = np.clip(rng.normal(0.7, 0.12, n), 0.34, 0.98)
    f = np.repeat(((1 - trust) / 2)[:, None], 3, axis=1)
    f[np.arange(n), called] = trust
    f_out = np.hstack([np.repeat(f[:, :1] / 3, 3, axis=1), np.repeat(f[:, 1:2] / 3, 3, axis=1)])
    truth = np.zeros((n, len(targets)))
    truth[np.arange(n), step] = 1
    fits = step < 2
    truth[np.flatnonzero(fits), 3 + outcome[fits]] = 1
    pi = 0.3 * reviews / n + 0.7 * reviews * np.sqrt(trust * (1 - trust)) / np.sqrt(trust * (1 - trust)).sum()
    pi = np.clip(pi, 1e-9, 1.0)
    weight = (rng.random(n) < pi) / pi
    fcr = np.array([0.5, 0.85, 0.7])[step]
    effort = np.array([3.0, 5.5, 4.5])[step]
    answered = rng.random(n) < answer
    frame = pd.DataFrame(
        {
            "contact": [f"c{i}" for i in range(n)],
            "customer": [f"u{i}" for i in range(n)],
            "day": [date(2026, 1, 5) + timedelta(days=int(d)) for d in rng.integers(0, 84, n)] if dated else [None] * n,
            "channel": rng.choice(["chat", "phone"], n),
            "segment": [(("tier", tier),) for tier in rng.choice(["gold", "free"], n)],
            "circumstance": [()] * n,
            "effort": np.where(answered, np.clip(np.round(rng.normal(effort, 1.2)), 1, 7), np.nan),
            "fcr": (rng.random(n) < fcr).astype(float),
            "fcr_long": (rng.random(n) < fcr - 0.1).astype(float),
            "transfers": rng.poisson(0.4, n).astype(float),
            "time": rng.gamma(4, 3, n),
            "cost": rng.gamma(4, 1, n),
        }
    )
    assert set(MEASURES[1:]) <= set(frame.columns)
    evidence = Evidence(frame, np.hstack([f, f_out]), truth, weight, answered / answer)
    return World(evidence, targets, step, fcr, effort, called)
