"""Product events of a world: attempts at the critical steps, of which some succeed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.worlds_draw import draw_people, draw_times
from evals.worlds_stage import Stage, moment_of
from evals.worlds_truth import iso

EVENT_STREAM = 6
NO_END = 0.35  # of the attempts that fail, the part that just stops, without an error


@dataclass(frozen=True)
class Attempts:
    """Attempts at critical steps, by order of start; `step` holds positions in the job's steps.

    `seconds` is how long an attempt took to its end; one that is neither a success nor an error
    just stopped. `segments` holds positions of the customer's segment values.
    """

    started: NDArray[np.int64]
    seconds: NDArray[np.int64]
    customer: NDArray[np.int64]
    step: NDArray[np.int64]
    success: NDArray[np.bool_]
    error: NDArray[np.bool_]
    segments: dict[str, NDArray[np.int64]]


def success_rates(stage: Stage, started: NDArray[np.int64], step: int) -> NDArray[np.float64]:
    """The true probability that an attempt at a step succeeds, by when it starts (changes included)."""
    profile = stage.wordings.steps[stage.steps[step]]
    rates = np.full(len(started), profile.success or 0.0)
    for change in stage.spec.changes:
        if change.step == stage.steps[step]:
            rates = rates + change.success * (started >= moment_of(change))
    return np.asarray(np.clip(rates, 0.0, 1.0))


def measured_steps(stage: Stage) -> tuple[int, ...]:
    """Positions of the critical steps for which the wordings give a task success."""
    return tuple(
        number
        for number, step in enumerate(stage.job.steps)
        if step.critical and stage.wordings.steps[step.id].success is not None
    )


def draw_attempts(stage: Stage) -> Attempts:
    """`spec.attempts` attempts at each critical step, spread over the period."""
    rng = np.random.default_rng([stage.spec.seed, EVENT_STREAM])
    steps = np.repeat(np.array(measured_steps(stage), dtype=np.int64), stage.spec.attempts)
    count = len(steps)
    started = draw_times(stage.spec, rng, count)
    order = np.argsort(started, kind="stable")
    started, steps = started[order], rng.permutation(steps)
    rates = np.zeros(count)
    for number in measured_steps(stage):
        rates[steps == number] = success_rates(stage, started[steps == number], number)
    success = rng.random(count) < rates
    customer = rng.integers(0, stage.spec.customer_count, size=count)
    people = draw_people(stage, np.random.default_rng([stage.spec.seed, 0]))
    return Attempts(
        started=started,
        seconds=np.asarray(20 + rng.exponential(240, size=count), dtype=np.int64),
        customer=customer,
        step=steps,
        success=success,
        error=~success & (rng.random(count) >= NO_END),
        segments={name: people[name][customer] for name in stage.segments},
    )


def event_rows(stage: Stage, attempts: Attempts) -> Iterator[dict[str, object]]:
    """The attempts as rows of an events file (CONTRACTS): a start each, then how it ended, if it did."""
    seed = stage.spec.seed
    for i in range(len(attempts.started)):
        attempt = {"customer_id": f"u{seed}-{attempts.customer[i]}", "step": stage.steps[attempts.step[i]]}
        groups = {f"segment.{name}": values[attempts.segments[name][i]] for name, values in stage.segments.items()}
        start, ended = iso(attempts.started[i]), iso(attempts.started[i] + attempts.seconds[i])
        yield {"event_id": f"e{seed}-{i}-s", "at": start, **attempt, "type": "start", "success": "", **groups}
        if attempts.success[i]:
            yield {
                "event_id": f"e{seed}-{i}-c",
                "at": ended,
                **attempt,
                "type": "complete",
                "success": "true",
                **groups,
            }
        elif attempts.error[i]:
            yield {"event_id": f"e{seed}-{i}-e", "at": ended, **attempt, "type": "error", "success": "false", **groups}


def task_success_truth(stage: Stage, attempts: Attempts) -> dict[str, dict[str, Any]]:
    """Task success per critical step: the mean of the true probabilities, and successes over starts as drawn."""
    truth: dict[str, dict[str, Any]] = {}
    for number in measured_steps(stage):
        rows = attempts.step == number
        rates = success_rates(stage, attempts.started[rows], number)
        starts = int(rows.sum())
        truth[stage.steps[number]] = {
            "superpopulation": float(rates.mean()) if starts else None,
            "realised": float(attempts.success[rows].mean()) if starts else None,
            "starts": starts,
            "completions": int(attempts.success[rows].sum()),
        }
    return truth
