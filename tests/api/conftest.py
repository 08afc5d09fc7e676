"""One hand-made scorecard whose figures cover every state: firm, uncorrected, missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from alignment.estimate import Estimate
from alignment.scorecard import (
    AlignmentIndex,
    FailureMode,
    OutcomeFigures,
    Scorecard,
    StepFigures,
    TrendPoint,
    View,
)
from api.app import create_app
from store.settings import Settings
from taxonomy.model import DesiredOutcome, Job, JobStage, JobStep
from tests.form_token import form_headers

AS_OF = datetime(2026, 10, 31, 6, tzinfo=UTC)
STEPS = [
    ("learn-terms", "define", "Learn the terms", 18, 0.05, False),
    ("find-item", "locate", "Find an item", 22, 0.07, False),
    ("gain-access", "prepare", "Gain access", 41, 0.09, False),
    ("set-up-details", "prepare", "Set up details", 24, 0.04, False),
    ("confirm-price", "confirm", "Confirm the price", 27, 0.05, False),
    ("confirm-order", "confirm", "Confirm the order", 33, 0.08, True),
    ("complete-purchase", "execute", "Complete the purchase", 36, 0.12, True),
    ("track-delivery", "monitor", "Track the delivery", 58, 0.21, True),
    ("check-charges", "monitor", "Check charges and credits", 49, 0.08, False),
    ("change-order", "modify", "Change the order", 38, 0.07, False),
    ("recover-money", "conclude", "Recover the money", 63, 0.12, True),
    ("return-item", "conclude", "Return an item", 0, 0.02, False),
]


def est(value, half, *, n=4200, reviewed=412, method="rectified") -> Estimate:
    return Estimate(value, value - half, value + half, n, reviewed, method, AS_OF)


def bare(value, *, n=300) -> Estimate:
    return Estimate(value, None, None, n, 0, "uncorrected", AS_OF, "no reviewed contacts yet")


def missing(reason="only 6 contacts, 30 are needed") -> Estimate:
    return Estimate.missing(reason, as_of=AS_OF, n=6)


def make_job() -> Job:
    steps = tuple(
        JobStep(
            step,
            JobStage(stage),
            name,
            tuple(
                DesiredOutcome(f"{step}-{i}", f"minimize the {metric} to {name.lower()} when it matters")
                for i, metric in enumerate(("time it takes", "likelihood of failing"))
            ),
            critical,
            f"{name} without having to ask",
        )
        for step, stage, name, _, _, critical in STEPS
    )
    return Job(
        "online-order",
        3,
        "Get the items I want from a retailer, at the price agreed, with goods, account and money in order afterwards",
        steps,
        digest="1f0c9a2b77",
        segments={"tier": ("gold", "standard")},
        circumstances={"urgency": ("low", "high")},
    )


def step_figures(step: str, friction: float, share: float) -> StepFigures:
    if not friction:
        gone = [missing() for _ in range(9)]
        return StepFigures(step, est(6, 2, n=6), *gone)
    if step == "set-up-details":
        rest = [bare(x) for x in (share, 5.2, 0.8, 0.7, 0.2, 8.0, friction, friction * share, 0.3)]
        return StepFigures(step, bare(share * 4200), *rest)
    return StepFigures(
        step,
        est(share * 4200, 60),
        est(share, 0.012),
        est(6.4 - friction / 18, 0.22),
        est(0.95 - friction / 150, 0.03),
        est(0.9 - friction / 130, 0.04),
        est(friction / 80, 0.08),
        est(6 + friction / 6, 1.2),
        est(friction, 3.2 + friction / 30),
        est(friction * share, 0.4),
        est(0.34, 0.015, reviewed=0, method="events"),
    )


def weekly(base: float, slope: float, half: float, *, gap: int | None = None) -> tuple[TrendPoint, ...]:
    points = []
    for i in range(22):
        wiggle = ((i * 7) % 5 - 2) * half * 0.3
        estimate = missing() if i == gap else est(base + slope * i + wiggle, half)
        points.append(TrendPoint(date(2026, 6, 1) + timedelta(weeks=i), estimate))
    return tuple(points)


@pytest.fixture(scope="module")
def client(demo_home: Path) -> Iterator[TestClient]:
    """The whole app over the demo's database, asked from this machine."""
    app = create_app(Settings(home=demo_home))
    with TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 50000)) as found:
        found.headers |= form_headers(app)
        yield found


@pytest.fixture(scope="session")
def job() -> Job:
    return make_job()


@pytest.fixture(scope="session")
def scorecard() -> Scorecard:
    return make_scorecard()


def make_scorecard() -> Scorecard:
    job = make_job()
    modes = tuple(
        FailureMode(step, f"{step}-{i}", est(400, 30), est(effort, 0.3), est(fcr, 0.04), est(fcr - 0.1, 0.05),
                    cost, est(friction, 4.2), est(burden, 0.8))
        for step, i, effort, fcr, friction, burden, cost in (
            ("track-delivery", 0, 2.9, 0.58, 61.0, 7.9, est(5.4, 0.3)),
            ("recover-money", 1, 2.4, 0.52, 66.0, 5.1, est(7.25, 0.6)),
            ("gain-access", 0, 3.8, 0.71, 44.0, 3.2, missing("no costs were given")),
        )
    )  # fmt: skip
    outcomes = tuple(
        OutcomeFigures(
            outcome,
            job.step_of[outcome],
            est(9.2 - rank * 0.25, 0.3, n=140, reviewed=0, method="survey"),
            est(3.1 + rank * 0.33, 0.4, n=140, reviewed=0, method="survey"),
            est(15.3 - rank * 0.83, 0.8, n=140, reviewed=0, method="survey"),
            rank + 1,
            max(0.0, 1 - rank * 0.15),
            "under" if rank < 6 else "right" if rank < 14 else "over",
        )
        for rank, outcome in enumerate(reversed(list(job.outcome_by_id)[:-1]))
    )
    unasked = missing("no survey asked about it")
    outcomes += (OutcomeFigures("return-item-1", "return-item", unasked, unasked, unasked, None, None, None),)
    index = AlignmentIndex(
        est(57.3, 2.6, reviewed=412, method="composite"),
        (52.0, 62.5),
        True,
        None,
        "online-order-1",
        {"opportunity": est(0.61, 0.04, method="survey"), "task_success": est(0.71, 0.02, method="events"),
         "service": est(0.38, 0.03)},
        (
            {"component": "opportunity", "id": "track-delivery-0", "weight": 0.08, "value": 0.61},
            {"component": "service", "id": "recover-money-1", "weight": 0.1, "value": 0.38},
        ),
    )  # fmt: skip
    return Scorecard(
        job,
        View(AS_OF, date(2026, 6, 1), date(2026, 11, 1)),
        "m-7f3a",
        4200,
        412,
        AS_OF,
        index,
        weekly(51.0, 0.3, 3.1, gap=9),
        tuple(step_figures(step, friction, share) for step, _, _, friction, share, _ in STEPS),
        {step: weekly(max(2, friction - 4), 0.2, 5.0) for step, _, _, friction, _, _ in STEPS if friction},
        modes,
        outcomes,
        {
            "confirm-order": est(0.93, 0.01, method="events"),
            "complete-purchase": est(0.88, 0.02, method="events"),
            "track-delivery": est(0.64, 0.03, method="events"),
            "recover-money": missing("no product events for this step"),
        },
    )
