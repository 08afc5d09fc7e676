"""What the pages of a step, an outcome and a failure mode share: lines, slices, change, drivers, contacts, sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from alignment.account import Line
from alignment.estimate import Estimate
from alignment.scorecard import TrendPoint
from api import charts
from api.address import Links
from api.deps import Reading
from api.figures import FRICTION, SCALES, SHARE
from api.marks import Mark, marks
from api.movement import Movement, movement
from api.pages.change_rows import ChangePart, change_part
from api.pages.contact_choice import CHOICES, DRIVER_WORDS, Choice
from api.pages.scorecard_rows import heat, week_link
from store.accounts import Standing
from store.browse import Page, list_tagged
from store.drilldown import Drill, SliceFigures, Target, read_drill
from store.driver_shares import read_target_drivers

ROWS = 20
LINES = {
    "friction": ("Friction", "friction here", "friction"),
    "effort": ("Effort", "effort here", "effort"),
    "fcr": ("Resolved on first contact", "first contact resolution here", "share"),
    "share": ("Share of all contacts", "the share of contacts here", "share"),
}
"""Of each line: its title, what its sentence calls it, and its scale."""

MEASURES = {
    "volume": ("Contacts", "count"),
    "effort": ("Effort", "effort"),
    "fcr": ("Resolved", "share"),
    "fcr_long": ("Resolved, 30 days", "share"),
    "transfers": ("Transfers a contact", "transfers"),
    "time": ("Minutes a contact", "time"),
    "cost": ("Cost a contact", "cost"),
}


@dataclass(frozen=True)
class LinePart:
    """One weekly line with its words, its annotations and its table."""

    id: str
    title: str
    scale: str
    movement: Movement
    chart: Markup
    marks: Sequence[Mark]
    weeks: Sequence[TrendPoint]


@dataclass(frozen=True)
class SliceRow:
    """One value of a dimension with the friction, effort and resolution there."""

    value: str
    figures: SliceFigures
    href: str
    chart: Markup


@dataclass(frozen=True)
class Breakdown:
    """One dimension with the target's figures by its values."""

    name: str
    rows: Sequence[SliceRow]


@dataclass(frozen=True)
class DriverRow:
    """One effort driver with its share of the contacts, and the address that lists those."""

    name: str
    words: str
    share: Estimate
    chart: Markup
    href: str


@dataclass(frozen=True)
class SumRow:
    """One figure taken apart, in words and numbers."""

    name: str
    scale: str
    line: Line


@dataclass(frozen=True)
class DrillPart:
    """What the shared template shows."""

    lines: Sequence[LinePart]
    breakdowns: Sequence[Breakdown]
    change: ChangePart
    drivers: Sequence[DriverRow]
    sums: Sequence[SumRow]
    standing: Standing | None
    page: Page
    choices: Mapping[str, Any]
    given: Mapping[str, str]
    more: Callable[[str], str]
    export: Mapping[str, str]
    clear: str
    with_outcome: bool


Address = Callable[..., str]
"""A target's own page: takes keywords for the query of its list."""


def drill_part(
    reading: Reading, target: Target, choice: Choice, *, address: Callable[[Links], Address], lines: Sequence[str]
) -> DrillPart:
    """Everything behind a step or an outcome. `address` gives its page from links, `lines` the weekly lines to draw."""
    links = Links(reading.job.id, reading.asked)
    drill, here = read_drill(reading.session, reading.job, reading.view, target=target), address(links)
    page = list_tagged(
        reading.session, reading.job, view=reading.view, only=choice.only, cursor=choice.cursor, limit=ROWS,
        **{target[0]: target[1]},
    )  # fmt: skip
    step = target[1] if target[0] == "step" else reading.job.step_of[target[1]]
    outcome = target[1] if target[0] == "outcome" else None
    return DrillPart(
        lines=[] if drill is None else _lines(reading, drill, target, names=lines, step=step),
        breakdowns=[] if drill is None else _breakdowns(drill, links, address),
        change=change_part(reading, target),
        drivers=_drivers(reading, target, here, choice),
        sums=[] if drill is None else [SumRow(*MEASURES[one.measure], one) for one in drill.account],
        standing=None if drill is None else drill.standing,
        page=page,
        choices=CHOICES,
        given=choice.given,
        more=lambda after: f"{here(**choice.given, cursor=after)}#h-contacts",
        export={
            form: links.contacts(step, outcome=outcome, **choice.given, format=form) for form in ("csv", "parquet")
        },
        clear=f"{here()}#h-contacts",
        with_outcome=outcome is None,
    )


def _lines(reading: Reading, drill: Drill, target: Target, *, names: Sequence[str], step: str) -> list[LinePart]:
    links = Links(reading.job.id, reading.asked)
    weekly = week_link(links, **({"step": target[1]} if target[0] == "step" else {"mode": target[1]}))
    found = []
    for name in names:
        title, called, scale = LINES[name]
        points = drill.trends[name]
        noted = marks(reading.annotations, points, step=step)
        chart = charts.trend(points, SCALES[scale], name=title, link=weekly, marks=noted)
        said = movement(points, name=called, scale=SCALES[scale])
        found.append(LinePart(name, title, scale, said, chart, noted, points))
    return found


def _breakdowns(drill: Drill, links: Links, address: Callable[[Links], Address]) -> list[Breakdown]:
    return [
        Breakdown(name, [_slice(name, value, one, links, address) for value, one in values.items()])
        for name, values in drill.slices.items()
        if values
    ]


def _slice(name: str, value: str, figures: SliceFigures, links: Links, address: Callable[[Links], Address]) -> SliceRow:
    chart = charts.interval_row(
        figures.friction,
        FRICTION,
        name=f"Friction, {value}",
        low=0.0,
        high=100.0,
        tone=f"tone-{heat(figures.friction)}",
    )
    return SliceRow(value, figures, address(links.narrowed(name, value))(), chart)


def _drivers(reading: Reading, target: Target, here: Address, choice: Choice) -> list[DriverRow]:
    """What made the target's contacts hard work, the most frequent first."""
    shares = read_target_drivers(reading.session, reading.job, reading.view, target=target)
    rows = [
        DriverRow(
            name, DRIVER_WORDS[name], share, charts.interval_row(share, SHARE, name=name, low=0.0, high=1.0),
            f"{here(**{**choice.given, 'driver': name})}#h-contacts",
        )
        for name, share in shares.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -(row.share.value or 0.0))
