from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.exports import known_exports, old_exports, record_export, remove_exports, strip_exports
from store.settings import Settings

ROWS = [{"id": "a", "turns": ["where is my turquoise zeppelin"]}, {"id": "b", "said": {"deep": ["nothing"]}}]
WRITERS = {
    "rows.jsonl": lambda: "".join(json.dumps(row) + "\n" for row in ROWS).encode(),
    "rows.jsonl.gz": lambda: gzip.compress("".join(json.dumps(row) + "\n" for row in ROWS).encode()),
    "rows.json": lambda: json.dumps(ROWS).encode(),
    "rows.csv": lambda: b"id,text\na,x\nb,y\n",
}


@pytest.mark.parametrize("name", WRITERS)
def test_records_that_name_a_contact_are_taken_out_of_a_recorded_file_and_others_stay(
    name: str, tmp_path: Path
) -> None:
    settings, file = Settings(home=tmp_path / "home"), tmp_path / name
    file.write_bytes(WRITERS[name]())
    record_export(settings, file, kind="x", job="j")
    assert strip_exports(settings, ids=["a"], texts=[]).records == 1
    raw = gzip.decompress(file.read_bytes()) if name.endswith(".gz") else file.read_bytes()
    assert b'"a"' not in raw
    assert b"\na," not in raw
    assert b"b" in raw
    assert strip_exports(settings, ids=["a"], texts=[]).records == 0


def test_a_record_that_holds_what_was_said_is_taken_out_too(tmp_path: Path) -> None:
    settings, file = Settings(home=tmp_path), tmp_path / "inbox" / "x.jsonl"
    file.parent.mkdir()
    file.write_bytes(WRITERS["rows.jsonl"]())
    assert strip_exports(settings, ids=[], texts=["my turquoise zeppelin", "ok"]).records == 1
    assert [json.loads(line)["id"] for line in file.read_text().splitlines()] == ["b"]


def test_a_file_that_is_gone_or_no_text_is_told_and_harms_nobody(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    binary, gone = tmp_path / "b.parquet", tmp_path / "gone.jsonl"
    binary.write_bytes(b"\xff\xfe\x00PAR1")
    for path in (binary, gone):
        record_export(settings, path, kind="x", job="j")
    told = strip_exports(settings, ids=["a"], texts=[])
    assert (told.gone, told.unreadable) == ((str(gone),), (str(binary),))


def test_old_exports_are_deleted_and_forgotten(tmp_path: Path) -> None:
    settings, file = Settings(home=tmp_path / "home"), tmp_path / "x.jsonl"
    file.write_text("{}")
    record_export(settings, file, kind="x", job="j")
    assert old_exports(settings, datetime.now(UTC) - timedelta(days=1)) == []
    old = old_exports(settings, datetime.now(UTC) + timedelta(days=1))
    assert remove_exports(settings, old) == 1
    assert not file.exists()
    assert known_exports(settings) == []
