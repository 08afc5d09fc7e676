"""How long it takes to measure many tagged contacts, and to read figures from what was measured.

The straightforward way stands beside it, in the same run: a pandas groupby over the raw rows, which counts tags as they
are, without intervals and without what reviews say.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alignment.build import build_scorecard
from alignment.effort import scale_named
from alignment.figures import step_figures, target_estimates
from alignment.fold import Evidence, fold
from alignment.fold_replicates import fold_replicates
from alignment.formula import freeze_formula
from alignment.index_view import index_of_view
from alignment.moments import Moments
from alignment.scorecard import View
from alignment.targets import Targets, label_targets
from evals.measures_world import FIRST, TaggedRows, events_of, labels_of, shards, survey_of, twelve_steps
from taxonomy.model import Job

Say = Callable[[str], None]

DAYS = 180
PIECES = 12
"""Contacts come in so many runs of days, so that memory does not grow with their number."""

REPEATS = 7
AS_OF = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=DAYS)


@dataclass
class Clock:
    """Seconds spent under each name, on the clock and in all threads of the processor."""

    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Add the time of a block."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[name] = self.wall.get(name, 0.0) + time.perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0.0) + time.process_time() - cpu


def measures_bench(*, contacts: int, say: Say) -> dict[str, Any]:
    """Fold, read, add a day; seconds, and peak memory in MB of the whole process."""
    job, clock = twelve_steps(), Clock()
    matrix = label_targets(labels_of(job), Targets.of(job))
    moments, raw = Moments(Targets.of(job), {}), []
    say(f"measuring {contacts:,} tagged contacts of {DAYS} days")
    for rows in shards(contacts, days=DAYS, pieces=PIECES):
        moments += _folded(rows, matrix, moments.targets, clock)
        raw.append(_raw(rows, matrix, job))
        with clock.time("groupby"):
            _grouped(raw[-1])
    say("adding a day")
    day = next(iter(shards(contacts // DAYS, days=1, pieces=1, seed=2)))
    one = Clock()
    added = _folded(day, matrix, moments.targets, one)
    with one.time("merge"):
        moments += added
    say("reading")
    reads = _reads(job, moments, pd.concat(raw, ignore_index=True))
    return {
        "contacts": contacts,
        "slices": len(moments.slices),
        "targets": len(moments.targets),
        "moments_seconds": round(clock.wall["moments"], 2),
        "moments_cpu_seconds": round(clock.cpu["moments"], 2),
        "with_replicates_seconds": round(clock.wall["moments"] + clock.wall["replicates"], 2),
        "with_replicates_cpu_seconds": round(clock.cpu["moments"] + clock.cpu["replicates"], 2),
        "groupby_seconds": round(clock.wall["groupby"], 2),
        "moments_over_groupby": round(clock.wall["moments"] / clock.wall["groupby"], 2),
        "one_day_seconds": round(one.wall["moments"] + one.wall["replicates"], 3),
        "one_day_over_all": round(
            (one.wall["moments"] + one.wall["replicates"]) / (clock.wall["moments"] + clock.wall["replicates"]), 4
        ),
        "merge_day_seconds": round(one.wall["merge"], 3),
        "reads_milliseconds": reads,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _folded(rows: TaggedRows, matrix: NDArray[np.float64], targets: Targets, clock: Clock) -> Moments:
    """The moments of a run of days, from label scores as they are stored."""
    with clock.time("moments"):
        truth, weight = rows.truth_and_weight(matrix)
        evidence = Evidence(rows.frame, rows.scores @ matrix, truth, weight, rows.response)
        folded = fold(evidence, targets)
    with clock.time("replicates"):
        replicates = fold_replicates(evidence, targets)
    return Moments(targets, folded.slices, replicates)


def _raw(rows: TaggedRows, matrix: NDArray[np.float64], job: Job) -> pd.DataFrame:
    """The rows as a table of tags has them, ready to group: the likeliest step and outcome, and the measures."""
    top = rows.scores.argmax(axis=1)
    steps = np.array([*job.step_of.values(), "_none"], dtype=object)
    outcomes = np.array([*job.step_of, "_none"], dtype=object)
    frame = rows.frame[["day", "channel", "effort", "fcr", "fcr_long", "transfers", "time", "cost"]]
    tier = [dict(pairs)["tier"] for pairs in rows.frame["segment"]]
    made = frame.assign(tier=tier, step=steps[top], outcome=outcomes[top])
    names = ("day", "channel", "tier", "step", "outcome")
    return made.astype({name: pd.CategoricalDtype(sorted(set(made[name]))) for name in names})


def _grouped(raw: pd.DataFrame) -> pd.DataFrame:
    keys = ["day", "channel", "tier", "step", "outcome"]
    measures = ["effort", "fcr", "fcr_long", "transfers", "time", "cost"]
    return raw.groupby(keys, observed=True)[measures].agg(["count", "mean", "std"])


def _reads(job: Job, moments: Moments, raw: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Milliseconds of each read; survey answers and product events have been read once before."""
    survey, events, view = survey_of(job), events_of(job), View(AS_OF)
    first = build_scorecard(job, moments, view=view, survey=survey, events=events)
    formula = freeze_formula(
        job, outcomes=first.outcomes, failure_modes=first.failure_modes, start=None, end=FIRST + timedelta(weeks=13)
    )
    given: dict[str, Any] = {"survey": survey, "events": events, "formula": formula}
    chat, gold = View(AS_OF, filters={"channel": "chat"}), View(AS_OF, filters={"segment.tier": "gold"})
    month = View(AS_OF, FIRST + timedelta(days=60), FIRST + timedelta(days=90))
    names = ["day", "channel", "tier", "step", "outcome"]
    plain = raw.assign(**{name: raw[name].astype(str).astype("category") for name in names})
    bare: dict[str, Any] = {"trends": False, "service": False}
    reads: dict[str, Callable[[], object]] = {
        "scorecard": lambda: build_scorecard(job, moments, view=view, **given, **bare),
        "scorecard of a month": lambda: build_scorecard(job, moments, view=month, **given, **bare),
        "scorecard of a segment": lambda: build_scorecard(job, moments, view=gold, survey=None, **bare),
        "index": lambda: index_of_view(job, moments, formula, view=view, survey=survey, events=events),
        "friction in one channel": lambda: _friction(job, moments, chat),
        "scorecard with 26 weeks of trend lines and service evidence": lambda: build_scorecard(
            job, moments, view=view, **given
        ),
        "the same means per step by groupby over raw rows": lambda: _means(plain),
        "those of one channel by groupby over raw rows": lambda: _means(plain[plain["channel"] == "chat"]),
    }
    return {name: _median(read) for name, read in reads.items()}


def _friction(job: Job, moments: Moments, view: View) -> object:
    scale = scale_named("ces2-7")
    found = target_estimates(moments.folds(view), moments.targets, scale=scale, as_of=AS_OF)
    return step_figures(job, found, moments.targets, scale=scale, as_of=AS_OF)


def _means(raw: pd.DataFrame) -> object:
    return raw.groupby("step", observed=True)[["effort", "fcr", "fcr_long", "transfers", "time"]].agg(["mean", "sem"])


def _median(read: Callable[[], object]) -> dict[str, float]:
    """Median milliseconds on the clock and of the processor, which does not count other programs."""
    clocks = []
    for _ in range(REPEATS):
        clock = Clock()
        with clock.time("read"):
            read()
        clocks.append(clock)
    wall, cpu = ([getattr(clock, kind)["read"] for clock in clocks] for kind in ("wall", "cpu"))
    return {"wall": round(1000 * statistics.median(wall), 1), "cpu": round(1000 * statistics.median(cpu), 1)}


def measures_text(result: dict[str, Any]) -> str:
    """The result as lines for people."""
    lines = [
        f"{result['contacts']:,} contacts, {result['targets']} targets, {result['slices']:,} slices; "
        f"peak memory {result['peak_mb']:,} MB",
        f"  moments                        {result['moments_seconds']:8.2f} s "
        f"(processor {result['moments_cpu_seconds']:.1f})",
        f"  moments and 100 replicates     {result['with_replicates_seconds']:8.2f} s "
        f"(processor {result['with_replicates_cpu_seconds']:.1f})",
        f"  pandas groupby over raw rows   {result['groupby_seconds']:8.2f} s, without intervals or reviews; "
        f"moments take {result['moments_over_groupby']:g} times as long",
        f"  one more day                   {result['one_day_seconds']:8.3f} s, "
        f"{100 * result['one_day_over_all']:.2f} % of all {DAYS}; merged in {result['merge_day_seconds']:.3f} s",
    ]
    if "stored" in result:
        one = result["stored"]
        lines.append(
            f"  headway measure, {one['contacts']:,} contacts stored: {one['first_seconds']} s; again with nothing new "
            f"{one['nothing_new_seconds']} s; after one more day {one['one_day_seconds']} s"
        )
    reads = result["reads_milliseconds"]
    width = max(map(len, reads))
    lines += [f"  {name:{width}s} {ms['wall']:9.1f} ms (processor {ms['cpu']:.1f})" for name, ms in reads.items()]
    return "\n".join(lines)
