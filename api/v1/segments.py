"""Steps against segments and circumstances as JSON: every cell, and which differ beyond noise."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from alignment.documents import head_json
from alignment.heat_map import MeasureName
from alignment.heat_words import heat_map_json
from api.access import require
from api.deps import ReadingOf
from api.headers import json_answer
from api.v1.responses import problems
from api.v1.shapes import EstimateShape, HeadShape, Shape
from store.segments import read_heat_map

router = APIRouter(
    prefix="/v1/jobs/{job}",
    tags=["figures"],
    responses=problems(401, 403, 404, 422, 429, 503),
    dependencies=[require("leader")],
)


class CellShape(Shape):
    """A step's figure among the contacts with one value, and how far it is from that of all other contacts."""

    step: str
    dimension: str
    value: str
    contacts: int = Field(description="contacts with this value, on all steps")
    figure: EstimateShape
    difference: EstimateShape = Field(description="figure minus others'; its interval allows for the picking")
    p: float | None = Field(description="two-sided; null: not compared, the difference says why")
    q: float | None = Field(description="the false discovery rate at which it would just be named")
    q_any: float | None = Field(description="the same under any dependence of the comparisons")
    differs: bool = Field(description="named: q is at most the rate")
    side: Literal["worse", "better"] | None


class HeatMapShape(HeadShape):
    """Every cell, and how the differences were found."""

    measure: Literal["friction", "effort", "fcr"]
    rate: float = Field(description="of the named differences at most so many are chance, in the mean")
    comparisons: int
    named: int
    method: str
    cells: list[CellShape]


@router.get("/segments", response_model=HeatMapShape)
def segments(
    request: Request,
    reading: ReadingOf,
    measure: Annotated[MeasureName, Query(description="What is compared.")] = "friction",
) -> Response:
    """Each segment, circumstance and channel against all other contacts, step by step."""
    found = read_heat_map(
        reading.session, reading.job, reading.view, dimensions=tuple(reading.choices), measure=measure
    )
    return json_answer(request, {**head_json(reading.card), **heat_map_json(reading.job, found)})
