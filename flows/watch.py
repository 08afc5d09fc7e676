"""Look at every figure for changes that are more than chance, once for each week that has ended (METHODS 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from alignment.alert_series import data_series, rate_series, step_series, weekly_sums
from alignment.alerts import Alarm, Series, alarm_limit, scan, watched
from alignment.effort import scale_of
from alignment.fold import Evidence, day_of, fold
from alignment.moments import Moments, week_of
from alignment.rectify import Array
from alignment.targets import Targets
from alignment.verdict import judge
from flows.annotations import annotate_promotions
from flows.notify import deliver
from flows.workspace import Workspace
from store.alerts import close_alert, judge_again, looked, raise_alert, read_alerts, record_look
from store.evidence_weeks import KnownByWeek
from store.moments import read_moments
from store.response_models import read_response_models
from store.tags import newest_model
from store.watching import last_arrival, read_readings, weeks_with_contacts
from taxonomy.model import Job

WEEKS = 104
"""So many of the newest weeks are watched."""

READINGS = {"deferral": "deferred", "novelty": "novelty", "disagreement": "disagrees"}
"""Series of how the tagger reads, and the column of `read_readings` behind each."""

DATA_MEANING = {
    "volume": "contacts a week",
    "response": "the share of contacts that answered the effort question",
    "deferral": "the share of contacts that the tagger hands over",
    "novelty": "how strange contacts are to the tagger",
    "disagreement": "the share of reviewed contacts on which the analyst disagrees with the tagger",
    "silence": "no new contacts",
}


@dataclass(frozen=True)
class Watched:
    """Series looked at and alerts raised by this look; `closed_to` is the end of the last week it saw.

    `looked` is False where these weeks had been looked at before. `told` and `untold`: notices of alerts that arrived,
    and that did not.
    """

    looked: bool
    series: int
    alerts: int
    closed_to: str | None
    told: int = 0
    untold: int = 0


def watch(workspace: Workspace, *, again: bool = False, now: datetime | None = None) -> Watched:
    """Look at the weeks that have ended, if one has since the last look (or `again`); silence is looked for always.

    What was found is committed before anybody is told of it.
    """
    found = _look(workspace, again=again, moment=now or datetime.now(UTC))
    delivered = deliver(workspace)
    return replace(found, told=delivered.sent, untold=delivered.failed)


def _look(workspace: Workspace, *, again: bool, moment: datetime) -> Watched:
    job = workspace.job
    annotate_promotions(workspace)
    with workspace.database.session() as session:
        newest = newest_model(session, job.id)
        if newest is None or newest[0] != job.stamp:
            return Watched(False, 0, 0, None)
        silent = _silence(session, workspace, newest[1], moment)
        return _Look(session, workspace, newest[1], moment).run(again=again, silent=silent)


@dataclass(frozen=True)
class _Look:
    """One look at a job's weeks."""

    session: Session
    workspace: Workspace
    model: str
    now: datetime

    @property
    def _job(self) -> Job:
        return self.workspace.job

    def run(self, *, again: bool, silent: int) -> Watched:
        weeks = weeks_with_contacts(self.session, self._job.id, at_most=WEEKS)
        ended = [week for week in weeks if week + timedelta(weeks=1) <= self.now.date()]
        if not ended:
            return Watched(False, 0, silent, None)
        closed, names = ended[-1] + timedelta(weeks=1), {"job_version": self._job.stamp, "model_id": self.model}
        if not again and looked(self.session, self._job.id, **names, closed_to=closed):
            return Watched(False, 0, silent, closed.isoformat())
        tagged = self._tagged(ended)
        series = self._series(tagged, closed)
        count = watched(series)
        limit = alarm_limit(count, false_alarms_a_year=self.workspace.settings.alert_false_alarms_a_year)
        raised = self._raise(series, limit, tagged)
        self._judge_again(tagged)
        record_look(self.session, self._job.id, **names, closed_to=closed, series=count, limit=limit)
        return Watched(True, count, raised + silent, closed.isoformat())

    def _tagged(self, weeks: list[date]) -> Moments:
        """What the tagger alone says, by week: moments as if nothing had been reviewed."""
        targets = Targets.of(self._job)
        models = read_response_models(self.session, self._job, self.model)
        known = KnownByWeek(self.session, self._job, self.model, self.now, reviews={}, everything=True)
        parts = (fold(_dated_to_weeks(part), targets) for _, part in known.evidence(weeks, models=models))
        return sum(parts, start=Moments(targets, {}))

    def _series(self, tagged: Moments, closed: date) -> list[Series]:
        weeks, sums = weekly_sums(tagged, before=closed)
        scale = scale_of(self._job)
        found = [*step_series(weeks, sums, tagged.targets, scale=scale), *data_series(weeks, sums, tagged.targets)]
        readings = read_readings(self.session, self._job, model_id=self.model, since=weeks[0])
        for measure, column in READINGS.items():
            hits, trials = _by_week(readings, column, weeks)
            if hits.any():
                found.append(rate_series(weeks, hits, trials, measure=measure))
        return found

    def _raise(self, series: list[Series], limit: float, tagged: Moments) -> int:
        raised = 0
        for one in series:
            for alarm in scan(one, limit):
                raised += raise_alert(
                    self.session,
                    self._job.id,
                    alarm,
                    kind="data" if one.step is None else "figure",
                    measure=one.measure,
                    step=one.step,
                    content=self._content(one, alarm, tagged),
                    model_id=self.model,
                    job_version=self._job.stamp,
                )
        return raised

    def _content(self, series: Series, alarm: Alarm, tagged: Moments) -> Mapping[str, Any]:
        seen = _before_and_after(series, alarm)
        if series.step is None:
            return {**seen, "kind": "data", "sentence": _data_sentence(series.measure, seen)}
        return {**seen, **self._verdict(series.step, series.measure, alarm, tagged)}

    def _verdict(self, step: str, measure: str, alarm: Alarm, tagged: Moments) -> Mapping[str, Any]:
        corrected = read_moments(self.session, self._job, model_id=self.model)
        scale = scale_of(self._job)
        return judge(
            alarm, step=step, measure=measure, tagged=tagged, corrected=corrected, scale=scale, as_of=self.now
        ).as_json()

    def _judge_again(self, tagged: Moments) -> None:
        """Later reviews may settle what was open when the alert was raised."""
        for one in read_alerts(self.session, self._job.id):
            if one.open and one.kind == "figure" and one.step is not None and one.content.get("kind") == "open":
                if one.model != self.model:
                    continue
                alarm = Alarm("", one.first, one.since, one.at, one.strength)
                judge_again(self.session, one, {**one.content, **self._verdict(one.step, one.measure, alarm, tagged)})


def _before_and_after(series: Series, alarm: Alarm) -> dict[str, float]:
    """The series' own mean before and since the change, weighted by the contacts behind each point."""
    starts = np.array(series.starts)
    after = (starts >= alarm.since) & (starts < alarm.at)
    before = (starts >= alarm.first) & (starts < alarm.since)
    return {
        name: float(np.average(series.value[part], weights=series.size[part]))
        for name, part in (("before", before), ("after", after))
    }


def _data_sentence(measure: str, seen: Mapping[str, float]) -> str:
    low = "{:,.0f}" if measure == "volume" else "{:.1%}"
    went = f"{low.format(seen['before'])} to {low.format(seen['after'])}"
    return f"{DATA_MEANING[measure]} went from {went}: look at the data before you read the figures"


def _dated_to_weeks(evidence: Evidence) -> Evidence:
    """Contacts of a week as if they had begun on its Monday."""
    days = (day_of(one) for one in evidence.frame["day"])
    mondays = [None if day is None else week_of(day) for day in days]
    dated = pd.Series(mondays, index=evidence.frame.index, dtype=object)
    return replace(evidence, frame=evidence.frame.assign(day=dated))


def _by_week(readings: pd.DataFrame, column: str, weeks: tuple[date, ...]) -> tuple[Array, Array]:
    """Sums of a column and the contacts that have it, by week."""
    known = readings[readings[column].notna()]
    grouped = known[column].astype(float).groupby(known["week"])
    hits, trials = (part.reindex(list(weeks), fill_value=0) for part in (grouped.sum(), grouped.count()))
    return np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)


def _silence(session: Session, workspace: Workspace, model: str, now: datetime) -> int:
    """Raise an alert where nothing has come in for longer than the deadline; close it when something does."""
    job, days = workspace.job, workspace.settings.alert_silence_days
    last = last_arrival(session, job.id)
    silent = days > 0 and last is not None and now - last > timedelta(days=days)
    for one in read_alerts(session, job.id):
        if one.measure == "silence" and one.open and last is not None and (not silent or one.since != last.date()):
            close_alert(session, one, note=f"contacts came in again on {last:%Y-%m-%d}")
    if not silent or last is None:
        return 0
    alarm = Alarm("silence", last.date(), last.date(), now.date(), strength=(now - last) / timedelta(days=days))
    text = f"no new contacts since {last:%Y-%m-%d %H:%M} UTC, longer than {days:g} days: look at the source"
    content = {"kind": "data", "sentence": text}
    return int(
        raise_alert(
            session, job.id, alarm, kind="data", measure="silence", step=None, content=content, model_id=model,
            job_version=job.stamp,
        )
    )  # fmt: skip
