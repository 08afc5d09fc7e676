"""The heat map of a view from what is stored; kept as long as nothing new is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from alignment.effort import scale_of
from alignment.heat_map import HeatMap, MeasureName, heat_map
from alignment.scorecard import View
from store.kept import Kept
from store.scorecards import read_inputs, view_key
from taxonomy.model import Job

_kept: Kept[HeatMap] = Kept(32)


def read_heat_map(
    session: Session, job: Job, view: View, *, dimensions: Sequence[str], measure: MeasureName
) -> HeatMap:
    """Every value of the dimensions against all other contacts of the view.

    Dimensions that the view filters on are left out: all its contacts have one value of them.
    """
    wanted = tuple(name for name in dimensions if name not in view.filters)

    def build() -> HeatMap:
        moments = read_inputs(session, job, as_of=view.as_of).moments
        return heat_map(job, moments, view=view, dimensions=wanted, scale=scale_of(job), measure=measure)

    return _kept.get((*view_key(session, job, view), measure, wanted), build)
