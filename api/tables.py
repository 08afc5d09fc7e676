"""Lists and figures as CSV or Parquet, where `Accept` or `?format=` asks for them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response

from api.headers import read_answer
from tagger.formats.cells import harmless

Form = Literal["json", "csv", "parquet"]
Row = Mapping[str, Any]

MEDIA: Mapping[Form, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
TABLES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "As JSON; as a table with `Accept: text/csv` or `application/vnd.apache.parquet`, or `?format=`",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            MEDIA["parquet"]: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
"""For `responses=` of a route that gives tables."""


def wanted(
    request: Request,
    format: Annotated[Form | None, Query(description="Instead of `Accept`: json, csv or parquet.")] = None,
) -> Form:
    """What the caller would rather have; JSON where they take anything, or nothing that we have."""
    if format is not None:
        return format
    best: tuple[float, Form] = (0.0, "json")
    for part in request.headers.get("accept", "").split(","):
        kind, _, rest = part.partition(";")
        found = next((name for name, media in MEDIA.items() if media.split(";")[0] == kind.strip().lower()), None)
        if found is not None and (weight := _quality(rest)) > best[0]:
            best = (weight, found)
    return best[1]


FormOf = Annotated[Form, Depends(wanted)]


def table_answer(request: Request, form: Form, name: str, rows: Iterable[Any], *, more: str | None = None) -> Response:
    """Rows as a file called `name`, with ETag; `more` is the cursor of the next page, as a header."""
    flat = [dict(flattened(row)) for row in rows]
    content = as_parquet(flat) if form == "parquet" else as_csv(flat)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    if more is not None:
        headers["Headway-Next-Cursor"] = more
    return read_answer(request, Response(content, media_type=MEDIA[form], headers=headers))


def flattened(row: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The row's fields, nested ones under dotted names; lists as JSON text, as a cell has only one value."""
    values = asdict(row) if is_dataclass(row) and not isinstance(row, type) else row
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            yield f"{prefix}{name}", json.dumps(value, ensure_ascii=False, default=str)
        else:
            yield f"{prefix}{name}", value


def as_csv(rows: Sequence[Row]) -> bytes:
    """UTF-8 with a header line; moments in ISO 8601, missing values empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _columns(rows), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({harmless(name): cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def as_parquet(rows: Sequence[Row]) -> bytes:
    """The same columns with their types; text stays as it is, as nothing reads it as a formula."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {name: pa.array([row.get(name) for row in rows]) for name in dict.fromkeys(n for r in rows for n in r)}
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value as a cell of CSV."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case str():
            return harmless(value)
        case _:
            return str(value)


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(harmless(name) for row in rows for name in row))


def _quality(rest: str) -> float:
    for part in rest.split(";"):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
