"""Effort is a typed scale: direction and wording belong to the measure (METHODS 2, "Effort")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import pandas as pd

from alignment.measures import MEASURE_BY_ID, Measure
from taxonomy.errors import BadInputError
from taxonomy.model import Goalposts, Job


class UnknownEffortScaleError(BadInputError):
    """Answers name a scale of effort that Headway does not know."""


@dataclass(frozen=True)
class EffortScale:
    """One way of asking for effort. `top` are the lowest and highest answer of the easy box."""

    id: str
    wording: str
    low: float
    high: float
    good: Literal["high", "low"]
    top: tuple[float, float]

    @property
    def measure(self) -> Measure:
        """Effort on this scale, for `rectify.estimates`."""
        return replace(MEASURE_BY_ID["effort"], low=self.low, high=self.high, proportion=self.id == "share-difficult")

    @property
    def goalposts(self) -> Goalposts:
        """The natural ends of the scale: hardest and easiest answer."""
        worst, best = (self.low, self.high) if self.good == "high" else (self.high, self.low)
        return Goalposts(worst, best)

    @property
    def words(self) -> str:
        """The scale beside a figure: its ends, and which of them is easiest."""
        return f"{self.low:g} to {self.high:g}, {self.goalposts.best:g} is easiest"

    def disagreement(self, goalposts: Goalposts) -> str | None:
        """Why a job's goalposts do not fit this scale, or None where they do."""
        ends = (goalposts.worst, goalposts.best)
        if not all(self.low <= end <= self.high for end in ends):
            return f"the job's effort goalposts {ends} lie outside the scale {self.id} ({self.low:g} to {self.high:g})"
        if (goalposts.best > goalposts.worst) != (self.good == "high"):
            return f"on the scale {self.id} {self.good} is good, the job's effort goalposts say the opposite"
        return None


SCALES: Mapping[str, EffortScale] = MappingProxyType(
    {
        scale.id: scale
        for scale in (
            EffortScale("ces2-7", "It was easy to handle my issue (1 disagree, 7 agree)", 1, 7, "high", (5, 7)),
            EffortScale(
                "ces1-5", "How much effort did you have to put in? (1 very low, 5 very high)", 1, 5, "low", (1, 2)
            ),
            EffortScale("ces2-5", "It was easy to handle my issue (1 disagree, 5 agree)", 1, 5, "high", (4, 5)),
            EffortScale("share-difficult", "Was it difficult? (0 no, 1 yes)", 0, 1, "low", (0, 0)),
        )
    }
)
"""The scales that `survey.scale` may name."""


def scale_named(scale: str) -> EffortScale:
    """The scale of that id; raises UnknownEffortScaleError naming those that exist."""
    if scale not in SCALES:
        raise UnknownEffortScaleError(f"unknown effort scale {scale!r}: use {', '.join(SCALES)}")
    return SCALES[scale]


def scale_of(job: Job) -> EffortScale:
    """The scale that a job's effort goalposts belong to: that with the same ends, else the first they fit on."""
    posts = job.friction.goalposts.get("effort", SCALES["ces2-7"].goalposts)
    same = [scale for scale in SCALES.values() if scale.goalposts == posts]
    fitting = [scale for scale in SCALES.values() if scale.disagreement(posts) is None]
    return (same or fitting or [SCALES["ces2-7"]])[0]


@dataclass(frozen=True)
class ScaledAnswers:
    """Answers on one scale only (NaN elsewhere), how many others were left out, and why."""

    scale: EffortScale
    values: pd.Series[float]
    left_out: int
    reason: str | None


def answers_on(scale: str, efforts: pd.Series[float], scales: pd.Series[str]) -> ScaledAnswers:
    """Keep the answers given on `scale` and inside its range: two scales never share a mean."""
    wanted = scale_named(scale)
    given = efforts.notna()
    kept = given & (scales == scale) & efforts.between(wanted.low, wanted.high)
    left_out = int((given & ~kept).sum())
    reason = f"{left_out} answers on another scale than {scale}, or outside it, are left out" if left_out else None
    return ScaledAnswers(wanted, efforts.where(kept).astype(float), left_out, reason)


def easy_box(values: pd.Series[float], scale: EffortScale) -> pd.Series[float]:
    """1 where the answer lies in the easy box (5 to 7 on CES 2.0), 0 elsewhere, NaN where unanswered."""
    return values.between(*scale.top).astype(float).where(values.notna())
