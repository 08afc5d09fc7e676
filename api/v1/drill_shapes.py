"""The JSON shapes of what stands behind one step, outcome or failure mode, and of two periods side by side."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.v1.shapes import (
    EstimateShape,
    FailureModeShape,
    HeadShape,
    OutcomeFiguresShape,
    PointShape,
    Shape,
    StepFiguresShape,
)


class SliceShape(Shape):
    """The figures among the contacts of one value of a dimension."""

    friction: EstimateShape
    effort: EstimateShape
    fcr: EstimateShape
    volume: EstimateShape


class LineShape(Shape):
    """One figure taken apart: (reviews + tagger) contacts here; their totals over it are the mean."""

    measure: str
    n: int = Field(description="contacts that carry the measure")
    reviewed: int
    reviews: float = Field(description="sum of xi / pi over those decided here (for effort times r / rho)")
    tagger: float = Field(description="the tagger's chances as far as trusted, less what reviews take back")
    reviews_total: float = Field(description="the same sum times the value")
    tagger_total: float
    all_reviews: float = Field(description="sum of xi / pi over all reviewed contacts")
    figure: EstimateShape


class StandingShape(Shape):
    """Where the contacts stand; the first four are all that figures count."""

    tagged_here: int
    tagged_elsewhere: int
    reviewed_here: int
    reviewed_elsewhere: int
    outside: int = Field(description="not offered to a draw yet")


class SpanShape(Shape):
    """Days from `from` up to but not including `to`."""

    from_: date | None = Field(alias="from")
    to: date | None


class PartShape(Shape):
    """Where a change is strongest: one value of a dimension."""

    dimension: str
    value: str
    points: float
    before: float | None
    after: float | None


class VerdictShape(Shape):
    """What is behind a change; `seen` is the tagger's own, and is `mix` + `within`."""

    kind: Literal["real", "mix", "measurement", "open"]
    sentence: str
    seen: float
    mix: float
    within: float
    contacts: int
    reviewed: int
    change: EstimateShape
    parts: list[PartShape]
    response: tuple[float, float] | None


class ChangeReportShape(Shape):
    """The change between two periods, by measure."""

    before: SpanShape | None
    after: SpanShape | None
    verdicts: dict[str, VerdictShape]
    reason: str | None


class AnswerCountShape(Shape):
    """How many people gave this answer."""

    answer: int
    importance: int
    satisfaction: int


class StartCountShape(Shape):
    """Starts of a step in a month, and those completed."""

    month: date
    starts: int
    completed: int


class DrillShape(HeadShape):
    """Everything behind the figures of one step or outcome."""

    trends: dict[str, list[PointShape]]
    slices: dict[str, dict[str, SliceShape]]
    change: ChangeReportShape
    drivers: dict[str, EstimateShape]
    account: list[LineShape]
    standing: StandingShape | None


class StepShape(DrillShape):
    """A step with everything behind it."""

    step: StepFiguresShape
    task_success: EstimateShape | None
    starts: list[StartCountShape]


class OutcomeShape(DrillShape):
    """An outcome with everything behind it: surveys in `outcome` and `answers`, contacts in the rest."""

    outcome: OutcomeFiguresShape | None
    answers: list[AnswerCountShape]


class FailureModePageShape(DrillShape):
    """A failure mode with everything behind it; `rank` 1 carries most burden."""

    failure_mode: FailureModeShape
    rank: int | None


class ChangeShape(Shape):
    """A figure before and after; `level`: chance alone may explain the difference."""

    before: EstimateShape
    after: EstimateShape
    difference: EstimateShape
    word: Literal["better", "worse", "more", "fewer", "level", "unknown"]


class IndexChangeShape(Shape):
    """The index before and after, by component; `moved` allows for chance and for other weights."""

    before: EstimateShape
    after: EstimateShape
    difference: EstimateShape
    moved: bool
    components: dict[str, float]


class ComparisonShape(HeadShape):
    """Two periods side by side."""

    before: SpanShape | None
    after: SpanShape | None
    index: IndexChangeShape | None
    reason: str | None
    steps: dict[str, dict[str, ChangeShape]]
    modes: dict[str, dict[str, ChangeShape]]
    task_success: dict[str, ChangeShape]
