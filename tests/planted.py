"""Looks for planted strings in every table, every column, and every file of a home folder."""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, select

from store.session import Database

PACKED = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


def in_tables(database: Database, needles: Iterable[str]) -> set[str]:
    """`table.column: needle` for every planted string in any column of any table."""
    wanted, found = list(needles), set()
    schema = MetaData()
    schema.reflect(database.engine)
    with database.engine.connect() as connection:
        for table in schema.tables.values():
            for row in connection.execute(select(table)):
                for name, value in row._mapping.items():
                    text = _opened(value)
                    found |= {f"{table.name}.{name}: {needle}" for needle in wanted if needle in text}
    return found


def in_files(home: Path, needles: Iterable[str]) -> set[str]:
    """`path: needle` for every planted string in the bytes of any file, as they are or unpacked."""
    wanted, found = list(needles), set()
    for path in sorted(home.rglob("*")):
        if path.is_file() and "encoders" not in path.relative_to(home).parts:
            raw = path.read_bytes()
            data = gzip.decompress(raw) if path.suffix == ".gz" else raw
            found |= {f"{path.relative_to(home)}: {needle}" for needle in wanted if needle.encode() in data}
    return found


def _opened(value: Any) -> str:
    """A value as text, what is packed in it unpacked."""
    if isinstance(value, bytes):
        with suppress(zlib.error):
            value = zlib.decompress(value)
        return value.decode("utf-8", "replace")
    text = value if isinstance(value, str) else str(value)
    for packed in PACKED.findall(text):
        try:
            text += zlib.decompress(base64.b64decode(packed)).decode("utf-8", "replace")
        except (ValueError, zlib.error):
            continue
    return text
