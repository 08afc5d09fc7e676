"""The JSON shapes of answers, for the OpenAPI document; tests hold the answers to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Nothing that is not declared."""

    model_config = ConfigDict(extra="forbid")


class EstimateShape(Shape):
    """A figure with its 95 % interval; `value` is null where there is not enough evidence, `reason` says why."""

    value: float | None = Field(examples=[41.2])
    low: float | None = Field(examples=[37.5])
    high: float | None = Field(examples=[44.9])
    n: int = Field(description="contacts, answers or events behind it", examples=[882])
    reviewed: int = Field(description="contacts of these that an analyst read", examples=[104])
    method: Literal["rectified", "labels", "uncorrected", "survey", "events", "blend", "composite", "bounds", "none"]
    as_of: datetime
    reason: str | None


class PointShape(Shape):
    """One week of a trend; the figure speaks of the trailing weeks that end with it."""

    week: date
    estimate: EstimateShape


class StepFiguresShape(Shape):
    """A step's friction and what it is made of."""

    step: str
    volume: EstimateShape
    share: EstimateShape
    effort: EstimateShape
    fcr: EstimateShape
    fcr_long: EstimateShape
    transfers: EstimateShape
    time: EstimateShape
    friction: EstimateShape
    burden: EstimateShape
    response_rate: EstimateShape
    easy: EstimateShape | None = Field(description="share of answers in the easy box of the scale")
    effort_bounds: EstimateShape | None = Field(description="if answering hangs on effort itself")
    friction_bounds: EstimateShape | None = Field(description="the same for friction")
    exposure: EstimateShape | None = Field(description="contacts per customer active at the step; null in slices")


class FailureModeShape(Shape):
    """A (step, outcome) pair, the first has most burden."""

    step: str
    outcome: str
    volume: EstimateShape
    effort: EstimateShape
    fcr: EstimateShape
    fcr_long: EstimateShape
    cost: EstimateShape
    friction: EstimateShape
    burden: EstimateShape


class ServiceEvidenceShape(Shape):
    """What contacts since the survey say of satisfaction; `share` is their weight in the blend."""

    satisfaction: EstimateShape
    blend: EstimateShape
    share: float
    reason: str | None


class OutcomeFiguresShape(Shape):
    """An outcome's survey scores and opportunity."""

    outcome: str
    step: str
    importance: EstimateShape
    satisfaction: EstimateShape
    opportunity: EstimateShape
    rank: int | None
    top_five_probability: float | None
    served: Literal["under", "right", "over"] | None
    service: ServiceEvidenceShape | None


class HeadShape(Shape):
    """Which figures these are."""

    job: str
    job_version: str
    from_: date | None = Field(alias="from")
    to: date | None
    as_of: datetime
    filters: dict[str, str]


class FrictionShape(HeadShape):
    """Friction by step, whole and by slice."""

    steps: list[StepFiguresShape]
    slices: dict[str, list[StepFiguresShape]] | None = None


class OutcomesShape(HeadShape):
    """Outcomes with their scores, whole and by slice."""

    outcomes: list[OutcomeFiguresShape]
    slices: dict[str, list[OutcomeFiguresShape]] | None = None


class IndexBody(Shape):
    """The index with everything needed to redo it."""

    index: EstimateShape
    method_band: tuple[float, float] | None
    response_band: tuple[float, float] | None = Field(description="the interval if answering hangs on effort itself")
    published: bool
    reason: str | None
    formula: str
    components: dict[str, EstimateShape]
    inputs: list[dict[str, Any]]


class IndexShape(HeadShape, IndexBody):
    """The index of one view."""


class ScorecardShape(FrictionShape, IndexBody):
    """Everything on the scorecard page."""

    statement: str
    model: str | None
    contacts: int
    reviewed: int
    tagged_to: datetime | None
    index_trend: list[PointShape]
    step_trends: dict[str, list[PointShape]]
    failure_modes: list[FailureModeShape]
    outcomes: list[OutcomeFiguresShape]
    task_success: dict[str, EstimateShape]


class OutcomeShape(Shape):
    """A desired outcome of a job."""

    id: str
    statement: str
    critical: bool


class StepShape(Shape):
    """A step of a job."""

    id: str
    stage: str
    name: str
    statement: str
    critical: bool
    outcomes: list[OutcomeShape]


class JobShape(Shape):
    """A job in force and what its contacts can be filtered by."""

    id: str
    version: str
    statement: str
    steps: list[StepShape]
    dimensions: dict[str, list[str]]


class JobSummary(Shape):
    """A job in a list."""

    id: str
    version: str
    statement: str


class JobsShape(Shape):
    """Every job in force."""

    items: list[JobSummary]
    next_cursor: str | None


class PublishedShape(Shape):
    """One index as it was published."""

    as_of: datetime
    start: date | None
    end: date | None
    job_version: str
    model: str
    formula: str
    content: dict[str, Any]


class HistoryShape(Shape):
    """Everything published of a job, oldest first."""

    job: str
    history: list[PublishedShape]


class FormulaShape(BaseModel):
    """The formula in force."""

    version: str
    job: str
    job_version: str
    weights: dict[str, float]
    aggregation: str


class StateShape(Shape):
    """Whether the server can work."""

    status: Literal["ok"]


class ProblemShape(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        examples=["job 'x' is not in this database (known: online-order); name a job that was run here"]
    )
    errors: list[dict[str, str]] | None = None
