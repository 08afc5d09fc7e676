"""Quarantined input, tried again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.ingest import ingest
from flows.workspace import Home, Workspace
from store.quarantine import give_back, read_refused, resolve, waiting
from store.session import open_database
from store.settings import load_settings
from tagger.formats.chunks import chunks, split_lines
from tagger.formats.people import people_in
from taxonomy.model import Job

_ID = re.compile(rb'"(?:id|event_id|respondent_id)"\s*:\s*"?([^",}]+)')


@dataclass(frozen=True)
class Retried:
    """What became of refused input on a second reading."""

    accepted: int
    still_refused: int


def retry(number: int | None) -> Retried:
    """Read one refused input, or all that wait, again. Raises UnknownQuarantineError.

    The line is read from its file where the file is still there, because a person may have mended it;
    otherwise from the redacted copy that was kept.
    """
    with open_database(load_settings()).session() as session:
        rows = waiting(session) if number is None else [read_refused(session, number)]
    home = Home.open_home()
    jobs = {job_id: Workspace.open(job_id).job for job_id in {row["job_id"] for row in rows} if job_id}
    accepted = sum(_again(home, jobs.get(row["job_id"]), row) for row in rows)
    return Retried(accepted, len(rows) - accepted)


def _again(home: Home, job: Job | None, row: dict[str, Any]) -> bool:
    content, whole = _line(Path(row["path"]), row["line"]), True
    if content is None or _named(content) not in (None, _named(row["raw"].encode())):
        content, whole = _kept(row), False  # the file is gone, or another record stands in that line by now
    if content is None or not content.strip():
        return False
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "retry.jsonl"
        copy.write_bytes(_one_line(content) + b"\n")
        done = ingest(home, [copy], job=job, kind=row["input_kind"], source=row["source"], quarantine=False)
    if not done.accepted + done.updated:
        return False
    with home.database.session() as session:
        if not whole:
            give_back(session, row, _ids(content))
        resolve(session, row["pk"])
    return True


def _ids(content: bytes) -> set[str]:
    """The ids of the contacts or events in a copy that was accepted."""
    return set(people_in(content).contacts)


def _kept(row: dict[str, Any]) -> bytes | None:
    """The redacted copy, unless it is only a part or a damaged reading of what came in."""
    return None if row["truncated"] or "\ufffd" in row["raw"] else str(row["raw"]).encode()


def _line(path: Path, line: int | None) -> bytes | None:
    """Line `line` of a plain JSON Lines file; None where it cannot be had."""
    if line is None or path.suffix not in (".jsonl", ".ndjson") or not path.is_file():
        return None
    with path.open("rb") as file:
        for found in split_lines(chunks(file)):
            if found.number == line:
                return None if found.too_long else found.data
    return None


def _named(content: bytes) -> bytes | None:
    """The id that a record gives itself, even where the rest of it is broken."""
    found = _ID.search(content)
    return found[1] if found else None


def _one_line(content: bytes) -> bytes:
    try:
        return json.dumps(json.loads(content)).encode()
    except (ValueError, RecursionError):  # broken, or too deep or long a number: the reader will say which
        return b" ".join(content.split())
