"""What handlers are given: a unit of work, a job, and the view that an address asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import WithJsonSchema
from sqlalchemy.orm import Session

from alignment.annotations import Annotation
from alignment.scorecard import Scorecard, View
from api.access import caller_of
from api.address import Asked, asked
from api.parameters import declared
from store.alerts import Alert, read_alerts
from store.annotations import read_annotations
from store.audit import act_as
from store.browse import check_values, dimensions
from store.freshness import freshness
from store.jobs import read_job
from store.permitted import permit_only
from store.scorecards import read_scorecard
from store.session import Database
from store.settings import Settings
from taxonomy.model import Job

ROUTE_PARAMETERS = (
    "answered",
    "by",
    "cursor",
    "decided",
    "deferred",
    "driver",
    "format",
    "limit",
    "measure",
    "outcome",
    "weeks",
)

EMPTY = {"type": "string", "maxLength": 0}
"""Forms send what is not filled in."""

DAY = WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, EMPTY]})
MOMENT = WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, EMPTY]})


def get_session(request: Request) -> Iterator[Session]:
    """One unit of work a request, committed before the answer leaves, so that a failed commit is a failed answer."""
    database: Database = request.app.state.database
    with database.session() as session:
        caller = caller_of(request)
        permit_only(session, caller.jobs)
        act_as(session, caller.name)
        yield session


DbSession = Annotated[Session, Depends(get_session, scope="function")]


@dataclass(frozen=True)
class Reading:
    """One job seen through the view that the address asks for. `choices` are the filters it may name."""

    session: Session
    job: Job
    asked: Asked
    view: View
    choices: Mapping[str, tuple[str, ...]]
    settings: Settings

    @property
    def stale(self) -> str | None:
        """What a reader must know of the age of the figures; None where they are fresh, or asked for as of the past."""
        if self.asked.as_of is not None:
            return None
        allowed, silence = timedelta(hours=self.settings.stale_hours), timedelta(days=self.settings.alert_silence_days)
        return freshness(self.session, self.job.id, now=datetime.now(UTC), allowed=allowed, silence=silence).sentence

    @property
    def card(self) -> Scorecard:
        """The scorecard of this view; it is kept until something new is recorded."""
        return read_scorecard(self.session, self.job, self.view)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The job's open alerts, as known at the view's moment, the newest first."""
        return tuple(one for one in read_alerts(self.session, self.job.id, as_of=self.view.as_of) if one.open)

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """What was annotated on the job's trend lines, as known at the view's moment."""
        return read_annotations(self.session, self.job.id, as_of=self.view.as_of)


def get_reading(
    request: Request,
    session: DbSession,
    job: str,
    _from: Annotated[str | None, DAY, Query(alias="from", description="First day, as 2026-05-01.")] = None,
    _to: Annotated[str | None, DAY, Query(alias="to", description="First day after the period.")] = None,
    _as_of: Annotated[
        str | None, MOMENT, Query(alias="as_of", description="As it was known then; default now.")
    ] = None,
    _channel: Annotated[
        str | None,
        Query(alias="channel", description="Only this channel; segment.NAME and circumstance.NAME filter likewise."),
    ] = None,
) -> Reading:
    """Read job and view from the address. Raises UnknownJobError, BadFilterError, UnknownValueError.

    The parameters are declared for the documentation; `asked` reads all of them, those with open names too.
    """
    found = read_job(session, job)
    choices = dimensions(session, found)
    known = asked(request.query_params.multi_items(), names=tuple(choices), also=_own_parameters(request))
    check_values(choices, known.filters)
    return Reading(session, found, known, known.view(datetime.now(UTC)), choices, request.app.state.settings)


def _own_parameters(request: Request) -> tuple[str, ...]:
    """Those of `ROUTE_PARAMETERS` that the route declares, or something that it depends on."""
    own = set(declared(request.scope["route"].dependant))
    return tuple(name for name in ROUTE_PARAMETERS if name in own)


ReadingOf = Annotated[Reading, Depends(get_reading, scope="function")]
