"""Parquet: one contact a row, columns named as in CSV; `turns` may also be a list of structures."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tagger.formats import parquet_rows
from tagger.formats.chunks import DamagedStreamError, Line, split_lines
from tagger.formats.flat import nested_row
from tagger.formats.json_lines import parse_json
from tagger.formats.outcome import Found, Rejected, rejected
from tagger.formats.people import people_of
from tagger.formats.problems import ContactError, UnreadableFileError
from tagger.formats.unpacking import CHUNK

PATIENCE = 120.0
"""Seconds that the process which reads the file may be silent."""

_SECRET = ("HEADWAY_", "OPENAI_", "PYTHON")


def read_parquet(path: Path) -> Iterator[Found | Rejected]:
    """Records of a Parquet file, read by a process of its own within a limit of memory.

    Raises UnreadableFileError where it is none; a file that breaks off later keeps the rows before.
    """
    number = 0
    with closing(_output(path)) as output:
        for line in split_lines(output):
            said = _said(line)
            if "end" in said:
                return
            if "error" in said:
                if not number:
                    raise UnreadableFileError(f"{path} is not a readable Parquet file: {said['error']}")
                problem = ContactError("truncated-file", f"the file cannot be read after row {number}: {said['error']}")
                yield rejected(number + 1, problem, b"")
                return
            number += 1
            yield _row(said, line, number)


def _row(said: dict[str, Any], line: Line, number: int) -> Found | Rejected:
    values = said.get("row") or {}
    try:
        if "refused" in said:
            raise ContactError(said["refused"], said["why"])
        return Found(
            nested_row(values), number, json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
        )
    except ContactError as error:
        return rejected(number, error, line.data, contact_id=values.get("id"), people=people_of(values))


def _said(line: Line) -> dict[str, Any]:
    if line.damaged:
        return {"error": "its reader ended early, as it does where a file asks for more memory than there is"}
    if line.too_long:
        return {"refused": "line-too-long", "why": f"a row of more than {parquet_rows.MAX_ROW // 2**20} MB"}
    try:
        said: dict[str, Any] = parse_json(line.data)
    except ContactError as error:
        return {"refused": error.kind, "why": error.message}
    return said


def _output(path: Path) -> Generator[bytes, None, None]:
    """What the process writes, piece by piece; it is ended with the last piece. Raises DamagedStreamError."""
    ours, its = os.pipe()
    process = _process(path, writes_to=its)
    os.close(its)
    try:
        while select.select([ours], [], [], PATIENCE)[0]:
            piece = os.read(ours, CHUNK)
            if not piece:
                break
            yield piece
        raise DamagedStreamError("the reader ended without a last word")
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _process(path: Path, *, writes_to: int) -> subprocess.Popen[bytes]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(_SECRET)}
    command = [sys.executable, "-I", str(Path(parquet_rows.__file__)), str(path.absolute())]
    return subprocess.Popen(  # noqa: S603 - our own script
        command, stdout=writes_to, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=known
    )
