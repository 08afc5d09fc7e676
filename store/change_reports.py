"""What a change of one step's or outcome's figures is made of: the world, who contacts us, the tagger (METHODS 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from alignment.comparison import Span, spans_of, weeks_in
from alignment.effort import scale_of
from alignment.fold import fold
from alignment.measures import SUMMED, SUMS
from alignment.moments import Moments
from alignment.scorecard import View
from alignment.targets import Kind, Targets
from alignment.verdict import Verdict, judge_views
from store.evidence_weeks import KnownByWeek, weeks_begun
from store.kept import Kept
from store.moments import read_moments
from store.response_models import read_response_models
from store.scorecards import view_key
from store.tags import newest_model
from taxonomy.model import Job

MEASURES = ("effort", "fcr", "share")

MOST_CONTACTS = 200_000
"""The tagger's own figures are read contact by contact: more would keep a reader waiting."""


@dataclass(frozen=True)
class ChangeReport:
    """By measure of MEASURES the verdict on the change between two spans; `reason` says why there is none."""

    spans: tuple[Span, Span] | None
    verdicts: Mapping[str, Verdict]
    reason: str | None = None


_kept: Kept[ChangeReport] = Kept(64)
_kept_tagged: Kept[Moments] = Kept(4)


def read_change_report(
    session: Session, job: Job, view: View, *, target: tuple[Kind, str], before: Span | None = None
) -> ChangeReport:
    """The change of a target from the days before a view, or from the span named, under the view's filters."""
    newest = newest_model(session, job.id, as_of=view.as_of)
    if newest is None or newest[0] != job.stamp:
        return ChangeReport(None, {}, "nothing is tagged yet")
    version = view_key(session, job, view)
    return _kept.get(
        (*version, before, target),
        lambda: _build(session, job, view, model=newest[1], target=target, before=before),
    )


def _build(
    session: Session, job: Job, view: View, *, model: str, target: tuple[Kind, str], before: Span | None
) -> ChangeReport:
    corrected = read_moments(session, job, model_id=model, as_of=view.as_of)
    spans = spans_of(view, weeks=weeks_in(corrected), before=before)
    if spans is None:
        return ChangeReport(None, {}, "fewer than two weeks of contacts: there is nothing to compare yet")
    both = View(view.as_of, spans[0].start, spans[1].end)
    many = corrected.select(both)[0, SUMMED.index("volume"), SUMS.index("n")]
    if many > MOST_CONTACTS:
        why = f"these periods hold over {MOST_CONTACTS:,} contacts: choose shorter ones to see what a change is made of"
        return ChangeReport(spans, {}, why)
    key = view_key(session, job, both)
    tagged = _kept_tagged.get(key, lambda: _tagged(session, job, model=model, view=both))
    first, second = (replace(view, start=span.start, end=span.end) for span in spans)
    verdicts = judge_views(
        (first, second), target=target, measures=MEASURES, tagged=tagged, corrected=corrected, scale=scale_of(job)
    )
    return ChangeReport(spans, verdicts)


def _tagged(session: Session, job: Job, *, model: str, view: View) -> Moments:
    """What the tagger alone says of the weeks of a view: moments as if nothing had been reviewed."""
    models, targets = read_response_models(session, job, model), Targets.of(job)
    known = KnownByWeek(session, job, model, view.as_of, reviews={})
    weeks = [week for week in weeks_begun(session, job.id) if _in_view(week, view)]
    parts = (fold(part, targets) for _, part in known.evidence(weeks, models=models))
    return sum(parts, start=Moments(targets, {}))


def _in_view(monday: date | None, view: View) -> bool:
    """Whether a week shares a day with a view; a view with a bound leaves out contacts without a date."""
    if monday is None:
        return view.start is None and view.end is None
    begun = view.start is None or monday + timedelta(weeks=1) > view.start
    return begun and (view.end is None or monday < view.end)
