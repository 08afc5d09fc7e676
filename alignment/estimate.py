"""The only form in which Headway publishes a number."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Method = Literal["rectified", "labels", "uncorrected", "survey", "events", "blend", "composite", "bounds", "none"]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval, evidence and date, or the reason why there is none.

    `n` counts the contacts (answers, events) behind it, `reviewed` those an analyst read.
    `value` is None where there is not enough evidence; an interval may be missing (`low` and
    `high` None) where nothing corrects the figure, which `method` = "uncorrected" then says.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    reviewed: int
    method: Method
    as_of: datetime
    reason: str | None = None

    @classmethod
    def missing(cls, reason: str, *, as_of: datetime, n: int = 0, reviewed: int = 0) -> Estimate:
        """The figure that cannot be given, and why."""
        return cls(None, None, None, n, reviewed, "none", as_of, reason)

    def as_json(self) -> dict[str, Any]:
        """The JSON form of CONTRACTS: `as_of` in ISO 8601."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}
