"""Contacts in, tags out: the values that travel between readers, classifiers and the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Speaker = Literal["customer", "agent", "system"]

NONE_FITS = "_none"
"""The label of contacts that fit no step."""


@dataclass(frozen=True)
class Turn:
    """One thing said. Offsets into `text` count characters after redaction."""

    speaker: Speaker
    text: str
    at: datetime | None = None


@dataclass(frozen=True)
class Survey:
    """What the customer answered afterwards. `scale` names the effort scale (see METHODS, effort)."""

    effort: float | None = None
    resolved: bool | None = None
    answered_at: datetime | None = None
    scale: str = "ces2-7"


@dataclass(frozen=True)
class Labels:
    """What somebody already knows of a contact: `step` None means it fits no step.

    `secondary` are the steps it is about besides; None: nobody said, which is not the same as none.
    """

    step: str | None
    outcome: str | None = None
    secondary: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Contact:
    """One service interaction, transfers included. Times are UTC; cost is in the job's currency."""

    id: str
    turns: tuple[Turn, ...]
    customer_id: str | None = None
    channel: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    segment: Mapping[str, str] = field(default_factory=dict)
    circumstance: Mapping[str, str] = field(default_factory=dict)
    transfers: int | None = None
    cost: float | None = None
    abandoned: bool | None = None
    survey: Survey | None = None
    labels: Labels | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def customer_turns(self) -> tuple[int, ...]:
        """Positions in `turns` of what the customer said."""
        return tuple(i for i, turn in enumerate(self.turns) if turn.speaker == "customer")


@dataclass(frozen=True)
class EvidenceSpan:
    """Part of a turn that carried the decision: characters `start` to `end` of turn number `turn`."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True)
class Secondary:
    """Another step that a contact is about as well, and the chance of that as the model sees it."""

    step: str
    outcome: str | None
    confidence: float


@dataclass(frozen=True)
class Tag:
    """What a model said of one contact under one job version. Never overwritten by a decision.

    `steps` and `outcomes` are calibrated probabilities that each sum to 1 and hold `_none`;
    `step` is None when "fits no step" is the most probable answer. `secondary` are the steps it is about besides,
    the surest first. `prompt` is the version of the prompt where an LLM
    answered. `suspicious`: some words spoke to the tagger; they were not read, and a person looks at the contact.
    """

    contact_id: str
    step: str | None
    outcome: str | None
    confidence: float
    deferred: bool
    source: Literal["classifier", "llm"]
    steps: Mapping[str, float]
    outcomes: Mapping[str, float]
    evidence: tuple[EvidenceSpan, ...]
    novelty: float
    model: str
    job: str
    job_version: str
    prompt: str | None = None
    secondary: tuple[Secondary, ...] = ()
    suspicious: bool = False
