"""Parquet files that lie: about their pages, their sizes and their types."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.fuzz.bombs import MB, Make
from evals.fuzz.case import Case
from evals.fuzz.hostile import hostile_bytes, hostile_record
from evals.fuzz.seeds import CONTACT


def parquet(name: str, columns: dict[str, Any], **options: Any) -> Make:
    """A Parquet file with these columns."""

    def make(folder: Path) -> Path:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = folder / name
        pq.write_table(pa.table(columns), path, **options)
        return path

    return make


def parquet_cases() -> Iterator[Case]:
    """Bombs and lies made by hand."""
    texts = ["where is my order"] * 300
    ids = [f"p-{number}" for number in range(300)]
    yield Case("honest", parquet("a.parquet", {"id": ids, "text": texts}), good=300)
    yield Case("a cell of 300 MB, packed", _bomb("b.parquet", rows=1, size=300 * MB))
    yield Case("256 rows that share a cell of 100 MB", _bomb("c.parquet", rows=256, size=100 * MB))
    yield Case("100,000 rows of one letter", _bomb("d.parquet", rows=100_000, size=1))
    yield Case(
        "2,000 columns", parquet("e.parquet", {"id": ids, "text": texts} | {f"c{n}": [1] * 300 for n in range(2000)})
    )
    yield Case("same column twice", _doubled)
    yield Case("deep lists", parquet("g.parquet", {"id": ["1"], "text": ["t"], "x": [_deep(60)]}))
    yield Case("binary that is no text", parquet("h.parquet", {"id": [b"\xff\xfe"], "text": [b"\x00\xff"]}))
    yield Case("only the magic", _raw("i.parquet", b"PAR1PAR1"))
    yield Case("a footer of 2 GB", _raw("j.parquet", b"PAR1" + bytes(100) + b"\xff\xff\xff\x7fPAR1"))
    yield Case("a CSV file", _raw("k.parquet", b"id,text\n1,t\n"))
    yield Case("empty", _raw("l.parquet", b""))
    yield Case("a list of 20 million numbers in one row", _long_list)


def mutated_parquet(seed: int) -> Case:
    """A small table of hostile records, its bytes then damaged in two of three files."""
    rng = random.Random(f"parquet:{seed}")  # noqa: S311 - draws a test case

    def make(folder: Path) -> Path:
        path = _hostile_table(folder / "m.parquet", rng)
        if seed % 3:
            path.write_bytes(hostile_bytes(path.read_bytes(), rng))
        return path

    return Case(f"mutation {seed}", make)


def _hostile_table(path: Path, rng: random.Random) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    honest = CONTACT | {"turns": json.dumps(CONTACT["turns"]), "queue": "q"}
    columns: dict[str, Any] = {"id": [f"p-{at}" for at in range(5)]}
    changed = hostile_record(honest, rng)
    for name, value in changed.items():
        try:
            columns[str(name)] = pa.array([honest.get(name)] * 4 + [value])
        except (pa.ArrowException, UnicodeEncodeError, OverflowError, TypeError, ValueError):
            columns[str(name)] = pa.array([repr(value).encode("utf-8", "replace")[:1000]] * 5)
    try:
        pq.write_table(pa.table(columns), path, compression=rng.choice(("snappy", "zstd", "none", "gzip")))
    except (pa.ArrowException, UnicodeEncodeError):  # names or types that the format does not have
        pq.write_table(pa.table({"id": ["p-0"], "text": ["where"]}), path)
    return path


def _bomb(name: str, *, rows: int, size: int) -> Make:
    def make(folder: Path) -> Path:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = folder / name
        words = pa.DictionaryArray.from_arrays(
            pa.array([0] * rows, pa.int32()), pa.array(["x" * size], pa.large_string())
        )
        pq.write_table(
            pa.table({"id": pa.array(range(rows)), "text": words}), path, compression="zstd", use_dictionary=True
        )
        return path

    return make


def _long_list(folder: Path) -> Path:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    path, length = folder / "m.parquet", 20_000_000
    numbers = pa.ListArray.from_arrays(pa.array([0, length], pa.int32()), pa.array(np.zeros(length, np.int8)))
    pq.write_table(pa.table({"id": ["1"], "text": ["t"], "x": numbers}), path, compression="zstd")
    return path


def _doubled(folder: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / "f.parquet"
    pq.write_table(
        pa.Table.from_arrays([pa.array(["1"])] * 2 + [pa.array(["t"])] * 2, ["id", "id", "text", "text"]), path
    )
    return path


def _raw(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value
