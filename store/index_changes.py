"""What moved the index between two dates, from what is stored; kept as long as nothing new is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from alignment.change import IndexChange, index_change
from alignment.composite import IndexInputs
from alignment.formula import IndexFormula
from alignment.index_view import index_of_view
from alignment.scorecard import AlignmentIndex, View
from store.kept import Kept
from store.scorecards import Inputs, read_inputs, view_key
from taxonomy.errors import BadInputError, HeadwayError
from taxonomy.model import Job

WEEKS = 13
"""So many weeks of contacts each side speaks of, unless another number is asked for."""

MOST_WEEKS = 520
_kept: Kept[IndexChange] = Kept(32)


class NoIndexError(HeadwayError):
    """The index has no formula yet, or is not published for what was asked."""


class BetweenError(BadInputError):
    """Two dates that nothing can be compared between."""


@dataclass(frozen=True)
class Between:
    """The contacts of the `weeks` before `until` against those of the `weeks` before `since`."""

    since: date
    until: date
    weeks: int = WEEKS
    filters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises BetweenError."""
        if self.until <= self.since:
            raise BetweenError(f"to: {self.until} is not after {self.since}")
        if not 1 <= self.weeks <= MOST_WEEKS:
            raise BetweenError(f"weeks: {self.weeks} is not between 1 and {MOST_WEEKS}")
        if self.since - date.min < timedelta(weeks=self.weeks):
            raise BetweenError(f"from: {self.since} leaves no {self.weeks} weeks before it")

    def views(self, as_of: datetime) -> tuple[View, View]:
        """The earlier view and the later one, as known at a moment."""
        length = timedelta(weeks=self.weeks)
        first, second = (View(as_of, end - length, end, self.filters) for end in (self.since, self.until))
        return first, second


def read_index_change(session: Session, job: Job, between: Between, *, as_of: datetime) -> IndexChange:
    """The change with everything that made it.

    Raises NoIndexError without a formula, NotComparableError where either index is not published.
    """
    views = between.views(as_of)
    key = tuple(part for view in views for part in view_key(session, job, view))
    return _kept.get(key, lambda: _build(session, job, views))


def _build(session: Session, job: Job, views: tuple[View, View]) -> IndexChange:
    inputs = read_inputs(session, job, as_of=views[0].as_of)
    formula = formula_of(inputs)
    before, after = (index_under(job, inputs, formula, view) for view in views)
    return index_change(formula, before, after)


def formula_of(inputs: Inputs) -> IndexFormula:
    """The formula in force. Raises NoIndexError."""
    if inputs.formula is None:
        raise NoIndexError("no formula is frozen for this job yet: run `headway run`, or see `headway index --job JOB`")
    return inputs.formula


def index_under(job: Job, inputs: Inputs, formula: IndexFormula, view: View) -> tuple[IndexInputs, AlignmentIndex]:
    """The index of a view under a formula, with its inputs."""
    return index_of_view(job, inputs.moments, formula, view=view, survey=inputs.survey, events=inputs.events)
