"""Weekly lines of one step or outcome: friction, effort, first contact resolution, and its share of contacts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from alignment.clusters import Clusters
from alignment.effort import EffortScale, scale_of
from alignment.estimate import Estimate
from alignment.figures import step_friction, target_estimates
from alignment.moments import Moments
from alignment.rectify import TargetEstimates
from alignment.scorecard import TrendPoint, View
from alignment.targets import Kind, Targets
from alignment.trends import Window, shortest, weekly_windows, window_clusters
from taxonomy.model import Job

Lines = Mapping[str, tuple[TrendPoint, ...]]


@dataclass(frozen=True)
class _Span:
    """One trailing window, its estimates made when the first figure is asked for."""

    job: Job
    window: Window
    targets: Targets
    columns: list[int]
    target: int
    scale: EffortScale
    clusters: Clusters | None

    @cached_property
    def found(self) -> TargetEstimates:
        mine = None if self.clusters is None else self.clusters.of(self.columns)
        folds = self.window.folds[:, self.columns]
        as_of = self.window.view.as_of
        return target_estimates(folds, self.targets, scale=self.scale, as_of=as_of, clusters=mine)[self.target]

    def friction(self) -> Estimate:
        return step_friction(self.job, self.found, scale=self.scale, as_of=self.window.view.as_of)


_LINES: Mapping[str, Callable[[_Span], Estimate]] = {
    "friction": _Span.friction,
    "effort": lambda span: span.found.means["effort"],
    "fcr": lambda span: span.found.means["fcr"],
    "share": lambda span: span.found.share,
}


def target_trends(job: Job, moments: Moments, view: View, *, target: tuple[Kind, str]) -> Lines:
    """The lines of `_LINES` by week; each point speaks of trailing weeks as `trends` says."""
    outcomes = (target[1],) if target[0] == "outcome" else ()
    targets, columns = moments.targets.only(outcomes), moments.targets.columns(outcomes)
    clusters, scale = moments.clusters(view), scale_of(job)
    lines: dict[str, list[TrendPoint]] = {name: [] for name in _LINES}
    for week, windows in weekly_windows(moments, view):
        spans = [
            _Span(
                job, window, targets, columns, targets.index(*target), scale,
                window_clusters(moments, clusters, window),
            )
            for window in windows
        ]  # fmt: skip
        for name, read in _LINES.items():
            lines[name].append(TrendPoint(week, shortest((span.window, read(span)) for span in spans)))
    return {name: tuple(points) for name, points in lines.items()}
