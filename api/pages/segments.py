"""Steps against segments and circumstances: every figure written in its cell, and which groups differ beyond noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from alignment.effort import scale_of
from alignment.heat_map import MEASURES, RATE, Cell, Column, HeatMap, MeasureName, by_step
from alignment.heat_words import MEASURE_WORDS, heat_of, side_of
from api.access import require
from api.address import Links
from api.deps import Reading, ReadingOf
from api.figures import EFFORT, FRICTION, SHARE, Scale, number
from api.headers import page_answer
from api.rendering import plain, render
from store.segments import read_heat_map
from taxonomy.model import Job

router = APIRouter(include_in_schema=False, dependencies=[require("leader")])

SCALES: dict[MeasureName, Scale] = {"friction": FRICTION, "effort": EFFORT, "fcr": SHARE}
SHOWN = 12
"""So many values of a dimension fit a page; the JSON has all."""


@dataclass(frozen=True)
class CellView:
    """One cell as it is drawn: its heat 0 to 5, the page behind it, and what is said of its difference."""

    cell: Cell
    heat: int
    href: str
    said: str
    side: Literal["worse", "better"] | None


@dataclass(frozen=True)
class RowView:
    """One step of one dimension's table."""

    name: str
    href: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True)
class TableView:
    """One dimension: its values with the most contacts, `hidden` others, and a row for each step."""

    dimension: str
    columns: tuple[Column, ...]
    rows: tuple[RowView, ...]
    hidden: int


@dataclass(frozen=True)
class Found:
    """A named difference in words."""

    text: str
    interval: str
    href: str
    side: Literal["worse", "better"] | None


@router.get("/jobs/{job}/segments")
def segments(
    request: Request,
    reading: ReadingOf,
    measure: Annotated[MeasureName, Query(description="friction, effort or fcr.")] = "friction",
) -> Response:
    """The page."""
    job, links = reading.job, Links(reading.job.id, reading.asked)
    found = read_heat_map(reading.session, job, reading.view, dimensions=tuple(reading.choices), measure=measure)
    html = render(
        "segments.html",
        job=job,
        card=reading.card,
        links=links,
        here="segments",
        stale=reading.stale,
        asked=reading.asked,
        choices=reading.choices,
        action=Links(job.id).to("segments"),
        json_url=links.to("segments", api=True, measure=measure),
        measure=measure,
        measures=[(name, MEASURE_WORDS[name], links.to("segments", measure=name)) for name in MEASURES],
        effort_words=scale_of(job).words,
        scale=SCALES[measure].name,
        tables=[_table(job, found, name, links) for name in dict.fromkeys(c.dimension for c in found.columns)],
        named=_named(reading, found, links),
        tests=found.tests,
        lacking=sum(cell.p is None for cell in found.cells),
        cells=len(found.cells),
        one_in=round(1 / RATE),
    )
    return page_answer(request, html)


def _table(job: Job, found: HeatMap, dimension: str, links: Links) -> TableView:
    mine = [column for column in found.columns if column.dimension == dimension]
    kept = set(sorted(mine, key=lambda column: -column.contacts)[:SHOWN])
    columns = tuple(column for column in mine if column in kept)
    rows = tuple(
        RowView(
            job.step_by_id[step].name,
            links.step(step),
            tuple(_cell(job, found.measure, cell, links) for cell in cells if cell.column in kept),
        )
        for step, cells in by_step(found).items()
    )
    return TableView(dimension, columns, rows, len(mine) - len(columns))


def _cell(job: Job, measure: MeasureName, cell: Cell, links: Links) -> CellView:
    href = links.narrowed(cell.column.dimension, cell.column.value).step(cell.step)
    side = side_of(job, measure, cell)
    return CellView(cell, heat_of(job, measure, cell.figure), href, _difference(cell, SCALES[measure]), side)


def _named(reading: Reading, found: HeatMap, links: Links) -> Sequence[Found]:
    """Each comparison once: of two groups the worse one is named."""
    said, rows = set(), []
    for cell in found.named:
        side = side_of(reading.job, found.measure, cell)
        columns = [one for one in found.columns if one.dimension == cell.column.dimension]
        pair = (cell.step, cell.column.dimension)
        if len(columns) == 2 and (side == "better" or pair in said):
            continue
        said.add(pair)
        view = _cell(reading.job, found.measure, cell, links)
        where = f"{plain(cell.column.dimension)} {cell.column.value}"
        text = f"{reading.job.step_by_id[cell.step].name}, {where}: {view.said}"
        rows.append(Found(text, _interval(cell, SCALES[found.measure]), view.href, side))
    return rows


def _difference(cell: Cell, scale: Scale) -> str:
    """`12 more than others`, on the scale's own digits."""
    value = cell.difference.value
    if value is None:
        return ""
    unit = " points" if scale.unit == "%" else ""
    size = number(abs(value), scale, 1 if scale.digits or abs(value) * scale.factor < 10 else 0)
    return f"{size}{unit} {'more' if value > 0 else 'less'} than others"


def _interval(cell: Cell, scale: Scale) -> str:
    low, high = cell.difference.low, cell.difference.high
    if low is None or high is None:
        return ""
    ends = (f"{'+' if end > 0 else ''}{number(end, scale, 1)}" for end in (low, high))
    return "between {} and {}".format(*ends)
