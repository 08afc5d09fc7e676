"""Reads and checks job files. Files are the only input; what comes out is a `Job` to be trusted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

from taxonomy.document import Cursor, Problem, Report, open_document
from taxonomy.errors import BadInputError
from taxonomy.model import Job
from taxonomy.schema import read_job

MAX_BYTES = 2_000_000
MAX_SHOWN = 100
SUFFIXES = (".yaml", ".yml")


class JobFileError(BadInputError):
    """A job file cannot be used; `problems` holds everything wrong in it, in the order of the lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        lines = [str(problem) for problem in self.problems[:MAX_SHOWN]]
        if len(self.problems) > MAX_SHOWN:
            lines.append(f"... and {len(self.problems) - MAX_SHOWN} more")
        super().__init__("\n".join(lines))


class UnknownJobError(BadInputError):
    """No job goes by the given id or path."""


def load_job(path: Path) -> Job:
    """Read the job in the file at `path`.

    Raises JobFileError with all problems, or BadInputError if the file cannot be read at all.
    """
    return parse_job(read_text(path), name=str(path))


def parse_job(text: str, *, name: str) -> Job:
    """Read the job that `text` (YAML) declares; `name` stands for the file in messages. Raises JobFileError."""
    report = Report(name)
    root = open_document(text.removeprefix("\ufeff"), report)
    if root is None:
        raise JobFileError(report.problems)
    job = read_job(root)
    if report.problems:
        raise JobFileError(report.problems)
    return replace(job, digest=_digest(root), source=text)


def lines_of(job: Job) -> dict[str, int]:
    """The line of the job's source, from 1, on which each outcome and step id stands."""
    root = open_document(job.source, Report(job.id)) if job.source else None
    steps = [step.entries() for step in root.entries()["steps"].items()] if root else []
    outcomes = [item.entries() for step in steps if "outcomes" in step for item in step["outcomes"].items()]
    return {entry["id"].label(): entry["id"].line for entry in (*steps, *outcomes)}


def read_text(path: Path) -> str:
    """Read the text of a job file. Raises BadInputError if it is absent, too large or not UTF-8."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}; give the path of a job file") from error
    if len(content) > MAX_BYTES:
        raise BadInputError(f"{path}: is over {MAX_BYTES // 1_000_000} MB; a job file is a short text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInputError(f"{path}:{line}: is not UTF-8 text; save the file as UTF-8") from error


def shipped_jobs() -> tuple[Job, ...]:
    """Read the jobs that come with Headway, ordered by id."""
    return tuple(load_job(path) for path in _shipped_paths())


def find_job(ref: str, *, extra: Iterable[Path] = ()) -> Job:
    """Read the job with the id `ref`, or the one in the file `ref`.

    `extra` are folders of job files or single files; they come before the shipped jobs.
    Raises UnknownJobError naming the known ids, or what `load_job` raises.
    """
    if Path(ref).suffix.lower() in SUFFIXES or "/" in ref or Path(ref).is_file():
        return load_job(Path(ref))
    known = {path.stem: path for path in (*_shipped_paths(), *_job_files(extra))}
    if ref in known:
        return load_job(known[ref])
    names = ", ".join(sorted(name for name in known if "@" not in name)) or "none"
    raise UnknownJobError(f"{ref!r} is no known job and no file; known jobs: {names}; or give the path of a job file")


def _shipped_paths() -> list[Path]:
    # Headway is installed as plain files, so the resource is a folder on disk.
    return sorted(Path(str(resources.files("taxonomy") / "jobs")).glob("*.yaml"))


def _job_files(places: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for place in places:
        if place.is_dir():
            files += sorted(path for path in place.iterdir() if path.suffix in SUFFIXES)
        elif place.is_file():
            files.append(place)
    return files


def _digest(root: Cursor) -> str:
    """SHA-256 of the content as sorted JSON: comments, layout and the order of keys do not change it."""
    content = json.dumps(root.plain(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
