"""The true Alignment Index of a world: the job's rule (METHODS 6) applied to true figures.

The baseline is the survey's first wave, the reading its last; failure modes are the outcomes with the
largest true burden. A formula frozen on estimates may choose other outcomes or failure modes: then its
own choice, read on the truth of the same file, is what an estimate should be held against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evals.worlds_truth import attained
from taxonomy.model import Job

Row = Mapping[str, Any]


def index_truth(
    job: Job, outcomes: Mapping[str, Row], *, waves: Sequence[Mapping[str, Row]], success: Mapping[str, float]
) -> dict[str, Any]:
    """The index (0 to 100), its components (0 to 1) and what they were read from.

    `outcomes` are true figures per outcome, `waves` true survey scores per outcome for each wave,
    `success` true task success per critical step. A component without inputs is None, and then the index.
    """
    top = sorted(waves[0], key=lambda outcome: -waves[0][outcome]["opportunity"]) if waves else []
    top = top[: job.index.top_outcomes]
    ranked = sorted(outcomes, key=lambda outcome: -(outcomes[outcome]["burden"] or 0.0))
    modes = ranked[: job.index.top_failure_modes]
    components = {
        "opportunity": _mean([_goal_attained(job, outcome, waves) for outcome in top]),
        "task_success": _success(job, success),
        "service": _mean([_service(job, outcomes[mode]) for mode in modes]),
    }
    return {
        "index": _aggregate(job, components),
        "components": components,
        "top_outcomes": top,
        "failure_modes": [[job.step_of[mode], mode] for mode in modes],
    }


def _goal_attained(job: Job, outcome: str, waves: Sequence[Mapping[str, Row]]) -> float:
    baseline, now = waves[0][outcome]["opportunity"], waves[-1][outcome]["opportunity"]
    target = job.index.targets.get(outcome, baseline - job.index.default_target_drop)
    worst = 2 * baseline - target
    return float(np.clip((worst - now) / (worst - target), 0.0, 1.0))


def _success(job: Job, success: Mapping[str, float]) -> float | None:
    weights = job.index.step_weights or dict.fromkeys(success, 1.0)
    weighed = {step: weights.get(step, 0.0) for step in success}
    if not sum(weighed.values()):
        return None
    values = [attained(success[step], job.index.task_success_goalposts) for step in weighed]
    return float(np.average(values, weights=list(weighed.values())))


def _service(job: Job, figures: Row) -> float | None:
    if figures["effort"] is None or figures["fcr"] is None:
        return None
    posts = job.friction.goalposts
    return (attained(figures["effort"], posts["effort"]) + attained(figures["fcr"], posts["fcr"])) / 2


def _mean(values: Sequence[float | None]) -> float | None:
    given = [value for value in values if value is not None]
    return sum(given) / len(given) if given else None


def _aggregate(job: Job, components: Mapping[str, float | None]) -> float | None:
    parts = [(job.index.weights[name], value) for name, value in components.items() if value is not None]
    if len(parts) < len(components):
        return None
    if job.index.aggregation == "arithmetic":
        return 100.0 * sum(weight * value for weight, value in parts)
    return float(100.0 * np.prod([max(value, 0.01) ** weight for weight, value in parts]))
