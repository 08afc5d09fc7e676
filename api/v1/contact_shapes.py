"""The JSON shapes of contacts and of what was said of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.v1.shapes import Shape


class ContactRowShape(Shape):
    """One contact in a list."""

    contact_id: str
    source: str
    started_at: datetime | None
    channel: str | None
    step: str | None
    outcome: str | None
    confidence: float
    decided: bool
    snippet: str
    effort: float | None
    effort_scale: str | None


class ContactsShape(Shape):
    """Part of a list of contacts, newest first."""

    items: list[ContactRowShape]
    next_cursor: str | None
    total: int


class TurnShape(Shape):
    """One thing said, redacted."""

    speaker: Literal["customer", "agent", "system"]
    text: str
    at: datetime | None


class SpanShape(Shape):
    """Characters `start` to `end` of turn number `turn`."""

    turn: int
    start: int
    end: int


class SecondaryShape(Shape):
    """Another step that a contact is about as well."""

    step: str
    outcome: str | None
    confidence: float


class TagShape(Shape):
    """What one model said of a contact."""

    step: str | None
    outcome: str | None
    confidence: float
    deferred: bool
    source: Literal["classifier", "llm"]
    steps: dict[str, float]
    outcomes: dict[str, float]
    evidence: list[SpanShape]
    secondary: list[SecondaryShape]
    novelty: float
    model: str
    job: str
    job_version: str
    prompt: str | None


class DecisionShape(Shape):
    """What an analyst decided of a contact."""

    job: str
    step: str | None
    outcome: str | None
    by: str
    at: datetime


class DriverShape(Shape):
    """What made a contact hard work, known from data, or from the words at `span`."""

    job: str
    driver: str
    source: Literal["data", "words"]
    span: SpanShape | None


class SurveyShape(Shape):
    """What the customer answered afterwards."""

    effort: float | None
    resolved: bool | None
    answered_at: datetime | None
    scale: str


class ContactShape(Shape):
    """One contact with everything said of it."""

    id: str
    source: str
    channel: str | None
    started_at: datetime | None
    ended_at: datetime | None
    segment: dict[str, str]
    circumstance: dict[str, str]
    transfers: int | None
    cost: float | None
    abandoned: bool | None
    survey: SurveyShape | None
    turns: list[TurnShape]
    whole: bool = Field(description="false: for your role only the words that carried a decision, others blanked")
    tags: list[TagShape]
    decisions: list[DecisionShape]
    drivers: list[DriverShape]
