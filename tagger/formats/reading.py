"""Files in, contacts or reasons out: which reader takes which file, and the folders they come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any

from tagger.formats.chunks import Line, chunks
from tagger.formats.contact_lens import from_contact_lens, looks_like_contact_lens
from tagger.formats.csv_table import read_csv
from tagger.formats.json_document import read_json_file
from tagger.formats.json_lines import Unfold, read_json_lines, records_of
from tagger.formats.outcome import Accepted, Found, Read, Rejected, all_checked
from tagger.formats.parquet import read_parquet
from tagger.formats.problems import EmptyFileError, MissingFileError, UnknownFormatError, UnreadableFileError
from tagger.formats.transcribe import from_transcribe, looks_like_transcribe
from tagger.formats.vcon import from_vcon, looks_like_vcon
from tagger.formats.webvtt import read_webvtt
from tagger.formats.zendesk import from_zendesk, looks_like_zendesk

__all__ = ["FORMATS", "Accepted", "Read", "Rejected", "discover", "read_contacts", "read_line", "read_stream"]


@dataclass(frozen=True)
class Document:
    """A JSON format that is not ours: how to tell it, and how to make our records from it."""

    name: str
    looks_like: Callable[[Mapping[str, Any]], bool]
    unfold: Unfold


DOCUMENTS = (
    Document("vcon", looks_like_vcon, from_vcon),
    Document("contact-lens", looks_like_contact_lens, from_contact_lens),
    Document("transcribe", looks_like_transcribe, from_transcribe),
    Document("zendesk", looks_like_zendesk, from_zendesk),
)
"""Order matters: the first that recognises a document reads it."""

_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".vtt": "webvtt", ".vcon": "json"}
_CONTAINERS = ("jsonl", "json", "csv", "parquet", "webvtt")
FORMATS = ("auto", *_CONTAINERS, *(document.name for document in DOCUMENTS))
"""What `format` may say."""


def read_contacts(path: Path, *, now: datetime, format: str = "auto") -> Iterator[Read]:
    """Each contact of a file, or the reason why it cannot be used, in the file's order and with bounded memory.

    Raises MissingFileError, EmptyFileError, UnknownFormatError or UnreadableFileError for the file as a whole.
    """
    container, gzipped = _container(path, format)
    if not path.is_file():
        raise MissingFileError(f"there is no file {path}")
    if container == "parquet":
        return _some(all_checked(read_parquet(path), now=now), path)
    return _some(_opened(path, container, gzipped, format, now), path)


def read_stream(stream: IO[bytes], *, now: datetime, format: str = "jsonl") -> Iterator[Read]:
    """The same for JSON Lines or CSV that arrive on standard input or in a request; an empty stream gives nothing."""
    if format == "csv":
        return all_checked(read_csv(chunks(stream)), now=now)
    return all_checked(read_json_lines(chunks(stream), unfold_for(format)), now=now)


def read_line(text: str, *, now: datetime, line: int = 1, format: str = "auto") -> list[Read]:
    """One JSON record given as text, as when a quarantined line is tried again."""
    raw = text.encode("utf-8", "surrogatepass")
    return list(all_checked(records_of(Line(line, raw), unfold_for(format)), now=now))


def discover(paths: Iterable[Path]) -> list[Path]:
    """Files as given, and those in folders: every depth, sorted, known suffixes, nothing hidden, each once.

    Raises MissingFileError, or EmptyFileError for folders without a single file that can be read.
    """
    found: dict[Path, None] = {}
    given = list(paths)
    for path in given:
        if not _is_there(path):
            raise MissingFileError(f"there is no file or folder {str(path)[:200]}")
        found |= dict.fromkeys(_in_folder(path) if path.is_dir() else [path])
    if not found and given:
        shown = ", ".join(str(path) for path in given)
        raise EmptyFileError(f"no file that Headway can read in {shown}; it reads {_known_suffixes()}")
    return list(found)


def unfold_for(format: str) -> Unfold:
    """How a JSON document becomes records: by the format named, or by what it looks like."""
    for document in DOCUMENTS:
        if document.name == format:
            return document.unfold
    return _unfold_by_looks


def _unfold_by_looks(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "turns" not in document and "text" not in document:
        for known in DOCUMENTS:
            if known.looks_like(document):
                yield from known.unfold(document)
                return
    yield document


def _opened(path: Path, container: str, gzipped: bool, format: str, now: datetime) -> Iterator[Read]:
    try:
        with path.open("rb") as stream:
            yield from all_checked(_records(chunks(stream, gzipped=gzipped), container, format, path), now=now)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnreadableFileError as error:
        raise UnreadableFileError(str(error) if str(path) in str(error) else f"{path}: {error}") from error


def _records(source: Iterator[bytes], container: str, format: str, path: Path) -> Iterator[Found | Rejected]:
    match container:
        case "csv":
            return read_csv(source)
        case "webvtt":
            return read_webvtt(source, name=path.name.split(".")[0])
        case "json":
            return read_json_file(source, unfold_for(format))
        case _:
            return read_json_lines(source, unfold_for(format))


def _container(path: Path, format: str) -> tuple[str, bool]:
    """How the file is laid out, and whether it is packed. Raises UnknownFormatError."""
    if format not in FORMATS:
        raise UnknownFormatError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    name = path.name.lower()
    gzipped = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    if format in _CONTAINERS:
        return format, gzipped
    if suffix == ".parquet" and not gzipped:
        return "parquet", False
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix], gzipped
    if format != "auto":
        return "json", gzipped
    raise UnknownFormatError(
        f"{path}: the name does not say how to read it; known are {_known_suffixes()}, or give --format"
    )


def _some(reads: Iterator[Read], path: Path) -> Iterator[Read]:
    first = next(reads, None)
    if first is None:
        raise EmptyFileError(f"{path} holds no contact")
    return chain([first], reads)


def _in_folder(folder: Path) -> list[Path]:
    """Path.walk is newer than Python 3.11.

    Links to folders are not followed, so there are no loops; nor are links to files outside of the folder, so that
    whoever may write into it cannot have others read what they may not.
    """
    found, waiting, inside = [], [folder], folder.resolve()
    while waiting:
        for path in waiting.pop().iterdir():
            if path.name.startswith("."):
                continue
            if path.is_dir():
                if not path.is_symlink():
                    waiting.append(path)
            elif path.is_file() and _readable(path) and not _leads_out(path, inside):
                found.append(path)
    return sorted(found)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or with a NUL in it
        return False


def _leads_out(path: Path, folder: Path) -> bool:
    return path.is_symlink() and not path.resolve().is_relative_to(folder)


def _readable(path: Path) -> bool:
    name = path.name.lower()
    return name.endswith(".parquet") or Path(name.removesuffix(".gz")).suffix in _SUFFIXES


def _known_suffixes() -> str:
    return ", ".join((*_SUFFIXES, ".parquet")) + " (all but Parquet also as .gz)"
