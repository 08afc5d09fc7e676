"""Parquet: one contact a row, columns named as in CSV; `turns` may also be a list of structures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tagger.formats.flat import nested_row
from tagger.formats.outcome import Found, Rejected, rejected
from tagger.formats.problems import ContactError, UnreadableFileError

_ROWS_AT_ONCE = 256


def read_parquet(source: Path | IO[bytes]) -> Iterator[Found | Rejected]:
    """Records of a Parquet file, a few hundred rows in memory at a time. Raises UnreadableFileError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source) as file:
            line = 1
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                for at in range(batch.num_rows):
                    yield _row(batch, at, line)
                    line += 1
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFileError(f"{source} is not a readable Parquet file: {str(error)[:200]}") from error


def _row(batch: Any, at: int, line: int) -> Found | Rejected:
    values: dict[str, Any] = {}
    try:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            value = column[at].as_py()
            if value is not None and value != "":
                values[name] = value
        return Found(nested_row(values), line, _raw(values))
    except UnicodeDecodeError:
        return rejected(line, ContactError("invalid-utf8", "a string in this row is not valid UTF-8"), _raw(values))
    except ContactError as error:
        return rejected(line, error, _raw(values), contact_id=values.get("id"))


def _raw(values: dict[str, Any]) -> bytes:
    """The row as JSON: what the quarantine shows, and the size that is counted."""
    return json.dumps(values, default=str, ensure_ascii=False).encode("utf-8", "surrogatepass")
