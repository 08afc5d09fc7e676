from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.egress.bench import egress, egress_text, leaks
from evals.egress.planted import EgressFileError, Secret, planted_contacts, read_planted

JOB = "online-order"


def test_nothing_that_redaction_claims_leaves_by_the_filter_and_nobody_else_is_called(demo_home: Path) -> None:
    planted = planted_contacts(14, job=JOB)
    result = egress(planted, ways=("predict",), borrow=demo_home, say=lambda _line: None)
    assert result["requests"] > 0
    assert (result["leaked"], result["other_connections"]) == (0, {})
    assert result["claimed"] > 5
    assert "leaked: 0 of" in egress_text(result)


def test_a_value_that_left_is_seen_however_its_blanks_are_written() -> None:
    found, missed, short = (
        Secret("PHONE", "0151 234 567", True),
        Secret("NAME", "Ann Boleyn", False),
        Secret("ID", "7", True),
    )
    told = leaks([found, missed, short], {"llm": "call 0151 234 567 for ann boleyn, 7"})
    assert (told["looked_for"], told["leaked"], told["missed_and_sent"]) == (2, 1, 1)
    assert told["where"] == {"llm": 1}


def test_planted_contacts_of_ones_own_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    turns = [{"speaker": "customer", "text": "write to ann@example.com"}]
    row = {"id": "c", "turns": turns, "planted": [{"type": "email", "value": "ann@example.com"}]}
    file.write_text(json.dumps(row) + "\n")
    planted = read_planted(file)
    assert planted.secrets == (Secret("email", "ann@example.com", True),)
    assert planted.rows == ({"id": "c", "turns": turns},)
    file.write_text("{}")
    with pytest.raises(EgressFileError, match="planted"):
        read_planted(file)
