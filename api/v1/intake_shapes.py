"""The JSON shapes of what is sent in: contacts, survey answers, product events, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from api.v1.shapes import Shape
from tagger.formats.fields import MAX_ID_LENGTH
from tagger.formats.record import MAX_TURN_LENGTH, MAX_TURNS

SEEN = r"[^\x00-\x1f\x7f-\x9f]"
Name = Annotated[
    str, Field(min_length=1, max_length=MAX_ID_LENGTH, pattern=rf"^{SEEN}*[^\s\x00-\x1f\x7f-\x9f]{SEEN}*$")
]
Attributes = Annotated[
    dict[str, str | float | bool | None], Field(description="names and short values", examples=[{"tier": "gold"}])
]
EMPTY = {"type": "string", "maxLength": 0}
DATED = ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date"})
When = Annotated[
    datetime,
    WithJsonSchema({"anyOf": list(DATED), "description": "ISO 8601, UTC where no zone is named; not in the future"}),
]
WhenKnown = Annotated[datetime | None, WithJsonSchema({"anyOf": [*DATED, EMPTY, {"type": "null"}]})]
"""The same where it may be missing; an empty text is nothing."""


TRUTH = {"anyOf": [{"type": "boolean"}, {"type": "null"}, {"type": "string"}, {"enum": [0, 1]}]}
Success = Annotated[bool | None, WithJsonSchema(TRUTH)]
Label = Annotated[str, Field(min_length=1, pattern=r"\S")]
Missing = Literal[""]
Number = Annotated[str, Field(min_length=1, description="a number as text, as tables have it")]
"""Rows may come from tables: there numbers are text, and what is missing is empty."""


class TurnBody(BaseModel):
    """One thing said."""

    speaker: Literal["customer", "agent", "system"]
    text: Annotated[str, Field(max_length=MAX_TURN_LENGTH)]
    at: WhenKnown = None


Blank = Annotated[str, Field(pattern=r"^[\s\x00]*$")]


class SurveyFacts(BaseModel):
    """Whether it was resolved, and when the customer answered."""

    resolved: bool | None = None
    answered_at: WhenKnown = None


class SurveyBody(SurveyFacts):
    """What the customer answered afterwards, effort from 1 to 7."""

    effort: Annotated[float, Field(ge=1, le=7)] | None = None
    scale: Literal["ces2-7"] | Blank | None = None


class NoSurveyBody(BaseModel):
    """A survey that nobody answered."""

    effort: None = None
    resolved: None = None
    answered_at: None = None
    scale: Any = None


class FiveSurveyBody(SurveyFacts):
    """The same with effort from 1 to 5."""

    effort: Annotated[float, Field(ge=1, le=5)] | None = None
    scale: Literal["ces1-5", "ces2-5"]


class LabelsBody(BaseModel):
    """What somebody already knows; read by training and evaluation only."""

    step: str | None = None
    outcome: str | None = None


class ContactFacts(BaseModel):
    """What is known of a contact besides its words."""

    id: Name | int
    customer_id: Name | int | Missing | None = None
    channel: str | None = None
    started_at: WhenKnown = None
    ended_at: WhenKnown = None
    segment: Attributes | None = None
    circumstance: Attributes | None = None
    transfers: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    cost: Annotated[float, Field(ge=0)] | None = None
    abandoned: bool | None = None
    survey: FiveSurveyBody | SurveyBody | NoSurveyBody | None = None
    labels: LabelsBody | None = None


class ContactBody(ContactFacts):
    """A contact. Unknown fields are kept; at least one turn is the customer's and not empty."""

    turns: Annotated[list[TurnBody], Field(min_length=1, max_length=MAX_TURNS)]


class TextBody(ContactFacts):
    """A contact with one thing said, by the customer."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_TURN_LENGTH, pattern=r"\S")]


class AnswerFacts(BaseModel):
    """Who answered about which outcome, and when."""

    respondent_id: Label | float
    answered_at: When
    outcome: Label | float
    weight: Annotated[float, Field(ge=0, le=1e6)] | Number | Missing | None = None
    segment: Attributes | Missing | None = None
    circumstance: Attributes | Missing | None = None


class AnswerBody(AnswerFacts):
    """What one person answered about one outcome, from 1 to 10."""

    importance: Annotated[float, Field(ge=1, le=10)] | Number
    satisfaction: Annotated[float, Field(ge=1, le=10)] | Number
    scale: Literal["1-10", ""] | None = None


class FiveAnswerBody(AnswerFacts):
    """The same asked from 1 to 5; `scale` says how that is counted."""

    importance: Annotated[float, Field(ge=1, le=5)] | Number
    satisfaction: Annotated[float, Field(ge=1, le=5)] | Number
    scale: Literal["1-5-top-two", "1-5-linear"]


class EventBody(BaseModel):
    """One thing that a customer did with the product on a step."""

    event_id: Label | float
    at: When
    step: Label | float
    type: Literal["start", "complete", "error", "confident", "adopt", "engage", "return"]
    customer_id: Label | float | Missing | None = None
    success: Success = None
    segment: Attributes | Missing | None = None


class RefusedShape(Shape):
    """One item that could not be used; it is in quarantine. `reason` is a stable word, `line` counts from 1."""

    line: int = Field(examples=[2])
    id: str | None = Field(examples=["c-7"])
    reason: str = Field(examples=["missing-turns"])
    message: str = Field(examples=["the contact has neither turns nor text"])


class IntakeShape(Shape):
    """What became of the items: each is in exactly one count. `refused` names the first of those in quarantine."""

    accepted: int = Field(examples=[1])
    updated: int = Field(description="there already, now with the survey answer that came later", examples=[0])
    already_there: int = Field(examples=[0])
    quarantined: int = Field(examples=[1])
    refused: list[RefusedShape]


class AnswerShape(Shape):
    """A survey answer as it is kept; the person is a keyed hash."""

    respondent: str
    answered_at: datetime
    outcome: str
    importance: float
    satisfaction: float
    scale: str
    weight: float
    segment: dict[str, str]
    circumstance: dict[str, str]
    recorded_at: datetime


class AnswersShape(Shape):
    """Part of the survey answers, oldest first."""

    items: list[AnswerShape]
    next_cursor: str | None


class EventShape(Shape):
    """A product event as it is kept; the customer is a keyed hash."""

    event_id: str
    customer: str | None
    at: datetime
    step: str
    type: str
    success: bool | None
    segment: dict[str, str]
    recorded_at: datetime


class EventsShape(Shape):
    """Part of the product events, oldest first."""

    items: list[EventShape]
    next_cursor: str | None


def body_schemas(*models: type[BaseModel]) -> list[dict[str, Any]]:
    """The JSON schemas of the forms that a record may have, each whole in itself."""
    found = []
    for model in models:
        schema = model.model_json_schema()
        parts = schema.pop("$defs", {})
        found.append(dict(_inlined(schema, parts)))
    return found


def _inlined(node: Any, parts: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(one, parts) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(parts[node["$ref"].rpartition("/")[2]], parts)
    return {key: _inlined(value, parts) for key, value in node.items()}
