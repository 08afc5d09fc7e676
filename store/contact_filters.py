"""Which of a figure's contacts somebody wants to read: those with a driver, an answer, a decision, or handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal

from alignment.scorecard import View
from store.tables import contact_drivers, contacts, tags
from tagger.drivers import DRIVERS
from taxonomy.errors import BadInputError


class UnknownDriverError(BadInputError):
    """An effort driver was asked for that Headway does not look for."""


@dataclass(frozen=True)
class Only:
    """What contacts of a list must be; None asks for nothing.

    `answered`: whether the customer answered on effort; `deferred`: whether the tagger was not sure enough to keep its
    answer; `decided`: whether an analyst put it where it stands.
    """

    driver: str | None = None
    answered: bool | None = None
    deferred: bool | None = None
    decided: bool | None = None

    def __post_init__(self) -> None:
        if self.driver is not None and self.driver not in DRIVERS:
            raise UnknownDriverError(f"driver: no effort driver {self.driver!r}; known are {', '.join(DRIVERS)}")

    def conditions(self, job_id: str, *, is_decided: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        """As conditions on a contact, its tag and whether it is decided."""
        found: list[ColumnElement[bool]] = []
        if self.driver is not None:
            found.append(_has_driver(job_id, self.driver))
        if self.answered is not None:
            found.append(contacts.c.effort.is_not(None) if self.answered else contacts.c.effort.is_(None))
        if self.deferred is not None:
            found.append(tags.c.deferred.is_(self.deferred))
        if self.decided is not None:
            found.append(is_decided if self.decided else ~is_decided)
        return found


def _has_driver(job_id: str, driver: str) -> Any:
    listed = literal(",") + contact_drivers.c.drivers + literal(",")
    return exists().where(
        and_(
            contact_drivers.c.contact_pk == contacts.c.pk,
            contact_drivers.c.job_id == job_id,
            listed.like(f"%,{driver},%"),
        )
    )


def inside(view: View) -> list[ColumnElement[bool]]:
    """The conditions that a contact is one of a view's."""
    conditions: list[ColumnElement[bool]] = []
    if view.start is not None:
        conditions.append(contacts.c.started_at >= datetime.combine(view.start, time(), UTC))
    if view.end is not None:
        conditions.append(contacts.c.started_at < datetime.combine(view.end, time(), UTC))
    for name, value in view.filters.items():
        family, _, key = name.partition(".")
        conditions.append(contacts.c[family][key].as_string() == value if key else contacts.c[family] == value)
    return conditions
