"""The inputs of an index, gathered from a view's estimates, survey scores and product events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alignment.composite import IndexInputs
from alignment.effort import EffortScale, scale_named
from alignment.estimate import Estimate
from alignment.figures import effort_shift
from alignment.formula import IndexFormula, shrunk
from alignment.opportunity import Surveyed
from alignment.rectify import TargetEstimates
from alignment.targets import Targets


def index_inputs(
    formula: IndexFormula,
    found: Sequence[TargetEstimates],
    targets: Targets,
    *,
    survey: Surveyed,
    success: Mapping[str, Estimate],
    scale: EffortScale | None = None,
) -> IndexInputs:
    """What a formula reads. A failure mode that this job version no longer has is left out.

    Effort is left out too where the formula's goalposts belong to another scale than the answers.
    """
    means = {pair: found[targets.index("outcome", pair[1])] for pair in formula.modes if pair[1] in targets.outcomes}
    fits = (scale or scale_named("ces2-7")).disagreement(formula.goalposts["effort"]) is None
    return IndexInputs(
        opportunity={**{o.outcome: o.opportunity for o in survey.figures}, **shrunk(survey.figures)},
        task_success=success,
        effort={pair: mine.means["effort"] for pair, mine in means.items()} if fits else {},
        fcr={pair: mine.means["fcr"] for pair, mine in means.items()},
        deviations={f"opportunity:{name}": error for name, error in survey.deviations.items()}
        | {
            f"{measure}:{pair[0]}/{pair[1]}": deviation
            for pair, mine in means.items()
            for measure in ("effort", "fcr")
            if (deviation := mine.deviation(measure)) is not None
        },
        shifts={
            f"effort:{pair[0]}/{pair[1]}": shift
            for pair, mine in means.items()
            if (shift := effort_shift(mine, scale or scale_named("ces2-7"))) is not None
        },
    )
