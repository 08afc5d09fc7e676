"""Fold what is known into moments: everything the first time, then only what something touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from alignment.fold import Evidence, fold, part_of, slices_in
from alignment.fold_replicates import fold_replicates
from alignment.moments import Slice
from alignment.response import ResponseModel, period_of
from alignment.targets import Targets
from flows.promotion import note_in_force
from flows.workspace import Workspace
from store.changes import changed_contacts
from store.evidence_weeks import KnownByWeek, periods_of, weeks_begun
from store.in_force import put_in_force, ready_model
from store.learned import correcting_reviews
from store.measurements import Measurement, last_measurement, read_reach, save_measurement
from store.moments import save_slices, stored_slices
from store.replicates import save_replicates
from store.response_models import KeptModel, count_offered, due_periods, read_kept, save_response_models
from store.review_weights import Review
from store.scope import Scope, slices_of
from taxonomy.model import Job


@dataclass(frozen=True)
class Measured:
    """Contacts read, reviews that correct figures, and slices written.

    `waiting` counts tagged contacts that stand outside the figures until a review of their draw is done. `everything`
    is False where only the contacts were read that share a week with something that changed.
    """

    contacts: int
    reviewed: int
    slices_written: int
    waiting: int = 0
    everything: bool = True


def measure(workspace: Workspace, *, as_of: datetime | None = None, full: bool = False) -> Measured:
    """Fold the contacts tagged by the model in use, once it has read all that the one before had read.

    Nothing is written where nothing changed.

    Only slices are folded again that something touched since the last measurement: new tags, answers, reviews, closed
    windows, later contacts of a customer. `full` folds everything, with the same result.
    Raises MeasuredMeanwhileError where another process measured the same job at the same time.
    """
    job, moment = workspace.job, as_of or datetime.now(UTC)
    with workspace.database.session() as session:
        ready = ready_model(session, job, in_use=workspace.shelf.current())
        if ready is None or ready[0] != job.stamp:
            return Measured(0, 0, 0)
        done = _measured(session, job, ready[1], moment, full=full)
        if put_in_force(session, job, ready[1]):
            note_in_force(session, job, ready[1])
        return done


def measure_model(workspace: Workspace, model_id: str) -> Measured:
    """Fold the contacts that one model of this job version read, as known now; which model is in force stays."""
    with workspace.database.session() as session:
        return _measured(session, workspace.job, model_id, datetime.now(UTC), full=False)


def fold_everything(session: Session, job: Job, model_id: str) -> Measured:
    """Fold every contact that a model of a job version read, whatever was read before: some were erased."""
    return _measured(session, job, model_id, datetime.now(UTC), full=True)


def _measured(session: Session, job: Job, model_id: str, moment: datetime, *, full: bool) -> Measured:
    last = last_measurement(session, job, model_id)
    reviews = correcting_reviews(session, job.id, model_id, moment)
    return _Measuring(session, job, model_id, moment, reviews, last).run(full=full)


@dataclass(frozen=True)
class _Measuring:
    """One measurement under way."""

    session: Session
    job: Job
    model: str
    as_of: datetime
    reviews: dict[int, Review]
    last: Measurement | None

    def run(self, *, full: bool) -> Measured:
        """Read what has to be read, part by part, fold it, and keep what came of it."""
        session, job, names = self.session, self.job, {"model_id": self.model}
        reach = read_reach(session, job, self.model)
        kept = read_kept(session, job, self.model)
        scope = None if full else self._scope(kept)
        stored = _by_week(stored_slices(session, job, **names) if scope is None else scope.slices)
        weeks = weeks_begun(session, job.id) | stored.keys() if scope is None else scope.weeks
        known = KnownByWeek(session, job, self.model, self.as_of, self.reviews, everything=scope is None)
        models = self._models(known, kept, self._due(kept, kept) if scope is None else scope.periods, weeks)
        contacts = written = 0
        for part, evidence in known.evidence(weeks, models=models):
            contacts += len(evidence.frame)
            written += self._write(evidence, scope, within=[where for week in part for where in stored.get(week, ())])
        number = 1 if self.last is None else self.last.number + 1
        save_measurement(session, job, **names, number=number, as_of=self.as_of, reach=reach, reviews=self.reviews)
        waiting = self._waiting(tagged_by=reach.tags)
        return Measured(contacts, len(self.reviews), written, waiting, everything=scope is None)

    def _models(
        self, known: KnownByWeek, kept: Mapping[str, KeptModel], due: Collection[str], weeks: Collection[date | None]
    ) -> Mapping[str, ResponseModel]:
        """The model of every period of these weeks: those that are due, and new ones, are fitted and kept."""
        models = {period: one.model for period, one in kept.items() if period not in due}
        fitted = known.fit(periods_of(weeks) - models.keys())
        save_response_models(self.session, self.job, model_id=self.model, models=fitted, as_of=self.as_of)
        return models | fitted

    def _scope(self, kept: Mapping[str, KeptModel]) -> Scope | None:
        """What was touched since the last measurement; None where everything may have been."""
        if self.last is None:
            return None
        touched = changed_contacts(
            self.session, self.job, model_id=self.model, last=self.last, reviews=self.reviews, as_of=self.as_of
        )
        if touched is None or 2 * len(touched) > self.last.reach.contacts:
            return None
        slices = slices_of(self.session, touched)
        return Scope(slices, self._due(kept, {period_of(where.day) for where in slices}))

    def _due(self, kept: Mapping[str, KeptModel], touched: Iterable[str]) -> frozenset[str]:
        policies = {review.policy for review in self.reviews.values()} or None
        return due_periods(
            self.session,
            self.job,
            model_id=self.model,
            touched=touched,
            policies=policies,
            kept=kept,
            as_of=self.as_of,
        )

    def _write(self, evidence: Evidence, scope: Scope | None, *, within: Collection[Slice]) -> int:
        """Fold the touched slices and append what differs, then the replicates of their weeks; how many slices did.

        Of the slices `within` those that have no contacts any more become zero.
        """
        targets, names = Targets.of(self.job), {"model_id": self.model}
        touched = (
            evidence if scope is None else part_of(evidence, [scope.holds(where) for where in slices_in(evidence)])
        )
        moments = fold(touched, targets)
        changed = save_slices(self.session, self.job, **names, moments=moments, within=within)
        weeks = {where.week for where in changed}
        again = part_of(evidence, [where.week in weeks for where in slices_in(evidence)])
        replicates = fold_replicates(again, targets)
        save_replicates(self.session, self.job, **names, replicates=replicates, weeks=weeks, now=datetime.now(UTC))
        return len(changed)

    def _waiting(self, *, tagged_by: int) -> int:
        """Tagged contacts that no draw with reviews offered; 0 before the first review."""
        names = {"job_id": self.job.id, "job_version": self.job.stamp, "model_id": self.model}
        policies = {review.policy for review in self.reviews.values()}
        return tagged_by - count_offered(self.session, **names, policies=policies) if policies else 0


def _by_week(slices: Iterable[Slice]) -> dict[date | None, list[Slice]]:
    found: dict[date | None, list[Slice]] = {}
    for where in slices:
        found.setdefault(where.week, []).append(where)
    return found
