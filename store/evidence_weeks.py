"""Evidence in parts of whole weeks: what is held at once does not grow with the contacts of a job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alignment.fold import Evidence
from alignment.moments import week_of
from alignment.response import ResponseModel, fit_response, period_of, periods
from alignment.targets import Targets
from store.evidence import Facts, evidence_of, read_facts
from store.resolved import Resolved, read_resolved
from store.review_weights import Review
from store.scope import begun_in, weeks_of_period
from store.tables import contacts
from store.tags import of_job
from taxonomy.model import Job

MOST = 40_000
"""Contacts read at once, about 2 kB each, unless one week has more: replicates are kept by week."""

FITTED_ON = ["pk", "contact", "customer", "channel", "effort", "fcr", "transfers", "time"]
"""What a response model needs of a contact, and its row."""

Weeks = frozenset[date | None]


@dataclass(frozen=True)
class KnownByWeek:
    """What a model read of a job's contacts, known up to a moment, beside these reviews.

    `everything` says that most weeks will be asked for: then which contacts were resolved is worked out once, for all.
    """

    session: Session
    job: Job
    model_id: str
    as_of: datetime
    reviews: Mapping[int, Review]
    everything: bool = False

    def evidence(
        self, weeks: Iterable[date | None], *, models: Mapping[str, ResponseModel]
    ) -> Iterator[tuple[Weeks, Evidence]]:
        """The evidence of these weeks, about MOST contacts at a time; periods without a model are fitted first."""
        wanted, targets = frozenset(weeks), Targets.of(self.job)
        fitted = {**models, **self.fit(periods_of(wanted) - models.keys())}
        for part in _parts(self.session, wanted):
            yield part, evidence_of(self._facts(part), targets, models=fitted, reviews=self.reviews)

    def fit(self, wanted: Iterable[str]) -> dict[str, ResponseModel]:
        """The response models of these periods, each of all its contacts; none of a period without contacts."""
        found = {period: self._fitted(period) for period in sorted(wanted)}
        return {period: model for period, model in found.items() if model.contacts}

    def _fitted(self, period: str) -> ResponseModel:
        """One period's model. Contacts are put in the order of their names: when they came in does not show in it."""
        steps, rows, probabilities = Targets.of(self.job).partition, [], []
        for part in _parts(self.session, weeks_of_period(period)):
            facts = self._facts(part)
            inside = np.flatnonzero(periods(facts.rows["day"]) == period)
            rows.append(facts.rows[FITTED_ON].iloc[inside])
            probabilities.append(facts.probabilities[inside][:, steps])
        frame = pd.concat(rows, ignore_index=True)
        order = np.lexsort((frame["pk"].to_numpy(), frame["contact"].astype(str).to_numpy(dtype=str)))
        return fit_response(frame.iloc[order], np.concatenate(probabilities)[order])

    def _facts(self, weeks: Weeks) -> Facts:
        return read_facts(
            self.session,
            self.job,
            model_id=self.model_id,
            as_of=self.as_of,
            weeks=weeks,
            reviews=self.reviews,
            resolved=self._resolved,
        )

    @cached_property
    def _resolved(self) -> Resolved | None:
        return read_resolved(self.session, self.job, as_of=self.as_of, customers=None) if self.everything else None


def weeks_begun(session: Session, job_id: str) -> set[date | None]:
    """The Mondays of the weeks in which contacts of a job began; None where some have no date."""
    dated = select(contacts.c.started_at).where(of_job(job_id)).order_by(contacts.c.started_at).limit(1)
    undated = session.scalar(select(contacts.c.pk).where(of_job(job_id), contacts.c.started_at.is_(None)).limit(1))
    found: set[date | None] = set() if undated is None else {None}
    first = session.scalar(dated.where(contacts.c.started_at.is_not(None)))
    while first is not None:
        monday = week_of(first.date())
        found.add(monday)
        after = datetime.combine(monday + timedelta(weeks=1), time.min, UTC)
        first = session.scalar(dated.where(contacts.c.started_at >= after))
    return found


def periods_of(weeks: Iterable[date | None]) -> set[str]:
    """The periods that share a day with these weeks."""
    days = (None if monday is None else monday + timedelta(days=n) for monday in weeks for n in (0, 6))
    return {period_of(day) for day in days}


def _parts(session: Session, weeks: Collection[date | None]) -> Iterator[Weeks]:
    """The weeks in order, as many together as hold MOST contacts, at least one; those without a date last."""
    part: set[date | None] = set()
    size = 0
    for monday in sorted(weeks, key=lambda one: (one is None, one)):
        more = session.scalar(select(func.count()).select_from(contacts).where(begun_in([monday]))) or 0
        if part and size + more > MOST:
            yield frozenset(part)
            part, size = set(), 0
        part.add(monday)
        size += more
    if part:
        yield frozenset(part)
