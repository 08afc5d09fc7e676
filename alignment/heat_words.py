"""What the heat map says in words: which side of a difference is the worse one, and its document for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from alignment.estimate import Estimate
from alignment.friction import norm
from alignment.heat_map import RATE, Cell, HeatMap, MeasureName
from taxonomy.model import Goalposts, Job

MEASURE_WORDS: Mapping[MeasureName, str] = {
    "friction": "Friction, 0 (none) to 100",
    "effort": "Effort that customers report",
    "fcr": "Resolved on first contact",
}

METHOD = (
    "each group against all other contacts of the step (Welch's t on corrected figures); Benjamini-Hochberg over all "
    "comparisons of the page, each told once; q_any is the adjustment under any dependence (Benjamini-Yekutieli)"
)

LEVELS = (15.0, 25.0, 35.0, 50.0)
"""Where one colour ends and the next begins, in hundredths of the way from best to worst."""


def posts_of(job: Job, measure: MeasureName) -> Goalposts:
    """The measure's ends, worst and best, by the job's own rule."""
    if measure == "friction":
        return Goalposts(100.0, 0.0)
    return job.friction.goalposts[measure]


def heat_of(job: Job, measure: MeasureName, figure: Estimate) -> int:
    """1 (good) to 5 (bad) by fixed limits, so that a colour always means the same; 0 where nothing is known."""
    if figure.value is None:
        return 0
    bad = 100 * (1 - norm(figure.value, posts_of(job, measure)))
    return 1 + sum(bad >= level for level in LEVELS)


def side_of(job: Job, measure: MeasureName, cell: Cell) -> Literal["worse", "better"] | None:
    """Whether a named difference is one for the worse; None where none is named."""
    if not cell.differs or cell.difference.value is None:
        return None
    posts = posts_of(job, measure)
    return "worse" if (cell.difference.value > 0) == (posts.worst > posts.best) else "better"


def heat_map_json(job: Job, found: HeatMap) -> dict[str, Any]:
    """Plain JSON data: what was compared, how, and every cell."""
    cells = [
        {
            "step": cell.step,
            "dimension": cell.column.dimension,
            "value": cell.column.value,
            "contacts": cell.column.contacts,
            "figure": cell.figure.as_json(),
            "difference": cell.difference.as_json(),
            "p": cell.p,
            "q": cell.q,
            "q_any": cell.q_any,
            "differs": cell.differs,
            "side": side_of(job, found.measure, cell),
        }
        for cell in found.cells
    ]
    named = len(found.named)
    head = {"measure": found.measure, "rate": RATE, "comparisons": found.tests, "named": named, "method": METHOD}
    return {**head, "cells": cells}
