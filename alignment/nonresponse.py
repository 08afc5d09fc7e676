"""How far a figure could be off if answering hangs on the very effort that is asked about.

Weights by what is known of a contact (`response`) assume that two contacts that look alike are equally likely to bring
an answer. Where those who struggled answer more, or less, no data at hand can tell: an effort that was not said is not
known (Robins, Rotnitzky & Scharfstein 2000; Wang, Shao & Kim 2014). So the assumption is relaxed and its price shown.
If one point of effort changes the odds of an answer by a factor of at most ODDS either way, then among contacts that
look alike the silent ones differ from the others by at most ln(ODDS) var(effort) (exponential tilting; Kim & Yu 2011;
exact for normal answers), and a mean over all moves by the silent share of that. The variance within the step stands
for the one among contacts that look alike, which is smaller: the bounds are wide rather than narrow.
"""

from __future__ import annotations

import math
from dataclasses import replace

from alignment.estimate import Estimate

ODDS = 1.5
"""Factor by which one point of effort (of six) may change the odds of an answer: 11 times between the two ends."""


def shift_of(response_rate: Estimate, variance: float | None, points: float) -> float | None:
    """How far a mean of effort can move (in points of its scale); None where the variance or the rate is not known.

    `points` is the length of the scale: a factor of ODDS for a sixth of it, as for one point of 1 to 7.
    """
    if variance is None or response_rate.value is None:
        return None
    return math.log(ODDS) * 6 / points * (1 - min(max(response_rate.value, 0.0), 1.0)) * variance


def bounded(figure: Estimate, shift: float | None, *, low: float, high: float) -> Estimate:
    """The figure with its interval widened by `shift` at both ends, within its range; `reason` says under what."""
    if figure.value is None or figure.low is None or figure.high is None:
        return figure
    if shift is None:
        return Estimate.missing("not enough evidence: it is not known who answers", as_of=figure.as_of, n=figure.n)
    why = f"if a point of effort changes the odds of an answer by up to {ODDS:g} times, which no answer can show"
    ends = (max(figure.low - shift, low), min(figure.high + shift, high))
    return replace(figure, low=ends[0], high=ends[1], method="bounds", reason=why)
