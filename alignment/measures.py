"""What is measured of a contact, and on which scale its mean is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np


@dataclass(frozen=True)
class Measure:
    """A measured value of a contact: its range, and what to say where no contact carries it.

    A `proportion` is 0 or 1 for each contact, so its mean gets an interval on the logit scale.
    """

    id: str
    unit: str
    absent: str
    low: float = 0.0
    high: float = np.inf
    proportion: bool = False


MEASURES = ("volume", "effort", "fcr", "fcr_long", "transfers", "time", "cost")
"""`volume` is 1 for every contact; the others are columns of an evidence frame, NaN where not measured."""

ANSWERED = "answered"
"""1 where the customer answered the effort question: its mean per step is the response rate."""

EASY = "easy"
"""1 where the answer on effort lies in the easy box of its scale (5 to 7 on CES 2.0): its mean is the top-box share."""

SUMMED = (*MEASURES, ANSWERED, EASY)
"""The order of the measures axis in moments. New ones come last: sums stored before they were known lack them."""

ANSWERS = ("effort", EASY)
"""Measures that only those who answered carry: their z counts r / rho times."""

SUMS = (
    "n",
    "reviewed",
    "d",
    "g",
    "vd",
    "vg",
    "dd",
    "dg",
    "gg",
    "vdd",
    "vdg",
    "vgg",
    "vvdd",
    "vvdg",
    "vvgg",
)
"""Per target and measure: contacts measured, of these reviewed, and the sums of d, g, v d, v g, d^2, d g, g^2,
v d^2 ... v^2 g^2 with d = (xi / pi) 1{Y = s} and g = f - (xi / pi) f, both times r / rho for effort."""

MEASURE_BY_ID: Mapping[str, Measure] = MappingProxyType(
    {
        measure.id: measure
        for measure in (
            Measure("volume", "contacts", "there is no contact in this view"),
            Measure("effort", "points", "no contact in this view has a survey answer on effort", 1.0, 7.0),
            Measure(
                "fcr",
                "share",
                "no contact in this view has a known customer and date and a closed window for repeat contacts",
                high=1.0,
                proportion=True,
            ),
            Measure(
                "fcr_long",
                "share",
                "no contact in this view has a known customer and date and a closed 30-day window",
                high=1.0,
                proportion=True,
            ),
            Measure("transfers", "per contact", "no contact in this view says how often it was transferred"),
            Measure("time", "minutes", "no contact in this view has both a start and an end"),
            Measure("cost", "currency", "no contact in this view carries a cost"),
            Measure(
                ANSWERED, "share", "no contact in this view has a survey answer on effort", high=1.0, proportion=True
            ),
            Measure(EASY, "share", "no contact in this view has a survey answer on effort", high=1.0, proportion=True),
        )
    }
)
"""Every measure by its id. Effort is given here on CES 2.0; `effort.SCALES` holds the others."""
