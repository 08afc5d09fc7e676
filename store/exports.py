"""Files with contacts in them that were written on request: where they lie, so that erasure reaches them too."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from store.settings import Settings

INDEX = "exports.jsonl"
OWN_FOLDERS = ("inbox", "sample")
"""Folders of the home that hold contacts as they came in: what `headway pull` has read, and the demo's sample."""

SHORTEST_TEXT = 12
"""A shorter turn ("thank you") is in too many records to say whose it is."""

Mentions = Callable[[Any], bool]


@dataclass(frozen=True)
class Export:
    """A file that Headway wrote: where, what it is, for which job, when."""

    path: str
    kind: str
    job: str
    at: str


@dataclass(frozen=True)
class Stripped:
    """What became of exported files: records taken out, files that are no longer where they were written."""

    records: int = 0
    files: int = 0
    gone: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def record_export(settings: Settings, path: Path, *, kind: str, job: str) -> None:
    """Remember that a file with contacts in it was written."""
    index = settings.home.absolute() / INDEX
    index.parent.mkdir(parents=True, exist_ok=True)
    row = Export(str(path.absolute()), kind, job, datetime.now(UTC).isoformat(timespec="seconds"))
    with index.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row)) + "\n")


def known_exports(settings: Settings) -> list[Export]:
    """Every file on record once, the first written first."""
    index = settings.home.absolute() / INDEX
    lines = index.read_text("utf-8").splitlines() if index.exists() else []
    return list({row.path: row for row in (Export(**json.loads(line)) for line in lines)}.values())


def old_exports(settings: Settings, limit: datetime) -> list[Export]:
    """Files on record that were written before a moment."""
    return [one for one in known_exports(settings) if datetime.fromisoformat(one.at) < limit]


def remove_exports(settings: Settings, gone: Collection[Export]) -> int:
    """Delete exported files, and take them off the record; how many were still there."""
    there = [Path(one.path) for one in gone if Path(one.path).is_file()]
    for path in there:
        path.unlink()
    kept = [one for one in known_exports(settings) if one not in gone]
    index = settings.home.absolute() / INDEX
    if index.exists():
        index.write_text("".join(json.dumps(asdict(one)) + "\n" for one in kept), "utf-8")
    return len(there)


def strip_exports(settings: Settings, *, ids: Collection[str], texts: Collection[str]) -> Stripped:
    """Take the records that name one of these ids, or hold one of these texts, out of every file on record.

    So too out of the home's own folders. Files are replaced whole or not at all; one that is no text is `unreadable`.
    """
    names, said = frozenset(one for one in ids if one), tuple(one for one in texts if len(one) >= SHORTEST_TEXT)
    if not names and not said:
        return Stripped()

    def mentions(value: Any) -> bool:
        return _mentions(value, names, said)

    gone, unreadable, records, files = [], [], 0, 0
    for path in _paths(settings):
        if not path.is_file():
            gone.append(str(path))
            continue
        try:
            removed = strip_file(path, mentions)
        except (OSError, ValueError, csv.Error):
            unreadable.append(str(path))
            continue
        records, files = records + removed, files + bool(removed)
    return Stripped(records, files, tuple(gone), tuple(unreadable))


def strip_file(path: Path, mentions: Mentions) -> int:
    """Rewrite a file without the records that mention somebody; how many there were. Raises ValueError, OSError."""
    zipped = path.name.endswith(".gz")
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if zipped else raw).decode("utf-8")
    name = path.name.removesuffix(".gz")
    kept, removed = _stripped_csv(text, mentions) if name.endswith(".csv") else _stripped_json(text, mentions)
    if removed:
        data = kept.encode()
        draft = path.with_name(f".{path.name}.part")
        draft.write_bytes(gzip.compress(data) if zipped else data)
        draft.replace(path)
    return removed


def _paths(settings: Settings) -> Iterator[Path]:
    yield from (Path(one.path) for one in known_exports(settings))
    for folder in OWN_FOLDERS:
        yield from (path for path in sorted((settings.home.absolute() / folder).rglob("*")) if path.is_file())


def _stripped_json(text: str, mentions: Mentions) -> tuple[str, int]:
    """JSON Lines, or one JSON array with an element a line or not."""
    if text.lstrip().startswith("["):
        rows = json.loads(text)
        left = [row for row in rows if not mentions(row)]
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in left)
        return f"[\n{lines}\n]\n", len(rows) - len(left)
    lines_in = text.split("\n")
    lines_left = [line for line in lines_in if not line.strip() or not mentions(_loaded(line))]
    return "\n".join(lines_left), len(lines_in) - len(lines_left)


def _stripped_csv(text: str, mentions: Mentions) -> tuple[str, int]:
    rows = list(csv.reader(io.StringIO(text)))
    left = [row for number, row in enumerate(rows) if number == 0 or not mentions(row)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(left)
    return out.getvalue(), len(rows) - len(left)


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _mentions(value: Any, names: frozenset[str], said: tuple[str, ...]) -> bool:
    if isinstance(value, str):
        return value in names or any(text in value for text in said)
    if isinstance(value, dict):
        return any(_mentions(one, names, said) for one in value.values())
    return isinstance(value, list) and any(_mentions(one, names, said) for one in value)
