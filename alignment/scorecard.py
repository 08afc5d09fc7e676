"""One job, one period, one page: every figure that a scorecard shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from alignment.estimate import Estimate
from taxonomy.model import Job


@dataclass(frozen=True)
class View:
    """Which contacts a figure speaks of: days from `start` up to but not including `end`, and filters.

    `filters` holds `channel`, `segment.NAME` and `circumstance.NAME` keys with the value wanted.
    None as a bound means open. `as_of` is the moment whose knowledge is asked for.
    """

    as_of: datetime
    start: date | None = None
    end: date | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StepFigures:
    """A step's friction and what it is made of. Shares and rates in [0, 1], friction 0 to 100.

    `easy` is the share of answers in the easy box, `exposure` contacts per active customer. The bounds hold if
    answering hangs on effort itself (`nonresponse`).
    """

    step: str
    volume: Estimate
    share: Estimate
    effort: Estimate
    fcr: Estimate
    fcr_long: Estimate
    transfers: Estimate
    time: Estimate
    friction: Estimate
    burden: Estimate
    response_rate: Estimate
    easy: Estimate | None = None
    effort_bounds: Estimate | None = None
    friction_bounds: Estimate | None = None
    exposure: Estimate | None = None


@dataclass(frozen=True)
class FailureMode:
    """A (step, outcome) pair, ranked by burden. `cost` is the mean cost of a contact."""

    step: str
    outcome: str
    volume: Estimate
    effort: Estimate
    fcr: Estimate
    fcr_long: Estimate
    cost: Estimate
    friction: Estimate
    burden: Estimate


@dataclass(frozen=True)
class ServiceEvidence:
    """Satisfaction (1 to 10) as contacts since the survey have it, and blended with what people said.

    `share` is the weight w of contacts in the blend: 0 where `reason` says that they are not believed yet.
    """

    satisfaction: Estimate
    blend: Estimate
    share: float
    reason: str | None


@dataclass(frozen=True)
class OutcomeFigures:
    """An outcome's survey scores (1 to 10) and opportunity. `rank` 1 is the largest opportunity."""

    outcome: str
    step: str
    importance: Estimate
    satisfaction: Estimate
    opportunity: Estimate
    rank: int | None
    top_five_probability: float | None
    served: Literal["under", "right", "over"] | None
    service: ServiceEvidence | None = None


@dataclass(frozen=True)
class AlignmentIndex:
    """The published index (0 to 100) with its components (0 to 1) and every input.

    `published` False means a component lacks its inputs; `reason` then says which. `response_band` holds if answering
    hangs on effort itself (`nonresponse`).
    """

    index: Estimate
    method_band: tuple[float, float] | None
    published: bool
    reason: str | None
    formula: str
    components: Mapping[str, Estimate]
    inputs: tuple[Mapping[str, Any], ...]
    response_band: tuple[float, float] | None = None


@dataclass(frozen=True)
class TrendPoint:
    """One week of a trend: the Monday it starts on and the figure."""

    week: date
    estimate: Estimate


@dataclass(frozen=True)
class Scorecard:
    """Everything that the one-page scorecard of a job shows, in the order of reading."""

    job: Job
    view: View
    model: str | None
    contacts: int
    reviewed: int
    tagged_to: datetime | None
    index: AlignmentIndex
    index_trend: tuple[TrendPoint, ...]
    steps: tuple[StepFigures, ...]
    step_trends: Mapping[str, tuple[TrendPoint, ...]]
    failure_modes: tuple[FailureMode, ...]
    outcomes: tuple[OutcomeFigures, ...]
    task_success: Mapping[str, Estimate]
