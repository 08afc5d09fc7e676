"""Two periods of a job side by side, from what is stored; kept until something behind them changes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from alignment.comparison import Comparison, Span, compare, spans_of, weeks_in
from alignment.scorecard import View
from store.kept import Kept
from store.scorecards import read_inputs, view_key
from taxonomy.model import Job


@dataclass(frozen=True)
class Compared:
    """A comparison, or why there is none."""

    comparison: Comparison | None
    reason: str | None


_kept: Kept[Compared] = Kept(64)


def read_comparison(session: Session, job: Job, view: View, *, before: Span | None = None) -> Compared:
    """The view's period against another, by default the days just before it (`comparison.spans_of`)."""
    key = (*view_key(session, job, view), before)
    return _kept.get(key, lambda: _build(session, job, view, before=before))


def _build(session: Session, job: Job, view: View, *, before: Span | None) -> Compared:
    inputs = read_inputs(session, job, as_of=view.as_of)
    if inputs.model is None:
        return Compared(None, "nothing is tagged yet")
    spans = spans_of(view, weeks=weeks_in(inputs.moments), before=before)
    if spans is None:
        return Compared(None, "fewer than two weeks of contacts: there is nothing to compare yet")
    found = compare(
        job,
        inputs.moments,
        spans,
        view=view,
        survey=inputs.survey,
        events=inputs.events,
        formula=inputs.formula,
    )
    return Compared(found, None)
