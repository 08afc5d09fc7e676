"""Do the 95 % intervals hold the truth? Many worlds, the same code path as the scorecard, and what others do beside it.

`headway bench coverage` prints per estimand the coverage, the width against the labels alone and the bias of Headway's
figures, of labels alone (lam = 0), of classify-and-count, and of the practice to correct the unsure contacts and count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from alignment.effort import scale_named
from alignment.estimate import Estimate
from alignment.figures import step_figures, target_estimates
from alignment.fold import fold
from alignment.fold_replicates import fold_replicates
from alignment.friction import norm
from alignment.moments import Moments
from alignment.rectify import TargetEstimates
from alignment.scorecard import StepFigures, View
from evals.coverage_bank import Array, Bank, tag_bank
from evals.coverage_index import IndexBank, index_bank
from evals.coverage_practices import classify_and_count, interval
from evals.coverage_worlds import SCENARIOS, Drawn, draw_world, true_means, true_shares
from evals.worlds import WorldSpec
from taxonomy.model import FrictionRule

Say = Callable[[str], None]

ESTIMANDS = ("share", "effort", "fcr", "transfers", "time", "friction", "burden", "effort_bounds", "friction_bounds")
"""The last two hold if answering hangs on effort itself (`alignment.nonresponse`)."""

WAYS = ("headway", "labels", "count", "unsure")
"""Headway's figures; the reviewed contacts alone; classify and count; correct the unsure ones and count."""

AS_OF = datetime(2100, 1, 1, tzinfo=UTC)
_MISSING = np.full(3, np.nan)


@dataclass(frozen=True)
class Study:
    """`figures` (worlds, ways, estimands, steps, 3): value, low and high, NaN where not published; `truth` of each.

    `index` (worlds, ways, 3) is that of Headway and of the labels alone, `index_truth` (worlds,) of the same formulas.
    """

    figures: Array
    truth: Array
    index: Array
    index_truth: Array


def coverage(
    *,
    worlds: int,
    contacts: int,
    reviews: int,
    bank: int,
    scenarios: Sequence[str],
    home: Path | None,
    say: Say,
    processes: int = 1,
) -> dict[str, Any]:
    """Run the study for every scenario on one bank; the summary per scenario, way and estimand."""
    began = time.perf_counter()
    tagged = tag_bank(WorldSpec(contacts=bank, seed=11), home=home, say=say)
    found = {}
    for name in scenarios:
        say(f"{name}: {worlds:,} worlds of {contacts:,} contacts and {reviews:,} reviews")
        population = SCENARIOS[name](tagged)
        done = study(population, worlds=worlds, contacts=contacts, reviews=reviews, processes=processes)
        found[name] = summary(done)
    seconds = round(time.perf_counter() - began, 1)
    return {"worlds": worlds, "contacts": contacts, "reviews": reviews, "seconds": seconds, "scenarios": found}


def study(bank: Bank, *, worlds: int, contacts: int, reviews: int, processes: int = 1) -> Study:
    """Draw worlds and estimate in each; world number k is the same whenever it is drawn."""
    around = index_bank(bank)
    one = partial(_figures, around, contacts=contacts, reviews=reviews)
    if processes == 1:
        found = [one(seed) for seed in range(worlds)]
    else:
        with ProcessPoolExecutor(processes) as pool:
            found = list(pool.map(one, range(worlds), chunksize=20))
    figures, index, truth = (np.stack(part) for part in zip(*found, strict=True))
    return Study(figures, true_figures(bank), index, truth)


def _figures(around: IndexBank, seed: int, *, contacts: int, reviews: int) -> tuple[Array, Array, float]:
    bank = around.bank
    drawn = draw_world(bank, contacts=contacts, reviews=reviews, seed=seed)
    folded = fold(drawn.evidence, bank.targets)
    moments = Moments(bank.targets, folded.slices, fold_replicates(drawn.evidence, bank.targets))
    ours, labels = (world_estimates(bank, moments, lam=lam) for lam in (None, 0.0))
    figures = [
        step_intervals(bank, ours),
        step_intervals(bank, labels),
        practised(bank, drawn, corrected=False),
        practised(bank, drawn, corrected=True),
    ]
    world = around.world(moments, seed=seed, as_of=AS_OF)
    index = [_ends(world.estimate(found)) for found in (ours, labels)]
    return np.stack(figures), np.stack(index), world.truth


def world_estimates(bank: Bank, moments: Moments, *, lam: float | None = None) -> list[TargetEstimates]:
    """The estimates of every target, as the scorecard makes them; `lam` 0: from the labels alone."""
    scale = scale_named("ces2-7")
    view = View(as_of=AS_OF)
    clusters = moments.clusters(view, lam=lam)
    return target_estimates(moments.folds(view), bank.targets, scale=scale, as_of=AS_OF, lam=lam, clusters=clusters)


def step_intervals(bank: Bank, found: list[TargetEstimates]) -> Array:
    """Value, low and high of every estimand and step, shape (estimands, steps, 3), NaN where not published."""
    steps = step_figures(bank.job, found, bank.targets, scale=scale_named("ces2-7"), as_of=AS_OF)
    return np.array([[_ends(_named(step, name)) for step in steps] for name in ESTIMANDS])


def _named(figures: StepFigures, name: str) -> Estimate:
    estimate: Estimate | None = getattr(figures, name)
    return Estimate.missing("not measured", as_of=AS_OF) if estimate is None else estimate


def _ends(estimate: Estimate) -> Array:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return _MISSING
    return np.array([estimate.value, estimate.low, estimate.high])


def practised(bank: Bank, drawn: Drawn, *, corrected: bool) -> Array:
    """The same for hard tags that are counted, or corrected where the tagger is least sure and counted."""
    found = classify_and_count(bank, drawn, corrected=corrected)
    steps = range(len(bank.targets.steps))
    return np.array(
        [[interval(found[name, s]) if (name, s) in found else _MISSING for s in steps] for name in ESTIMANDS]
    )


def true_figures(bank: Bank) -> Array:
    """The truth of every estimand and step, shape (estimands, steps), in the population that worlds are drawn from."""
    steps = slice(0, len(bank.targets.steps))
    columns = {"effort": bank.felt} | {name: bank.frame[name].to_numpy(float) for name in ("fcr", "transfers", "time")}
    true = {name: true_means(bank, values)[steps] for name, values in columns.items()}
    true["share"] = true_shares(bank)[steps]
    true["friction"] = _true_friction(true, bank.job.friction)
    true["burden"] = true["friction"] * true["share"] / true["share"].sum()
    true |= {f"{name}_bounds": true[name] for name in ("effort", "friction")}
    return np.stack([true[name] for name in ESTIMANDS])


def _true_friction(true: Mapping[str, Array], rule: FrictionRule) -> Array:
    steps = range(len(true["effort"]))
    attained = [
        sum(weight * norm(float(true[name][s]), rule.goalposts[name]) for name, weight in rule.weights.items())
        for s in steps
    ]
    return 100 * (1 - np.array(attained))


def summary(done: Study) -> dict[str, dict[str, dict[str, float]]]:
    """Per way and estimand: coverage, its standard error, share published, width, width / labels', and bias."""
    found = {
        way: {
            name: coverage_line(done.figures[:, w, e], done.figures[:, WAYS.index("labels"), e], done.truth[e])
            for e, name in enumerate(ESTIMANDS)
            if np.isfinite(done.figures[:, w, e]).any()
        }
        for w, way in enumerate(WAYS)
    }
    for w, way in enumerate(WAYS[:2]):
        if np.isfinite(done.index[:, w]).any():
            found[way]["index"] = coverage_line(
                done.index[:, None, w], done.index[:, None, 1], done.index_truth[:, None]
            )
    return found


def coverage_line(mine: Array, labels: Array, truth: Array) -> dict[str, float]:
    """Figures of one way and estimand: `mine` and `labels` (worlds, steps, 3), `truth` of steps or worlds and steps."""
    value, low, high = np.moveaxis(mine, -1, 0)
    published = np.isfinite(low)
    hit = (low <= truth) & (truth <= high)
    width, other = high - low, labels[..., 2] - labels[..., 1]
    both = published & np.isfinite(other)
    ratios = [
        width[both[:, s], s].mean() / other[both[:, s], s].mean() for s in range(value.shape[1]) if both[:, s].any()
    ]
    worst = [hit[published[:, s], s].mean() for s in range(value.shape[1]) if published[:, s].sum() >= len(value) / 5]
    by_world = [hit[w, published[w]].mean() for w in range(len(value)) if published[w].any()]
    return {
        "coverage": float(hit[published].mean()),
        "coverage_se": float(np.std(by_world) / np.sqrt(len(by_world))),
        "worst_step": float(min(worst)) if worst else float("nan"),
        "published": float(published.mean()),
        "width": float(width[published].mean()),
        "width_over_labels": float(np.mean(ratios)) if ratios else float("nan"),
        "bias": float((value - truth)[published].mean()),
    }


def coverage_text(result: Mapping[str, Any]) -> str:
    """The summary as lines for people."""
    head = f"{result['worlds']:,} worlds of {result['contacts']:,} contacts, {result['reviews']:,} reviews each"
    lines = [f"{head}; {result['seconds']} s"]
    for scenario, ways in result["scenarios"].items():
        names = ("worst", "shown", "width", "/labels", "bias")
        lines += ["", f"{scenario:24s} {'coverage':>14s} " + " ".join(f"{name:>8s}" for name in names)]
        lines += list(_rows(ways))
    return "\n".join(lines)


def _rows(ways: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Iterable[str]:
    for way, estimands in ways.items():
        for name, row in estimands.items():
            yield (
                f"{way:8s} {name:15s} {100 * row['coverage']:6.1f} +-{100 * row['coverage_se']:4.1f} % "
                f"{100 * row['worst_step']:8.1f} {100 * row['published']:6.0f} % {row['width']:8.3f} "
                f"{row['width_over_labels']:8.2f} {row['bias']:+8.3f}"
            )
