"""CSV that leaves Headway runs in no spreadsheet, and comes back as it was."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.tables import as_csv
from tagger.formats.cells import harmless, restored
from tagger.formats.reading import Accepted, read_contacts

STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@given(st.text() | st.builds("".join, st.tuples(st.sampled_from(["", "'", "''"]), st.sampled_from(STARTS), st.text())))
@example("=cmd|' /C calc'!A0")
@example("'=1")
@example("'")
def test_a_cell_is_harmless_and_comes_back_as_it_was(text: str) -> None:
    assert not harmless(text).startswith(STARTS)
    assert restored(harmless(text)) == text


@pytest.mark.parametrize(
    "payload", ["=1+1", '=HYPERLINK("http://x.example","y")', "+1", "-2+3", "@SUM(1)", "'=kept", "\t=1"]
)
def test_a_table_of_contacts_goes_out_harmless_and_comes_in_as_it_was(tmp_path: Path, payload: str) -> None:
    table = as_csv([{"id": "c-1", "text": f"{payload} where is it", "queue": payload, "note": payload}])
    for row in csv.reader(io.StringIO(table.decode(), newline="")):
        assert not any(cell.startswith(STARTS) for cell in row)
    (tmp_path / "c.csv").write_bytes(table)
    (read,) = read_contacts(tmp_path / "c.csv", now=datetime(2026, 6, 1, tzinfo=UTC))
    assert isinstance(read, Accepted)
    assert read.contact.turns[0].text == f"{payload} where is it"
    assert read.contact.extra["queue"] == payload


def test_numbers_stay_numbers() -> None:
    assert as_csv([{"id": "c", "cost": -2.5}]).decode().splitlines()[1] == "c,-2.5"
