"""Whether the heat map names differences that are chance no more often than it says (`alignment.heat_map`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.effort import scale_of
from alignment.fold import Evidence, fold
from alignment.fold_replicates import fold_replicates
from alignment.heat_map import RATE, MeasureName, heat_map
from alignment.moments import Moments
from alignment.scorecard import View
from alignment.targets import Targets
from taxonomy.model import DesiredOutcome, Job, JobStage, JobStep

NOW = datetime(2026, 7, 1, tzinfo=UTC)
STEPS = 8
WEEKS = 13
RIGHT = 0.8
"""The share of contacts that the tagger calls rightly."""

VALUES = {"channel": 4, "segment.tier": 3, "segment.region": 5, "circumstance.urgency": 2}
"""Dimensions and how many values each has; tier and region belong to the customer, the others to the contact."""

Array = NDArray[np.float64]
Whole = NDArray[np.intp]


@dataclass(frozen=True)
class Planted:
    """On one step, contacts with one value of a dimension are `points` of effort harder (or, below 0, easier)."""

    step: int
    dimension: str
    points: float


@dataclass(frozen=True)
class SegmentsResult:
    """One measure over many worlds.

    `fdr`: the mean share of chance among the cells named, with its standard error; `fdr_any` under the adjustment for
    any dependence. `power`: the share of planted differences found, None where nothing is planted. `named` of `tests`
    cells a world. `small_p`: the share of comparisons without a difference that have p < 0.05.
    """

    measure: MeasureName
    planted: int
    worlds: int
    rate: float
    fdr: float
    fdr_error: float
    fdr_any: float
    power: float | None
    named: float
    tests: float
    small_p: float

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)


@dataclass(frozen=True)
class _World:
    """What one world's map said: chance among the named under both adjustments, finds, and p where nothing differs."""

    share: float
    share_any: float
    found: int
    named: int
    tests: int
    null_p: Array


def segments_bench(
    *, worlds: int, contacts: int, reviews: int, say: Callable[[str], None] | None = None
) -> list[SegmentsResult]:
    """Nothing planted, then differences on a quarter of (step, dimension); friction, effort and resolution of each."""
    results = []
    for planted in (0, STEPS):
        for measure in ("friction", "effort", "fcr"):
            results.append(segments_study(measure, planted, worlds=worlds, contacts=contacts, reviews=reviews))
            if say is not None:
                say(segments_text(results[-1:]))
    return results


def segments_study(measure: MeasureName, planted: int, *, worlds: int, contacts: int, reviews: int) -> SegmentsResult:
    """One measure, with so many planted differences, over worlds of their own seeds."""
    found = [_one(seed, measure, planted, contacts=contacts, reviews=reviews) for seed in range(worlds)]
    shares = np.array([one.share for one in found])
    null_p = np.concatenate([one.null_p for one in found])
    return SegmentsResult(
        measure,
        planted,
        worlds,
        RATE,
        float(shares.mean()),
        float(shares.std(ddof=1) / np.sqrt(worlds)) if worlds > 1 else 0.0,
        float(np.mean([one.share_any for one in found])),
        float(np.mean([one.found for one in found]) / planted) if planted else None,
        float(np.mean([one.named for one in found])),
        float(np.mean([one.tests for one in found])),
        float((null_p < 0.05).mean()) if len(null_p) else 0.0,
    )


def segments_text(results: list[SegmentsResult]) -> str:
    """One line a result."""
    return "\n".join(
        f"{one.measure:8s} {one.planted:2d} planted: {100 * one.fdr:4.1f} % of the named are chance"
        f" (+-{100 * one.fdr_error:.1f}, promised {100 * one.rate:.0f}; {100 * one.fdr_any:.1f} under any dependence),"
        f" {'nothing to find' if one.power is None else f'{100 * one.power:.0f} % of the planted found'},"
        f" {one.named:.1f} of {one.tests:.0f} named, p < 0.05 without a difference in {100 * one.small_p:.1f} %"
        for one in results
    )


def _one(seed: int, measure: MeasureName, planted: int, *, contacts: int, reviews: int) -> _World:
    rng = np.random.default_rng([seed, planted])
    plants = _plants(rng, planted)
    job, moments = _job(), _moments(rng, plants, contacts=contacts, reviews=reviews)
    found = heat_map(job, moments, view=View(NOW), dimensions=tuple(VALUES), scale=scale_of(job), measure=measure)
    true = {(f"s{plant.step}", plant.dimension) for plant in plants}
    hits = {(cell.step, cell.column.dimension) for cell in found.named} & true
    null = [cell for cell in found.cells if (cell.step, cell.column.dimension) not in true]
    sure = [cell for cell in found.cells if cell.q_any is not None and cell.q_any <= RATE]
    return _World(
        share=_chance([cell in null for cell in found.named]),
        share_any=_chance([cell in null for cell in sure]),
        found=len(hits),
        named=len(found.named),
        tests=found.tests,
        null_p=np.array([cell.p for cell in null if cell.p is not None]),
    )


def _chance(wrong: list[bool]) -> float:
    return sum(wrong) / max(len(wrong), 1)


def _plants(rng: np.random.Generator, count: int) -> list[Planted]:
    """Different (step, dimension) pairs, half of them harder, half easier."""
    pairs = [(step, dimension) for step in range(STEPS) for dimension in VALUES]
    picked = rng.choice(len(pairs), size=count, replace=False)
    points = (-1.5 if number % 2 else 1.5 for number in range(count))
    return [Planted(pairs[at][0], pairs[at][1], size) for at, size in zip(picked, points, strict=True)]


def _job() -> Job:
    steps = tuple(
        JobStep(f"s{number}", JobStage.EXECUTE, f"Step {number}", (DesiredOutcome(f"o{number}", "minimize the time"),))
        for number in range(STEPS)
    )
    return Job("bench", 1, "Do the job", steps, digest="0123456789abcdef")


def _moments(rng: np.random.Generator, plants: list[Planted], *, contacts: int, reviews: int) -> Moments:
    """Customers with about three contacts each, a tagger that errs, reviews drawn where it is least sure."""
    customer = rng.integers(0, max(contacts // 3, 1), contacts)
    step = rng.integers(0, STEPS + 1, contacts)  # the last: fits no step
    values = _values(rng, customer)
    frame = _frame(rng, customer, step, values, plants)
    trust = np.clip(rng.normal(RIGHT, 0.1, contacts), 0.35, 0.98)
    called = np.where(rng.random(contacts) < trust, step, (step + rng.integers(1, STEPS + 1, contacts)) % (STEPS + 1))
    f = np.repeat(((1 - trust) / STEPS)[:, None], STEPS + 1, axis=1)
    f[np.arange(contacts), called] = trust
    truth = np.zeros_like(f)
    truth[np.arange(contacts), step] = 1.0
    doubt = np.sqrt(trust * (1 - trust))
    pi = np.clip(reviews * (0.5 / contacts + 0.5 * doubt / doubt.sum()), 1e-9, 1.0)
    weight = (rng.random(contacts) < pi) / pi
    answered = np.isfinite(frame["effort"].to_numpy(dtype=float))
    both = [np.hstack([part, part[:, :STEPS]]) for part in (f, truth)]  # each step has one outcome
    evidence = Evidence(frame, both[0], both[1], weight, answered / 0.5)
    targets = Targets(tuple(f"s{n}" for n in range(STEPS)), tuple(f"o{n}" for n in range(STEPS)))
    return replace(fold(evidence, targets), replicates=fold_replicates(evidence, targets))


def _values(rng: np.random.Generator, customer: Whole) -> dict[str, Whole]:
    """The value of each dimension for each contact, the first ones more common."""
    found = {}
    for name, count in VALUES.items():
        chance = np.arange(count, 0, -1) + 1.0
        own = name.startswith("segment.")
        drawn = rng.choice(count, size=customer.max() + 1 if own else len(customer), p=chance / chance.sum())
        found[name] = drawn[customer] if own else drawn
    return found


def _frame(
    rng: np.random.Generator, customer: Whole, step: Whole, values: dict[str, Whole], plants: list[Planted]
) -> pd.DataFrame:
    count = len(step)
    feel = rng.normal(0, 0.5, customer.max() + 1)[customer]  # a customer's contacts are alike
    effort = 4.5 + 0.15 * (step - STEPS / 2) + feel + rng.normal(0, 1.1, count)
    resolved = rng.random(count) < 0.7
    for plant in plants:
        there = (step == plant.step) & (values[plant.dimension] == 0)
        effort = effort + plant.points * there
        resolved = np.where(there, rng.random(count) < (0.9 if plant.points > 0 else 0.45), resolved)
    names = {name: np.char.mod("v%d", drawn) for name, drawn in values.items()}
    days = [date(2026, 1, 5) + timedelta(weeks=int(week)) for week in rng.integers(0, WEEKS, count)]
    segment = list(zip(names["segment.tier"].tolist(), names["segment.region"].tolist(), strict=True))
    return pd.DataFrame(
        {
            "contact": np.char.mod("%06d", np.arange(count)),
            "customer": np.char.mod("%06d", customer),
            "day": days,
            "channel": names["channel"],
            "segment": [(("region", region), ("tier", tier)) for tier, region in segment],
            "circumstance": [(("urgency", value),) for value in names["circumstance.urgency"].tolist()],
            "effort": np.where(rng.random(count) < 0.5, np.clip(np.round(effort), 1, 7), np.nan),
            "fcr": resolved.astype(float),
            "fcr_long": resolved.astype(float),
            "transfers": rng.poisson(0.4, count).astype(float),
            "time": rng.gamma(4, 3, count),
            "cost": np.full(count, np.nan),
        }
    )
