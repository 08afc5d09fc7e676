"""Text of strangers on a terminal: shown, never obeyed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.terminal import shown_safely

ATTACK = "\x1b]0;owned\x07\x1b[2J\x9b31m[bold]x[/nothing]\u202eevil\rtop"


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HEADWAY_HOME": str(home)},
    )


@given(st.text())
def test_no_character_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = shown_safely(text)
    assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in shown)
    assert not any(0x7F <= ord(letter) <= 0x9F for letter in shown)
    assert "\u202e" not in shown


@given(st.text())
def test_json_that_was_made_safe_says_the_same(text: str) -> None:
    assert json.loads(shown_safely(json.dumps(text, ensure_ascii=False))) == text


@pytest.fixture(scope="module")
def hostile_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    record = json.dumps({"id": ATTACK, "text": "t", "cost": -1, "channel": ATTACK})
    (home / "c.jsonl").write_text(record + "\n" + json.dumps({"id": "x", "turns": ATTACK}) + "\n")
    done = run(home, "ingest", str(home / "c.jsonl"))
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    return home


@pytest.mark.parametrize(
    "arguments", [("quarantine", "list"), ("quarantine", "show", "1"), ("quarantine", "show", "2")]
)
def test_quarantined_input_cannot_write_on_the_terminal(hostile_home: Path, arguments: tuple[str, ...]) -> None:
    done = run(hostile_home, *arguments)
    assert done.returncode == 0, done.stderr
    assert not set("\x1b\x07\x9b\u202e\r") & set(done.stdout + done.stderr)


def test_an_error_that_quotes_input_cannot_write_on_the_terminal(hostile_home: Path) -> None:
    done = run(hostile_home, "scorecard", "--job", ATTACK)
    assert done.returncode == 2
    assert "\\u001b" in done.stderr
    assert not set("\x1b\x07\x9b\u202e\r") & set(done.stderr)
