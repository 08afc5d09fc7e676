"""CSV: one contact a row, nested fields as dotted column names, `turns` as a JSON string or `text`."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tagger.formats.cells import restored
from tagger.formats.chunks import MAX_LINE, Line, problem_of, split_lines
from tagger.formats.flat import nested_row
from tagger.formats.outcome import Found, Rejected, rejected
from tagger.formats.people import People, people_of
from tagger.formats.problems import ContactError, UnreadableFileError

MAX_ROW_LINES = 5_000
"""Lines that one quoted row may span; more means that a quote was never closed."""

_DELIMITERS = ",;\t|"


class _Rows:
    """The lines of one row as the csv module asks for them, kept so that they can be read again after an error."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._again: deque[Line] = deque()
        self.taken: list[Line] = []
        self._size = 0

    def start_row(self) -> None:
        """Forget the lines of the row before."""
        self.taken, self._size = [], 0

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_ROW_LINES or self._size > MAX_LINE:
            raise csv.Error("a quote is opened and not closed")
        line = self._again.popleft() if self._again else next(self._source)
        if line.too_long or line.damaged:
            if self.taken:  # inside a quoted field: refuse the row first, then this line
                self._again.appendleft(line)
                raise csv.Error("a quote is opened and not closed")
            self.taken.append(line)
            raise _UnusableLine
        self.taken.append(line)
        self._size += len(line.data)
        return line.data.decode("utf-8", "surrogateescape") + "\n"

    def give_back(self) -> Line:
        """Keep the first line of the failed row as refused, read the others again."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        return first


class _UnusableLine(Exception):
    """A line that is too long, or where the file breaks off."""


def read_csv(
    source: Iterator[bytes], *, check: Callable[[list[str]], None] | None = None
) -> Iterator[Found | Rejected]:
    """Records of a CSV stream. The first row names the columns; a broken row is refused, the next ones are kept.

    `check` raises UnreadableFileError for column names that will not do; default: those of contacts.
    """
    csv.field_size_limit(MAX_LINE)  # the module's own default of 128 kB is less than a long transcript
    rows = _Rows(split_lines(source))
    header = _header(rows)
    if header is None:
        return
    names, delimiter = header
    (check or check_contact_columns)(names)
    reader = csv.reader(rows, delimiter=delimiter, strict=True)
    while True:
        rows.start_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _UnusableLine) as error:
            yield _broken(rows.give_back(), error, names, delimiter)
            if not isinstance(error, _UnusableLine):
                reader = csv.reader(rows, delimiter=delimiter, strict=True)
            continue
        if any(cell.strip() for cell in cells):
            yield _row(names, cells, rows.taken)


def _header(rows: _Rows) -> tuple[list[str], str] | None:
    try:
        first = next(rows)
    except StopIteration:
        return None
    except _UnusableLine as error:
        raise UnreadableFileError("the first line of the CSV file, which names its columns, cannot be read") from error
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        cells = next(csv.reader([first], delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableFileError(f"the first line of the CSV file does not name columns: {error}") from error
    return [restored(name).strip() for name in cells], delimiter


def check_contact_columns(names: list[str]) -> None:
    """Raise UnreadableFileError unless the columns can hold contacts."""
    if "id" not in names or not {"text", "turns"} & set(names):
        shown = ", ".join(names)[:200]
        raise UnreadableFileError(
            f"the CSV file has no columns `id` and `text` (or `turns`); its first line says: {shown}"
        )
    check_once(names)


def check_once(names: list[str]) -> None:
    """Raise UnreadableFileError where two columns go by one name: nobody could say which one counts."""
    twice = [name for name, times in Counter(names).items() if name and times > 1]
    if twice:
        raise UnreadableFileError(f"two columns are named {twice[0][:40]!r}; rename or remove one")


def _row(names: list[str], cells: list[str], taken: list[Line]) -> Found | Rejected:
    raw = b"\n".join(line.data for line in taken)
    try:
        return Found(nested_row(_named(names, cells)), taken[0].number, raw)
    except ContactError as error:
        return rejected(taken[0].number, error, raw, people=_people(names, cells))


def _people(names: list[str], cells: list[str]) -> People:
    """Whom a row is about that may have too few cells or too many: by its columns from the left."""
    return people_of({name: restored(cell) for name, cell in zip(names, cells, strict=False)})


def _named(names: list[str], cells: list[str]) -> Mapping[str, Any]:
    if any("\udc80" <= character <= "\udcff" for cell in cells for character in cell if character > "\u0fff"):
        raise ContactError("invalid-utf8", "not valid UTF-8; save the file as UTF-8")
    if len(cells) != len(names):
        raise ContactError("bad-row", f"{len(cells)} cells where the first line names {len(names)} columns")
    return {name: restored(cell) for name, cell in zip(names, cells, strict=True) if name and cell != ""}


def _broken(line: Line, error: Exception, names: list[str], delimiter: str) -> Rejected:
    problem = problem_of(line) or ContactError("bad-csv", f"not a readable row: {error}")
    cells = [cell.strip().strip('"') for cell in line.data.decode("utf-8", "replace").split(delimiter, len(names))]
    return rejected(line.number, problem, line.data, people=_people(names, cells))
