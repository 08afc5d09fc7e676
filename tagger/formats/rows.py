"""Plain rows (surveys, events, decisions) from JSON Lines or CSV, each with its line number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tagger.formats.chunks import chunks
from tagger.formats.csv_table import read_csv
from tagger.formats.json_lines import read_json_lines
from tagger.formats.outcome import Rejected
from tagger.formats.problems import EmptyFileError, MissingFileError, UnknownFormatError, UnreadableFileError

Row = tuple[int, Mapping[str, Any]]


def read_rows(
    path: Path, *, needed: Iterable[str] = (), check: Callable[[list[str]], None] | None = None
) -> Iterator[Row | Rejected]:
    """Each row of a file with its line number, or why it cannot be read.

    Raises MissingFileError, EmptyFileError, UnknownFormatError, or UnreadableFileError where a CSV file lacks a
    needed column. `check` looks at the columns of a CSV file instead, and raises what it must.
    """
    name = path.name.lower()
    suffix = Path(name.removesuffix(".gz")).suffix
    if suffix not in (".csv", ".jsonl", ".ndjson"):
        raise UnknownFormatError(f"{path}: rows are read from .csv, .jsonl or .ndjson, also as .gz")
    if not path.is_file():
        raise MissingFileError(f"there is no file {path}")
    found = False
    with path.open("rb") as stream:
        source = chunks(stream, gzipped=name.endswith(".gz"))
        reading = read_json_lines(source, lambda record: iter([record]))
        if suffix == ".csv":
            reading = read_csv(source, check=check or (lambda names: _check(path, names, needed)))
        for item in reading:
            found = True
            yield item if isinstance(item, Rejected) else (item.line, item.record)
    if not found:
        raise EmptyFileError(f"{path} holds no row")


def _check(path: Path, names: list[str], needed: Iterable[str]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        raise UnreadableFileError(f"{path}: column {', '.join(missing)} is missing; its first line says: {names}")
