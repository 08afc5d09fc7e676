"""docs/contacts.md cannot lie: its examples load, and its reasons are those of the code."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tagger.formats.reading import Accepted, read_contacts
from tagger.redaction.recogniser import KINDS

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "contacts.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
EXPECTED = {"contacts.jsonl": 2, "contacts.json": 2, "contacts.csv": 2}


def test_every_format_has_an_example() -> None:
    assert len(EXAMPLES) == 8


@pytest.mark.parametrize(("name", "content"), EXAMPLES)
def test_an_example_of_the_guide_loads_whole(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    reads = list(read_contacts(path, now=datetime(2026, 6, 1, tzinfo=UTC)))
    assert all(isinstance(item, Accepted) for item in reads)
    assert len(reads) == EXPECTED.get(name, 1)


def test_the_guide_lists_every_reason_for_quarantine() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tagger" / "formats").glob("*.py"))
    used = set(re.findall(r'ContactError\(\s*"([a-z0-9-]+)"', sources))
    listed = set(re.findall(r"`([a-z0-9-]+)`", GUIDE.partition("## What is quarantined")[2]))
    assert used <= listed


def test_the_guide_lists_every_placeholder() -> None:
    section = GUIDE.partition("## What is redacted")[2].partition("## What is quarantined")[0]
    assert set(KINDS) <= set(re.findall(r"`([A-Z]+)`", section))
