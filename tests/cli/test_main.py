from __future__ import annotations

import subprocess
import sys

import pytest

from cli.main import VERBS


def headway(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cli.main", *arguments], capture_output=True, text=True, check=False)


def test_help_lists_every_verb_with_one_line() -> None:
    shown = headway("--help").stdout
    for verb, (_, line) in VERBS.items():
        assert verb in shown
        assert line in shown


def test_help_imports_nothing_heavy() -> None:
    heavy = ("torch", "sklearn", "prefect", "pandas", "numpy")
    script = f"import sys, cli.main; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help_that_begins_with_its_line(verb: str, run) -> None:
    done = run(verb, "--help")
    assert done.exit_code == 0
    assert VERBS[verb][1].rstrip(".") in " ".join(done.output.split())


def test_a_persons_mistake_ends_in_one_line_and_no_stack_trace() -> None:
    done = headway("friction", "--job", "no-such-job")
    assert done.returncode == 2
    assert done.stderr.startswith("headway: 'no-such-job' is no known job")
    assert "Traceback" not in done.stderr


def test_an_unknown_verb_exits_2() -> None:
    assert headway("fly").returncode == 2
