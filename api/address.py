"""What an address asks for, and the addresses that pages link to. An address can be shared: it says everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from alignment.comparison import Span
from alignment.scorecard import View
from taxonomy.errors import BadInputError

PERIOD = ("from", "to", "compare_from", "compare_to", "as_of")
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""Days that an address may name: weeks and windows are counted from them, and calendars end at the year 9999."""


class BadFilterError(BadInputError):
    """A parameter of an address is unknown or cannot be read."""


@dataclass(frozen=True)
class Asked:
    """Period and filters as the address gives them; what it leaves out is None.

    `end` is the first day after the period. `filters` has the keys of `View.filters`. `before` is the earlier period
    to set beside it, None where the address names none.
    """

    start: date | None = None
    end: date | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime | None = None
    before: Span | None = None

    def view(self, now: datetime) -> View:
        """The view asked for, with today's knowledge where the address names no other."""
        return View(self.as_of or now, self.start, self.end, self.filters)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that give this again."""
        before = self.before or Span(None, None)
        period = {"from": self.start, "to": self.end, "as_of": self.as_of}
        period |= {"compare_from": before.start, "compare_to": before.end}
        return [(name, value.isoformat()) for name, value in period.items() if value] + sorted(self.filters.items())


def asked(params: Iterable[tuple[str, str]], *, names: tuple[str, ...], also: tuple[str, ...] = ()) -> Asked:
    """Read an address's parameters: period, filters called `names`; those named in `also` belong to the route.

    An empty value counts as not given, as forms send it. Raises BadFilterError for an unknown or repeated name, a
    date that is none, or a period that ends before it starts.
    """
    given: dict[str, str] = {}
    known = (*PERIOD, *names)
    for name, value in params:
        if name in also or not value:
            continue
        if name not in known:
            raise BadFilterError(f"{name}: no such parameter here; known are {', '.join((*known, *also))}")
        if name in given:
            raise BadFilterError(f"{name}: given twice; give it once")
        given[name] = value
    start, end = _day("from", given.pop("from", None)), _day("to", given.pop("to", None))
    if start and end and end <= start:
        raise BadFilterError(f"to: {end} is not after {start}; `to` is the first day after the period")
    before = _before(_day("compare_from", given.pop("compare_from", None)), given.pop("compare_to", None), start)
    as_of = _moment(given.pop("as_of", None))
    return Asked(start, end, given, as_of, before)


def _before(first: date | None, until: str | None, start: date | None) -> Span | None:
    """The earlier period; without `compare_to` it ends where the other starts. Raises BadFilterError."""
    if first is None and until is None:
        return None
    end = _day("compare_to", until) or start
    if end is None or start is None:
        raise BadFilterError("compare_from: give `from` and `compare_to` as well, so that both periods have their days")
    if first is not None and end <= first:
        raise BadFilterError(f"compare_to: {end} is not after {first}; it is the first day after the earlier period")
    if end > start:
        raise BadFilterError(
            f"compare_to: {end} lies after {start}, where the later period starts; they may not overlap"
        )
    return Span(first, end)


def breakdown(by: str, names: tuple[str, ...]) -> str:
    """A name to break figures down by. Raises BadFilterError where contacts are not told apart by it."""
    known = (*names, "week", "day")
    if by not in known:
        raise BadFilterError(f"by: cannot break down by {by!r}; known are {', '.join(known)}")
    return by


def _day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadFilterError(f"{name}: {text!r} is not a date; write it as 2026-03-31") from None
    return within(name, day)


def within(name: str, day: date) -> date:
    """A day that can be counted from. Raises BadFilterError for one before 1900 or after 2999."""
    if EARLIEST <= day <= LATEST:
        return day
    raise BadFilterError(f"{name}: {day} is out of reach; name a day from {EARLIEST} to {LATEST}")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign not escaped arrives as a space
    except ValueError:
        raise BadFilterError(f"as_of: {text!r} is not a moment; write it as 2026-03-31T09:00:00Z") from None
    within("as_of", moment.date())
    return in_utc(moment)


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC; one without a zone is taken to be in UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True)
class Links:
    """Addresses of one job's pages that keep the period and filters of the page they stand on."""

    job_id: str
    asked: Asked = Asked()

    def _to(self, *parts: str, api: bool = False, asked: Asked | None = None, **more: Any) -> str:
        path = "/".join(quote(part, safe="") for part in ("jobs", self.job_id, *parts))
        pairs = (asked or self.asked).pairs() + [
            (name, str(value)) for name, value in more.items() if value is not None
        ]
        return f"{'/v1' if api else ''}/{path}{'?' + urlencode(pairs) if pairs else ''}"

    def to(self, *parts: str, api: bool = False, **more: Any) -> str:
        """Another page of the job by its path, with the same period and filters."""
        return self._to(*parts, api=api, **more)

    def plain(self, *parts: str, api: bool = False) -> str:
        """A page that knows no period and no filters."""
        return self._to(*parts, api=api, asked=Asked())

    def scorecard(self, *, api: bool = False) -> str:
        """The scorecard, or with `api` its JSON twin, as with every address here."""
        return self._to(*(("scorecard",) if api else ()), api=api)

    def during(self, start: date, end: date, *, step: str | None = None, mode: str | None = None) -> str:
        """The scorecard, or one step's or failure mode's page, of other days."""
        other = Links(self.job_id, replace(self.asked, start=start, end=end, before=None))
        return other.step(step) if step else other.failure_mode(mode) if mode else other.scorecard()

    def narrowed(self, name: str, value: str) -> Links:
        """The same addresses with one more filter set."""
        return Links(self.job_id, replace(self.asked, filters={**self.asked.filters, name: value}))

    def step(self, step: str, *, api: bool = False, **more: Any) -> str:
        """A step's page; `more` are a cursor and what its list of contacts is narrowed to."""
        return self._to("steps", step, api=api, **more)

    def outcome(self, outcome: str, *, api: bool = False, **more: Any) -> str:
        """An outcome's page."""
        return self._to("outcomes", outcome, api=api, **more)

    def comparison(self) -> str:
        """The JSON of two periods side by side."""
        return self._to("comparison", api=True)

    def failure_mode(self, outcome: str, *, api: bool = False, **more: Any) -> str:
        """A failure mode's page: an outcome as contacts show it."""
        return self._to("failure-modes", outcome, api=api, **more)

    def contacts(self, step: str, *, outcome: str | None = None, **more: Any) -> str:
        """The list of a step's contacts, as JSON unless `format` says csv or parquet."""
        return self._to("steps", step, "contacts", api=True, outcome=outcome, **more)

    def alerts(self, *, api: bool = False) -> str:
        """The alerts' page."""
        return self._to("alerts", api=api, asked=Asked())

    def index(self, *, api: bool = False) -> str:
        """The index's page."""
        return self._to("index", api=api)


def contact_link(contact_id: str, source: str | None, *, api: bool = False) -> str:
    """A contact's page; two sources may use the same id, so the source goes along."""
    path = f"{'/v1' if api else ''}/contacts/{quote(contact_id, safe='')}"
    return f"{path}?{urlencode({'source': source})}" if source else path
