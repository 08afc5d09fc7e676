"""Writes a world to a folder, byte for byte the same for the same spec."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from evals.worlds_events import event_rows
from evals.worlds_surveys import survey_rows
from taxonomy.errors import BadInputError

if TYPE_CHECKING:
    from evals.worlds import World


class WorldFolderError(BadInputError):
    """A world cannot be written where it was asked to be."""


def write_files(world: World, folder: Path) -> dict[str, int]:
    """Write a world's files into `folder`, made if it is not there; gives the number of rows per file name.

    Raises WorldFolderError if the folder cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return {name: write(folder / name, world) for name, write in FILES.items()}
    except OSError as error:
        raise WorldFolderError(f"{folder}: cannot be written: {error.strerror}; name another folder") from error


def _contacts(path: Path, world: World) -> int:
    return write_lines(path, world.contacts())


def _labelled(path: Path, world: World) -> int:
    return write_lines(path, world.labelled())


def _heldout(path: Path, world: World) -> int:
    return write_lines(path, world.heldout())


def _survey(path: Path, world: World) -> int:
    return write_table(path, survey_rows(world.stage, world.waves))


def _events(path: Path, world: World) -> int:
    return write_table(path, event_rows(world.stage, world.attempts))


def _answers(path: Path, world: World) -> int:
    return write_lines(path, map(world.answer, range(len(world))))


def _truth(path: Path, world: World) -> int:
    path.write_text(json.dumps(world.truth(), indent=1) + "\n", encoding="utf-8")
    return 1


FILES: Mapping[str, Callable[[Path, World], int]] = {
    "contacts.jsonl.gz": _contacts,
    "labelled.jsonl.gz": _labelled,
    "heldout.jsonl.gz": _heldout,
    "outcome_survey.csv": _survey,
    "events.csv": _events,
    "truth.jsonl": _answers,
    "truth.json": _truth,
}


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """A text file to write; one ending in `.gz` is packed, without the time of day in its header."""
    with path.open("wb") as raw:
        if path.suffix != ".gz":
            with io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
                yield text
            return
        # A file name or time in the header would make two equal worlds differ.
        with (
            gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=5, mtime=0) as packed,
            io.TextIOWrapper(packed, encoding="utf-8", newline="", write_through=False) as text,
        ):
            yield text


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write JSON Lines; gives how many."""
    count = 0
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with opened(path) as out:
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the answer
            out.write(encode(row) + "\n")
    return count


def write_table(path: Path, rows: Iterable[Mapping[str, object]]) -> int:
    """Write CSV with a header taken from the first row; gives how many rows."""
    count = 0
    with opened(path) as out:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(out, fieldnames=list(row), lineterminator="\n")
                writer.writeheader()
            writer.writerow(row)
            count += 1
    return count
