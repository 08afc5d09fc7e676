"""What is asked all day long, by name: the readings of pages, lists, the queue and the stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alignment.scorecard import View
from store.alerts import read_alerts
from store.browse import list_tagged, read_contact
from store.changes import changed_contacts
from store.contact_chains import read_chain
from store.data_health import read_data_health
from store.drivers import driven_upto, unread
from store.freshness import STALE, freshness
from store.learned import correcting_reviews
from store.measurements import last_measurement, read_reach
from store.operations import read_operations
from store.reach import still_as_many
from store.review_claims import claim
from store.reviews import queue_counts, unoffered
from store.scope import slices_of
from store.scorecards import read_scorecard
from store.settings import Settings
from store.tables import contacts
from store.tags import count_untagged, newest_model, tagged_upto, untagged
from store.version import figures_version
from store.watching import read_readings
from taxonomy.model import Job

Reading = Callable[[Session], object]


def readings(session: Session, job: Job, settings: Settings) -> Mapping[str, Reading]:
    """Every named reading of a job as it would be made now; those that need tags only where there are some."""
    now, newest = datetime.now(UTC), newest_model(session, job.id)
    view = View(as_of=now)
    found: dict[str, Reading] = {
        "page: scorecard": lambda one: read_scorecard(one, job, view),
        "page: data health": lambda one: read_data_health(one, job, settings, now=now),
        "page: alerts": lambda one: read_alerts(one, job.id),
        "every minute: anything new?": lambda one: figures_version(one, job.id),
        "metrics": lambda one: read_operations(one, job, allowed=STALE, silence=timedelta(days=3)),
        "how old figures are": lambda one: freshness(one, job.id, now=now),
        "queue: next item": lambda one: claim(one, job.id, "explain", now=now),
        "queue: counts": lambda one: queue_counts(one, job.id),
    }
    return found if newest is None else {**found, **_of_model(session, job, newest[1], now)}


def _of_model(session: Session, job: Job, model: str, now: datetime) -> Mapping[str, Reading]:
    names = {"job_id": job.id, "job_version": job.stamp, "model_id": model}
    last, view = last_measurement(session, job, model), View(as_of=now)
    newest = select(contacts.c.pk, contacts.c.contact_id).order_by(contacts.c.pk.desc()).limit(1)
    pk, name = session.execute(newest).one()
    since = (session.scalar(select(func.max(contacts.c.started_at))) or now).date() - timedelta(weeks=1)
    found: dict[str, Reading] = {
        f"list: contacts of step {step}": partial(list_tagged, job=job, view=view, step=step)
        for step in list(job.step_by_id)[:1]
    }
    found |= {
        "page: contact": lambda one: read_contact(one, name),
        "page: contact's other contacts": lambda one: read_chain(one, job, pk),
        "tag: what is unread": lambda one: untagged(one, **names, after=tagged_upto(one, **names), limit=2000),
        "tag: how many are unread": lambda one: count_untagged(one, **names),
        "tag: contacts without drivers": lambda one: unread(one, job, after=driven_upto(one, job), limit=2000),
        "draw: how many were never offered": lambda one: unoffered(one, **names),
        "measure: how far there is to read": lambda one: read_reach(one, job, model),
        "watch: last week's tags": lambda one: read_readings(one, job, model_id=model, since=since),
    }
    if last is not None:

        def changed(one: Session) -> object:
            reviews = correcting_reviews(one, job.id, model, now)
            touched = changed_contacts(one, job, model_id=model, last=last, reviews=reviews, as_of=now)
            return slices_of(one, touched or set())

        found["measure: what changed"] = changed
        found["measure: was anything lost below"] = lambda one: still_as_many(one, job, model, last.reach)
    return found
