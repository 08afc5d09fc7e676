"""An id with a control character is refused with its reason, whatever it comes in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tagger.formats.outcome import Rejected
from tagger.formats.reading import read_contacts

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ID, TEXT = "a\x00b", "where is my parcel"


def csv(path: Path) -> None:
    path.write_text(f"id,text\n{ID},{TEXT}\n")


def parquet(path: Path) -> None:
    pq.write_table(pa.table({"id": [ID], "text": [TEXT]}), path)


def vcon(path: Path) -> None:
    dialog = {"type": "text", "body": TEXT, "originator": 0}
    path.write_text(json.dumps({"vcon": "0.0.1", "uuid": ID, "parties": [{"tel": "1"}], "dialog": [dialog]}))


def zendesk(path: Path) -> None:
    path.write_text(json.dumps({"tickets": [{"id": ID, "requester_id": 1, "description": TEXT}]}))


def transcribe(path: Path) -> None:
    said = [{"ParticipantId": "p", "ParticipantRole": "CUSTOMER", "Content": TEXT}]
    path.write_text(json.dumps({"JobName": ID, "Transcript": said, "ConversationCharacteristics": {}}))


def listed(path: Path) -> None:
    path.write_text(json.dumps([{"id": ID, "text": TEXT}]))


def lines(path: Path) -> None:
    path.write_text(json.dumps({"id": ID, "text": TEXT}) + "\n")


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lines, "c.jsonl"),
        (listed, "c.json"),
        (csv, "c.csv"),
        (parquet, "c.parquet"),
        (vcon, "c.vcon"),
        (zendesk, "z.json"),
        (transcribe, "t.json"),
    ],
)
def test_it_is_refused_as_bad_id(tmp_path: Path, write: object, name: str) -> None:
    assert callable(write)
    write(tmp_path / name)
    (found,) = read_contacts(tmp_path / name, now=NOW)
    assert isinstance(found, Rejected)
    assert found.kind == "bad-id"
