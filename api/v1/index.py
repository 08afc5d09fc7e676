"""What moved the index between two dates, and every row behind it to redo it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.responses import StreamingResponse

from alignment.change import AGREEING
from alignment.documents import head_json
from alignment.waterfall import waterfall
from api.access import caller_of, require
from api.deps import ReadingOf
from api.headers import json_answer
from api.pages.index_change import dates, sentence
from api.problems import NotFoundError
from api.v1.documents import plain
from api.v1.responses import problems
from api.v1.shapes import EstimateShape, Shape
from store.audit import record_audit
from store.index_changes import WEEKS, NoIndexError, read_index_change
from store.index_export import read_index_export

router = APIRouter(
    prefix="/v1/jobs/{job}/index",
    tags=["index"],
    responses=problems(401, 403, 404, 422, 429, 503),
    dependencies=[require("leader")],
)
IN_MEMORY = 8_000_000
CHUNK = 65_536


class BarShape(Shape):
    """Points of the index that one input brought, running from `start` to `end`; the bars sum to the difference."""

    id: str
    component: str
    kind: Literal["movement", "evidence", "floor"]
    points: float
    start: float
    end: float
    low: float | None = Field(description="95 % interval of the movement; null where one side has none")
    high: float | None
    clipped: bool = Field(description="one of its fixed ends bound: movement beyond it does not count")


class ChangeShape(Shape):
    """The index of the weeks before `to` against that of the weeks before `from`."""

    job: str
    job_version: str
    from_: str = Field(alias="from")
    to: str
    weeks: int
    as_of: str
    filters: dict[str, str]
    formula: str
    before: EstimateShape
    after: EstimateShape
    difference: EstimateShape
    agreeing: float = Field(description="share of the variants of method in which the change has the same sign")
    agreeing_needed: float
    moved: bool = Field(description="the interval excludes 0 and enough variants agree")
    sentence: str
    components: dict[str, float]
    bars: list[BarShape]


@router.get("/change", response_model=ChangeShape)
def change(
    request: Request,
    reading: ReadingOf,
    weeks: Annotated[int, Query(ge=1, le=520, description="Weeks of contacts that each side speaks of.")] = WEEKS,
) -> Response:
    """What moved the index between two dates, `from` and `to`: bars that sum to the change exactly."""
    between = dates(reading, weeks)
    try:
        found = read_index_change(reading.session, reading.job, between, as_of=reading.view.as_of)
    except NoIndexError as error:
        raise NotFoundError(str(error)) from error
    head = head_json(reading.card)
    period = {"from": between.since.isoformat(), "to": between.until.isoformat(), "weeks": weeks}
    document: dict[str, Any] = {
        **{name: head[name] for name in ("job", "job_version", "as_of", "filters")},
        **period,
        "formula": found.after.formula,
        "before": found.before.index.as_json(),
        "after": found.after.index.as_json(),
        "difference": found.difference.as_json(),
        "agreeing": found.agreeing,
        "agreeing_needed": AGREEING,
        "moved": found.moved,
        "sentence": sentence(found),
        "components": dict(found.parts.components),
        "bars": [plain(vars(bar)) for bar in waterfall(found).bars],
    }
    return json_answer(request, document)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)
def export(request: Request, reading: ReadingOf) -> Response:
    """Formula and every input row as a ZIP with `redo.py`, which redoes the index with Python alone. It is logged."""
    try:
        found = read_index_export(reading.session, reading.job, view=reading.view)
    except NoIndexError as error:
        raise NotFoundError(str(error)) from error
    who, job = caller_of(request).name, reading.job.id
    record_audit(reading.session, who=who, action="export.index", object=f"job/{job}", detail=dict(found.rows))
    packed = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - `_read` closes it when the last byte went out
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in found.files.items():
            archive.writestr(f"{job}-index/{name}", text)
    packed.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{job}-index.zip"', "Cache-Control": "no-store"}
    return StreamingResponse(_read(packed), media_type="application/zip", headers=headers)


def _read(packed: IO[bytes]) -> Iterator[bytes]:
    with packed:
        while part := packed.read(CHUNK):
            yield part
