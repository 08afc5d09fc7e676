"""What a change of one step's or outcome's figures is made of: the world, who contacts us, the tagger (METHODS 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from alignment.comparison import Span, spans_of, weeks_in
from alignment.effort import scale_of
from alignment.fold import fold
from alignment.measures import SUMMED, SUMS
from alignment.moments import Moments
from alignment.scorecard import View
from alignment.targets import Kind, Targets
from alignment.verdict import Verdict, judge_views
from store.evidence import read_known
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
    many = corrected.select(View(view.as_of))[0, SUMMED.index("volume"), SUMS.index("n")]
    if many > MOST_CONTACTS:
        return ChangeReport(
            spans, {}, f"with more than {MOST_CONTACTS:,} contacts only alerts say what a change is made of"
        )
    key = view_key(session, job, View(view.as_of))
    tagged = _kept_tagged.get(key, lambda: _tagged(session, job, model=model, view=view))
    first, second = (replace(view, start=span.start, end=span.end) for span in spans)
    within = corrected.within(View(view.as_of, filters=view.filters)) if view.filters else corrected
    verdicts = judge_views(
        (first, second), target=target, measures=MEASURES, tagged=tagged, corrected=within, scale=scale_of(job)
    )
    return ChangeReport(spans, verdicts)


def _tagged(session: Session, job: Job, *, model: str, view: View) -> Moments:
    """What the tagger alone says: moments as if nothing had been reviewed."""
    models = read_response_models(session, job, model)
    evidence = read_known(session, job, model_id=model, as_of=view.as_of, models=models, reviews={}).evidence
    return fold(evidence, Targets.of(job))
