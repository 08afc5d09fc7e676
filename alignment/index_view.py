"""The index of any view with the inputs that it was made from."""

from __future__ import annotations

import pandas as pd

from alignment.composite import IndexInputs
from alignment.effort import scale_named, scale_of
from alignment.figures import target_estimates
from alignment.formula import IndexFormula
from alignment.heart import attempts, task_success
from alignment.index import alignment_index
from alignment.index_inputs import index_inputs
from alignment.moments import Moments
from alignment.opportunity import surveyed
from alignment.scorecard import AlignmentIndex, View
from taxonomy.model import Job


def index_of_view(
    job: Job,
    moments: Moments,
    formula: IndexFormula,
    *,
    view: View,
    survey: pd.DataFrame | None,
    events: pd.DataFrame | None,
    effort_scale: str | None = None,
) -> tuple[IndexInputs, AlignmentIndex]:
    """What `build_scorecard` publishes as the index of a view, without the rest of the page."""
    scale = scale_of(job) if effort_scale is None else scale_named(effort_scale)
    clusters = moments.clusters(view)
    found = target_estimates(moments.folds(view), moments.targets, scale=scale, as_of=view.as_of, clusters=clusters)
    table = None if events is None else attempts(events, view=view)
    inputs = index_inputs(
        formula,
        found,
        moments.targets,
        survey=surveyed(job, survey, view=view),
        success=task_success(job, table, view=view),
        scale=scale,
    )
    return inputs, alignment_index(formula, inputs, as_of=view.as_of)
