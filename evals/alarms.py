"""Alerts on worlds with known truth: false alarms in quiet ones, delay to a planted change beside that of an oracle.

`headway bench alarms` draws the contacts of many weeks from a bank that the tagger has read once, watches every step's
effort, resolution and share as `headway run` does, and does the same for an oracle that knows every contact's true
step. The oracle's series differ in nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alignment.alert_series import data_series, step_series
from alignment.alerts import MIN_POINTS, Alarm, Series, alarm_limit, scan
from alignment.effort import scale_of
from alignment.measures import ANSWERED, SUMMED, SUMS
from alignment.response import response_weights
from evals.coverage_bank import Array, Bank, tag_bank
from evals.worlds import WorldSpec

Say = Callable[[str], None]

BUDGET = 0.05
"""False alarms a job-year: one in twenty job-years."""

FIRST = date(2026, 1, 5)
CHANGED_WEEK = 52
DROP = 0.5
RARE = 0.05
WATCHED = ("volume", "effort", "fcr", ANSWERED)
_AT = {name: position for position, name in enumerate(SUMS)}


@dataclass(frozen=True)
class Weekly:
    """Per contact of a bank, what it adds to each sum of a step: `columns` (n, steps * measures * sums)."""

    columns: Array
    targets: int

    def of(self, counts: Array) -> Array:
        """The sums (weeks, targets, SUMMED, SUMS) of contacts drawn so many times, counts (weeks, n)."""
        summed = np.zeros((len(counts), self.targets, len(SUMMED), len(SUMS)))
        filled = (counts @ self.columns).reshape(len(counts), -1, len(WATCHED), len(_FILLED))
        for position, name in enumerate(WATCHED):
            for column, product in enumerate(_FILLED):
                summed[:, : filled.shape[1], SUMMED.index(name), _AT[product]] = filled[:, :, position, column]
        return summed


_FILLED = ("n", "g", "gg", "vg", "vgg", "vvgg")


def weekly(bank: Bank, belief: Array, effort: Array) -> Weekly:
    """What each contact adds, if it belongs to targets as `belief` (n, targets) says and effort is as given."""
    response = response_weights(bank.frame.assign(effort=effort), bank.probabilities[:, bank.targets.partition]).weights
    ones = np.ones(len(bank))
    values = {"volume": ones, "effort": effort, "fcr": bank.frame["fcr"].to_numpy(float), ANSWERED: response > 0}
    parts = []
    for name in WATCHED:
        value = np.asarray(values[name], dtype=float)
        times = np.isfinite(value) * (response if name == "effort" else ones)
        parts.append(_products(belief[:, bank.targets.partition], np.nan_to_num(value), times))
    columns = np.stack(parts, axis=2)  # n, steps, measures, sums
    return Weekly(columns.reshape(len(bank), -1), belief.shape[1])


def _products(belief: Array, value: Array, times: Array) -> Array:
    g, v = belief * times[:, None], value[:, None]
    counted = np.broadcast_to((times > 0)[:, None], g.shape).astype(float)
    return np.stack([counted, g, g**2, v * g, v * g**2, v**2 * g**2], axis=2)


def alarms(
    *, quiet: int, planted: int, weeks: int, contacts: int, bank: int, home: Path | None, say: Say
) -> dict[str, Any]:
    """False alarms a job-year over `quiet` worlds, delays over `planted` ones; `contacts` a week, `weeks` watched."""
    began = time.perf_counter()
    tagged = tag_bank(WorldSpec(contacts=bank, seed=11), home=home, say=say)
    return {**study(tagged, quiet=quiet, planted=planted, weeks=weeks, contacts=contacts, say=say),
            "seconds": round(time.perf_counter() - began, 1)}  # fmt: skip


def study(bank: Bank, *, quiet: int, planted: int, weeks: int, contacts: int, say: Say) -> dict[str, Any]:
    """The figures of `alarms` for one bank."""
    step = _rare_step(bank)
    effort = bank.frame["effort"].to_numpy(float)
    worse = np.clip(effort - DROP * bank.truth[:, bank.targets.index("step", step)], 1.0, 7.0)
    systems = {"headway": bank.probabilities, "oracle": bank.truth}
    before = {name: weekly(bank, belief, effort) for name, belief in systems.items()}
    after = {name: weekly(bank, belief, worse) for name, belief in systems.items()}
    say(f"{quiet:,} quiet worlds of {weeks} weeks, {contacts:,} contacts a week")
    calm = [_alarms_of(bank, before["headway"], _counts(bank, seed, weeks, contacts)) for seed in range(quiet)]
    say(f"{planted:,} worlds in which effort on {step} falls by {DROP} points in week {CHANGED_WEEK + 1}")
    delays: dict[str, list[float | None]] = {name: [] for name in systems}
    for seed in range(planted):
        counts = _counts(bank, 1_000_000 + seed, weeks, contacts)
        for name in systems:
            sums = before[name].of(counts)
            sums[CHANGED_WEEK:] = after[name].of(counts[CHANGED_WEEK:])
            delays[name].append(_delay(_watch(bank, sums), step))
    return _summary(bank, step, calm, delays, weeks=weeks, contacts=contacts)


def alarms_text(result: dict[str, Any]) -> str:
    """The figures of `alarms` for people."""
    calm, planted = result["false_alarms"], result["planted"]
    ratio, delays = planted["delay_over_oracle"], planted["mean_delay_weeks"]
    return "\n".join(
        [
            f"{result['contacts_a_week']:,} contacts a week, {result['weeks']} weeks",
            f"quiet: {calm['alarms']} false alarms in {calm['job_years']} job-years, {calm['a_year']} a year "
            f"{calm['interval']}; the budget is {calm['budget']}",
            f"effort on {planted['step']} ({100 * planted['share']:.1f} % of contacts) falls by {planted['drop']} "
            f"points in {planted['worlds']} worlds:",
            *(f"  {name}: found in {planted['found'][name]}, mean delay {delays[name]} weeks" for name in delays),
            f"  delay over the oracle's {ratio['value']} {ratio['interval']}",
        ]
    )


def _rare_step(bank: Bank) -> str:
    shares = bank.truth[:, : len(bank.targets.steps)].mean(axis=0)
    return bank.targets.steps[int(np.argmin(np.abs(shares - RARE)))]


def _counts(bank: Bank, seed: int, weeks: int, contacts: int) -> Array:
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(bank), size=(weeks, contacts))
    return np.stack([np.bincount(row, minlength=len(bank)) for row in drawn]).astype(float)


def _watch(bank: Bank, sums: Array) -> list[Alarm]:
    series = _series(bank, sums)
    limit = alarm_limit(len(series), false_alarms_a_year=BUDGET)
    return sorted((alarm for one in series for alarm in scan(one, limit)), key=lambda alarm: alarm.at)


def _series(bank: Bank, sums: Array) -> list[Series]:
    weeks = [FIRST + timedelta(weeks=number) for number in range(len(sums))]
    return [*step_series(weeks, sums, bank.targets, scale=scale_of(bank.job)), *data_series(weeks, sums, bank.targets)]


def _alarms_of(bank: Bank, adding: Weekly, counts: Array) -> list[Alarm]:
    return _watch(bank, adding.of(counts))


def _delay(found: Sequence[Alarm], step: str) -> float | None:
    """Weeks from the change to the first alarm on the step's effort after it; None where it was not found."""
    changed = FIRST + timedelta(weeks=CHANGED_WEEK)
    late = [alarm for alarm in found if alarm.series == f"effort:{step}" and alarm.at > changed]
    return (late[0].at - changed).days / 7 if late else None


def _summary(
    bank: Bank,
    step: str,
    calm: Sequence[Sequence[Alarm]],
    delays: dict[str, list[float | None]],
    *,
    weeks: int,
    contacts: int,
) -> dict[str, Any]:
    years = len(calm) * (weeks - MIN_POINTS) / 52
    false = sum(len(found) for found in calm)
    low, high = _poisson(false)
    found = {name: [one for one in some if one is not None] for name, some in delays.items()}
    ratio = _ratio(delays["headway"], delays["oracle"])
    return {
        "contacts_a_week": contacts,
        "weeks": weeks,
        "false_alarms": {
            "job_years": round(years, 1),
            "alarms": false,
            "a_year": round(false / years, 3) if years else None,
            "interval": [round(low / years, 3), round(high / years, 3)] if years else None,
            "budget": BUDGET,
            "by_series": _by_measure(calm),
        },
        "planted": {
            "step": step,
            "share": round(float(bank.truth[:, bank.targets.index("step", step)].mean()), 4),
            "drop": DROP,
            "worlds": len(delays["headway"]),
            "found": {name: len(some) for name, some in found.items()},
            "mean_delay_weeks": {
                name: round(float(np.mean(some)), 2) if some else None for name, some in found.items()
            },
            "delay_over_oracle": ratio,
        },
    }


def _by_measure(calm: Sequence[Sequence[Alarm]]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for found in calm:
        for alarm in found:
            measure = alarm.series.partition(":")[0]
            counted[measure] = counted.get(measure, 0) + 1
    return counted


def _poisson(count: int) -> tuple[float, float]:
    """The exact 95 % interval of a Poisson mean (Garwood 1936)."""
    from scipy import stats

    low = float(stats.chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return low, float(stats.chi2.ppf(0.975, 2 * count + 2)) / 2


def _ratio(mine: Sequence[float | None], theirs: Sequence[float | None]) -> dict[str, Any]:
    """Mean delay over the oracle's, with a paired bootstrap interval, in the worlds where both found the change."""
    both = [(one, two) for one, two in zip(mine, theirs, strict=True) if one is not None and two is not None]
    if not both:
        return {"value": None, "interval": None, "worlds": 0}
    ours, oracle = np.array(both, dtype=float).T
    picked = np.random.default_rng(5).integers(len(ours), size=(2000, len(ours)))
    ratios: NDArray[np.float64] = ours[picked].mean(axis=1) / oracle[picked].mean(axis=1)
    low, high = (round(float(end), 3) for end in np.percentile(ratios, [2.5, 97.5]))
    return {"value": round(float(ours.mean() / oracle.mean()), 3), "interval": [low, high], "worlds": len(both)}
