"""`headway world`: what it writes, and what it says of a wrong change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.world import command, read_change
from evals.worlds import Change, WorldSpecError

SMALL = ["--job", "online-order", "--contacts", "40", "--days", "60"]


def test_it_names_every_file_that_it_wrote(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [*SMALL, "--out", str(tmp_path / "w"), "--json"], catch_exceptions=False)
    written = json.loads(done.output)
    assert written["files"]["contacts.jsonl.gz"] == 40
    assert {path.name for path in (tmp_path / "w").iterdir()} == set(written["files"])


def test_a_planted_change_is_written_into_the_truth(tmp_path: Path) -> None:
    change = "2026-06-01,track-delivery,chat,effort=-1.0,resolved=-0.15"
    CliRunner().invoke(command, [*SMALL, "--out", str(tmp_path), "--change", change], catch_exceptions=False)
    (planted,) = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["changes"]
    assert planted["since"] == "2026-06-01"
    assert (planted["step"], planted["channel"], planted["effort"]) == ("track-delivery", "chat", -1.0)


def test_a_change_without_channel_is_for_all_channels() -> None:
    assert read_change("2026-06-01,gain-access,share=2") == Change(date(2026, 6, 1), "gain-access", share=2.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("June,gain-access", "'June' is no day"),
        ("2026-06-01", "its form is"),
        ("2026-06-01,gain-access,mood=3", "'mood' cannot change"),
        ("2026-06-01,gain-access,effort=much", "'much' is no number"),
    ],
)
def test_a_change_that_cannot_be_read_says_why(text: str, says: str) -> None:
    with pytest.raises(WorldSpecError, match=says):
        read_change(text)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = CliRunner().invoke(command, [*SMALL, "--out", str(tmp_path / "file")])
    assert "cannot be written" in str(done.exception)
