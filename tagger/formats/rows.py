"""Plain rows (surveys, events, decisions) from JSON Lines or CSV, each with its line number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from tagger.formats.chunks import chunks
from tagger.formats.csv_table import read_csv
from tagger.formats.fields import check_nesting
from tagger.formats.json_lines import read_json_lines
from tagger.formats.outcome import Found, Rejected, rejected
from tagger.formats.problems import (
    ContactError,
    EmptyFileError,
    MissingFileError,
    UnknownFormatError,
    UnreadableFileError,
)

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
    with _opened(path) as stream:
        source = chunks(stream, gzipped=name.endswith(".gz"))
        reading = read_json_lines(source, lambda record: iter([record]))
        if suffix == ".csv":
            reading = read_csv(source, check=check or (lambda names: _check(path, names, needed)))
        for item in reading:
            found = True
            yield item if isinstance(item, Rejected) else _row(item)
    if not found:
        raise EmptyFileError(f"{path} holds no row")


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror or error}") from error


def _row(found: Found) -> Row | Rejected:
    try:
        check_nesting(found.record)
    except ContactError as error:
        return rejected(found.line, error, found.raw)
    return found.line, found.record


def _check(path: Path, names: list[str], needed: Iterable[str]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        raise UnreadableFileError(f"{path}: column {', '.join(missing)} is missing; its first line says: {names}")
