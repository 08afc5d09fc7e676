"""Runs alone: the rows of one Parquet file as JSON Lines on standard output, within a limit of memory.

A Parquet file says itself how much memory its reader shall take, and is read by a library in C++; so it is read in a
process that may fail. It imports nothing of Headway, so that it starts in half a second and holds no secret.
The last line is `{"end": true}`, or `{"error": WHY}`; a row is `{"row": {...}}`.
"""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

ROWS_AT_ONCE = 256
MAX_ROW = 20 * 1024 * 1024
"""Bytes of one row in memory; as many as a line of text may have."""

MEMORY = 384 * 1024 * 1024
"""Bytes of address space beyond what the libraries take."""

SAID = 64 * 1024 * 1024
"""Bytes of one batch from which on its rows are measured one by one before they become Python values."""


def rows(path: str) -> Iterator[dict[str, Any]]:
    """Every row by column name, empty cells left out; a row that is too large or no text says so instead."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False, buffer_size=1024 * 1024) as file:
        twice = [name for name, times in Counter(file.schema_arrow.names).items() if times > 1]
        if twice:
            yield {"error": f"two columns are named {twice[0][:40]!r}; rename or remove one"}
            return
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
            names = batch.schema.names
            measured = batch.nbytes > SAID or len(names) > batch.num_rows * 10
            for at in range(batch.num_rows):
                if measured and batch.slice(at, 1).nbytes > MAX_ROW:
                    yield {"refused": "line-too-long", "why": f"a row of more than {MAX_ROW // 2**20} MB"}
                else:
                    yield _row(batch, names, at)


def _row(batch: Any, names: list[str], at: int) -> dict[str, Any]:
    """A row with a cell that cannot be read keeps the others: they say whose it is."""
    values: dict[str, Any] = {}
    refused: dict[str, Any] = {}
    for name, column in zip(names, batch.columns, strict=True):
        try:
            value = column[at].as_py()
        except UnicodeDecodeError:
            refused = {"refused": "invalid-utf8", "why": "a string in this row is not valid UTF-8"}
            continue
        except (ValueError, OverflowError):  # a date beyond what Python has
            refused = {"refused": "bad-date", "why": f"{name}: a time that is out of range"}
            continue
        if value is not None and value != "":
            values[name] = value
    return {**refused, "row": values}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__}, which is no text, number or list")


def _limit() -> None:
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())  # the others take address space long before they use it
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))


def _say(said: dict[str, Any]) -> None:
    try:
        line = json.dumps(said, default=_plain, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        line = json.dumps({"refused": "wrong-type", "why": f"a cell holds {str(error)[:80]}"})
    sys.stdout.buffer.write(line.encode("utf-8", "surrogatepass") + b"\n")


def main(path: str) -> None:
    """Write the rows of the file; whatever its library raises becomes the last line."""
    import pyarrow as pa

    if Path("/proc/self/statm").exists():  # elsewhere there is no such limit to set
        _limit()
    try:
        for said in rows(path):
            _say(said)
        _say({"end": True})
    except MemoryError:
        _say({"error": f"reading it takes more than {MEMORY // 2**20} MB"})
    except (pa.ArrowException, OSError) as error:
        _say({"error": str(error)[:200]})


if __name__ == "__main__":
    main(sys.argv[1])
