"""What one system said of the measured contacts of one split, and what that took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from evals.bench.split import Split


@dataclass(frozen=True)
class Answered:
    """One system's step and outcome per measured contact, "" where it says that none fits.

    `confidence` ranks the outcomes given (of the step, `step_confidence`); with `calibrated` both are meant as
    probabilities. `per_second` counts contacts answered, without start and loading; `usd` is what a paid endpoint
    took. `deferred` says which answers the system does not stand by.
    """

    steps: Sequence[str]
    outcomes: Sequence[str]
    per_second: float
    train_seconds: float
    confidence: Sequence[float] = ()
    step_confidence: Sequence[float] = ()
    calibrated: bool = False
    deferred: Sequence[bool] = ()
    usd: float | None = 0.0
    about: str = ""

    def first(self, count: int) -> Answered:
        """What it said of the first `count` contacts; speed and cost as they were."""
        return replace(
            self,
            steps=self.steps[:count],
            outcomes=self.outcomes[:count],
            confidence=self.confidence[:count],
            step_confidence=self.step_confidence[:count],
            deferred=self.deferred[:count],
        )

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return asdict(self)


System = Callable[[Split], Answered]
