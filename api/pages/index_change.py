"""What moved the index between two dates: a waterfall that sums exactly, each bar a link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from alignment.change import AGREEING, IndexChange
from alignment.decomposition import NotComparableError
from alignment.waterfall import Bar, waterfall
from api.access import require
from api.address import Links
from api.deps import Reading, ReadingOf
from api.headers import page_answer
from api.pages.index_words import COMPONENT_WORDS, input_words
from api.rendering import render
from api.waterfall_chart import BarRow, Named, bar_rows, level_row, signed
from store.index_changes import WEEKS, Between, NoIndexError, read_index_change
from taxonomy.model import Job

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])


@dataclass(frozen=True)
class ChangeView:
    """The waterfall of one page: two dates, the bars between them, and what is more than chance; or `reason`."""

    between: Between
    reason: str | None = None
    before: str = ""
    after: str = ""
    total: str = ""
    sentence: str = ""
    moved: bool = False
    rows: tuple[BarRow, ...] = ()
    first: Markup | None = None
    last: Markup | None = None


@router.get("/jobs/{job}/index/change")
def change(
    request: Request,
    reading: ReadingOf,
    weeks: Annotated[int, Query(ge=1, le=520, description="Weeks of contacts on each side.")] = WEEKS,
) -> Response:
    """The page; `from` and `to` are the two dates, each side speaks of the weeks before its date."""
    links = Links(reading.job.id, reading.asked)
    view = change_view(reading, dates(reading, weeks))
    html = render(
        "index_change.html",
        job=reading.job,
        card=reading.card,
        links=links,
        here="index",
        stale=reading.stale,
        change=view,
        choices=reading.choices,
        asked=reading.asked,
        action=Links(reading.job.id).to("index", "change"),
        json_url=address(links, view.between, api=True),
    )
    return page_answer(request, html)


def dates(reading: Reading, weeks: int = WEEKS) -> Between:
    """The two dates of the address; without them the newest weeks against those before them."""
    newest = recent(reading, weeks)
    return replace(newest, since=reading.asked.start or newest.since)


def recent(reading: Reading, weeks: int = WEEKS) -> Between:
    """The newest weeks of the view against those before them."""
    tagged = reading.card.tagged_to or datetime.now(UTC)
    until = reading.asked.end or tagged.date() + timedelta(days=1)
    return Between(until - timedelta(weeks=weeks), until, weeks, reading.view.filters)


def address(links: Links, between: Between, *, api: bool = False) -> str:
    """The page of a change, or its JSON."""
    asked = replace(links.asked, start=between.since, end=between.until)
    return Links(links.job_id, asked).to("index", "change", api=api, weeks=between.weeks)


def change_view(reading: Reading, between: Between) -> ChangeView:
    """What is drawn, or why nothing can be."""
    try:
        found = read_index_change(reading.session, reading.job, between, as_of=reading.view.as_of)
    except (NoIndexError, NotComparableError) as error:
        return ChangeView(between, reason=str(error))
    fall, links = waterfall(found), Links(reading.job.id, reading.asked)
    after = replace(reading.asked, start=between.until - timedelta(weeks=between.weeks), end=between.until)
    rows = bar_rows(fall, lambda bar: _named(reading.job, bar, Links(links.job_id, after)))
    return ChangeView(
        between,
        before=_shown(found.before.index.value),
        after=_shown(found.after.index.value),
        total=signed(round(fall.after, 1) - round(fall.before, 1)),
        sentence=sentence(found),
        moved=found.moved,
        rows=tuple(rows),
        first=level_row(fall.before, fall, name=f"Index before {between.since}"),
        last=level_row(fall.after, fall, name=f"Index before {between.until}"),
    )


def sentence(found: IndexChange) -> str:
    """Whether the change is more than luck, in plain words."""
    low, high = found.difference.low, found.difference.high
    if low is None or high is None:
        return f"Nobody can say whether that is more than luck: {found.difference.reason}."
    span = f"the true change lies between {signed(low)} and {signed(high)} with 95% confidence"
    if found.moved:
        return f"That is more than luck: {span}, and {100 * found.agreeing:.0f}% of other reasonable weights agree."
    if low <= 0 <= high:
        return f"That may be luck alone: {span}."
    return (
        f"More than luck ({span}), but only {100 * found.agreeing:.0f}% of other reasonable weights agree on the "
        f"direction; {100 * AGREEING:.0f}% are asked for, so it does not count as moved."
    )


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _named(job: Job, bar: Bar, links: Links) -> Named:
    component = COMPONENT_WORDS.get(bar.component, bar.component)
    if bar.kind == "evidence":
        return Named(f"{component}: which inputs have evidence", "not a change of experience", links.index())
    if bar.kind == "floor":
        return Named(f"{component}: held at its least value", "rule of the formula", links.index())
    words = input_words(job, bar.id, links)
    return Named(words.name, words.kind, words.href)
