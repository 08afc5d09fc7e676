"""The JSON shapes of reviewing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StrictBool, StrictInt

from api.actors import BY
from api.v1.contact_shapes import SecondaryShape, SpanShape, TurnShape
from api.v1.shapes import EstimateShape, Shape
from tagger.review import ReviewError, analyst_name
from tagger.review_reasons import Reason


def _name(given: str) -> str:
    try:
        return analyst_name(given)
    except ReviewError as error:
        raise ValueError(str(error)) from error


def _without_nul(given: str) -> str:
    return given.replace("\x00", "")


By = Annotated[Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_name)] | None, Field(description=BY)]
Note = Annotated[str, Field(max_length=2000), AfterValidator(_without_nul)]
ReadName = Literal["first", "second", "adjudicated", "gold", "bulk"]


class ClaimBody(BaseModel):
    """Ask for items."""

    n: StrictInt = Field(default=1, ge=1, le=100)
    reasons: list[Reason] = Field(
        default_factory=list, max_length=20, description="only items with one of these reasons; none: all"
    )
    by: By = None
    job: str | None = Field(default=None, description="whose queue; may be left out where there is one job")
    beyond_budget: StrictBool = Field(default=False, description="also when the day's budget is spent")


class AskBody(BaseModel):
    """Ask for contacts to be reviewed: a leader wants to know."""

    contacts: list[str] = Field(min_length=1, max_length=1000, description="ids as their senders gave them")
    by: By = None
    why: Note | None = Field(default=None, description="shown to the analyst")
    job: str | None = Field(default=None, description="whose queue; may be left out where there is one job")


class QueuedShape(Shape):
    """Contacts newly in the queue, asked for already, and those that nobody knows."""

    added: int
    already_there: int
    unknown: list[str]


class ByBody(BaseModel):
    """Who does it."""

    by: By = None
    note: Note | None = None
    flagged: StrictBool = False


class DecisionBody(ByBody):
    """A decision as in the export: `step` null fits no step, `_cannot_tell` the text does not say.

    When it was made, how long it took and whether the suggestion was hidden is known here, and not read from the body.
    """

    step: str | None = Field(min_length=1)
    outcome: str | None = Field(default=None, min_length=1)
    secondary: list[str] = Field(default_factory=list, max_length=100)


class SuggestionShape(Shape):
    """What the model said, with the words that carried it; `secondary`: what the contact is about besides."""

    step: str | None
    outcome: str | None
    steps: dict[str, float]
    outcomes: dict[str, float]
    evidence: list[SpanShape]
    secondary: list[SecondaryShape]


class EarlierShape(Shape):
    """What a reader answered; only for whoever settles a disagreement."""

    step: str | None
    outcome: str | None


class ClaimedShape(Shape):
    """An item in somebody's hands until `lease_until`. `suggested` is null where it is hidden from this analyst."""

    item: str
    job: str
    contact_id: str
    reason: str | None = Field(description="null where the suggestion is hidden: a known answer must not be told apart")
    drawn: bool | None = Field(description="null where the reason is")
    read: Literal["first", "second", "adjudicated"]
    suggestion_hidden: bool
    suggested: SuggestionShape | None
    earlier: list[EarlierShape]
    turns: list[TurnShape]
    lease_until: datetime


class ClaimsShape(Shape):
    """Items claimed, the oldest claim first; fewer than asked for where fewer are open."""

    items: list[ClaimedShape]


class RecordedShape(Shape):
    """A decision as it was taken, and what the item waits for now."""

    item: str
    read: ReadName
    suggestion_hidden: bool
    waits_for: str


class StateShape(Shape):
    """An item after skip or undo."""

    item: str
    state: Literal["skipped", "held"]


class LeftShape(Shape):
    """What is still open to an analyst."""

    drawn: int
    others: int
    second: int
    adjudicated: int
    total: int


class ReasonShape(Shape):
    """Items in the queue for one reason."""

    reason: str
    items: int
    decided: int
    oldest: datetime | None


class QueueShape(Shape):
    """The queue by reason, and what is open to the analyst that `by` names (or to a new one)."""

    job: str
    reasons: list[ReasonShape]
    left: LeftShape


class AnalystShape(Shape):
    """One analyst's work."""

    by: str
    today: int
    total: int
    seconds: float | None
    settled: int
    settled_alike: int


class PullShape(Shape):
    """How often first reads gave the model's step, its suggestion shown and hidden; `pulled` is the difference."""

    shown: EstimateShape
    hidden: EstimateShape
    pulled: EstimateShape


class PromiseShape(Shape):
    """Errors among kept tags on the uniform part of the draws, against the job's `max_error`."""

    error: EstimateShape
    max_error: float
    state: Literal["holds", "breach", "unknown"]
    floor: float | None = Field(description="confidence under which tags are put aside since a breach")


class GoldScoreShape(Shape):
    """How often one analyst gave the known step, and step and outcome."""

    by: str
    step: EstimateShape
    outcome: EstimateShape


class BudgetShape(Shape):
    """Reviews a day (null: as many as there are), and the share of them that drawn items may take first."""

    per_day: int | None
    drawn_share: float


class StatsShape(Shape):
    """The statistics page as JSON."""

    job: str
    drawn: int
    drawn_decided: int
    prefix: float
    waiting: dict[str, int]
    flags: int
    today: int
    reasons: list[ReasonShape]
    analysts: list[AnalystShape]
    pull: PullShape
    promise: PromiseShape
    gold: list[GoldScoreShape]
    budget: BudgetShape
    spent: int
    seconds: float | None


class AgreementShape(Shape):
    """Agreement on a step against all others; `step` null is over all steps."""

    step: str | None
    readings: int
    share: EstimateShape
    alpha: EstimateShape
    ac1: EstimateShape | None


class CurvePointShape(Shape):
    """After so many reviews: step accuracy with its interval, and half the interval of a step's share."""

    reviews: int
    taught: int
    accuracy: float
    low: float
    high: float
    half_width: float | None


class CurveShape(Shape):
    """What reviews bought, as the model trained last found it in so many seconds."""

    job: str
    model: str | None
    points: list[CurvePointShape]
    seconds: float | None


class AgreementsShape(Shape):
    """Agreement of analysts on contacts that two of them read."""

    job: str
    agreement: list[AgreementShape]
