"""What happened to a job besides its contacts: shipped changes, policies, new models, formulas and job versions.

An annotation stands on every trend line that it can explain: one with a step on that step's and the index's line,
one without on all lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

KINDS = {
    "change": "a change shipped to customers",
    "policy": "a change of rules or prices",
    "experiment": "an experiment ended",
    "note": "something else worth knowing",
    "model": "another tagger in use",
    "formula": "another index formula",
    "job": "another version of the job",
    "deferral": "the tagger hands over more",
}
"""Every kind of annotation, in words."""

BY_HAND = ("change", "policy", "experiment", "note")
"""Kinds that people add; Headway adds the others itself."""

MEASUREMENT = ("model", "formula", "job", "deferral")
"""Kinds that change how things are measured, not the things."""


@dataclass(frozen=True)
class Annotation:
    """One happening as it is known now: `at` when it took effect, `step` None where it touches the whole job."""

    id: str
    kind: str
    at: datetime
    text: str
    by: str
    step: str | None
    recorded_at: datetime

    @property
    def meaning(self) -> str:
        """Its kind in words."""
        return KINDS.get(self.kind, self.kind)

    def can_explain(self, step: str | None) -> bool:
        """Whether it belongs on the line of this step; None asks for the index's line, where all belong."""
        return step is None or self.step is None or self.step == step


def explaining(annotations: Iterable[Annotation], step: str | None) -> tuple[Annotation, ...]:
    """Those that can explain a line, oldest first."""
    return tuple(sorted((one for one in annotations if one.can_explain(step)), key=lambda one: (one.at, one.id)))
