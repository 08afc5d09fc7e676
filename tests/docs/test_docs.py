from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from cli.main import VERBS, headway
from store.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(path: Path) -> list[str]:
    """Every `headway ...` line of the shell blocks and indented blocks of a page, without comments."""
    found = re.findall(
        r"^(?: {3,4}|\.venv/bin/)?(headway [^\n#`]+?)(?:\s+#.*)?$", path.read_text("utf-8"), re.MULTILINE
    )
    return [line.strip() for line in found]


@pytest.mark.parametrize(("page", "line"), [(page.name, line) for page in DOCS for line in commands(page)])
def test_a_documented_command_exists_with_its_options(page: str, line: str) -> None:
    words = shlex.split(line.split("<", maxsplit=1)[0].split(">", maxsplit=1)[0])[1:]
    context = click.Context(headway, info_name="headway")
    command: click.Command = headway
    while isinstance(command, click.Group) and words and (found := command.get_command(context, words[0])):
        command, words = found, words[1:]
    command.make_context(command.name, words, parent=context)


def test_the_pages_hold_commands_at_all() -> None:
    assert len([line for page in DOCS for line in commands(page)]) > 20


@pytest.mark.parametrize("line", commands(ROOT / "docs" / "leaders.md"))
def test_the_leaders_commands_run_on_the_demo(line: str, in_demo_copy: Path, run) -> None:
    done = run(*shlex.split(line)[1:])
    assert done.exit_code == 0, done.output
    assert done.output.strip()


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs" / "engineers.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"HEADWAY_{name.upper()}")
        row = next((line for line in text.splitlines() if line.startswith(f"| `{variable}`")), None)
        assert row is not None, variable
        if field.default is not None:
            assert str(field.default) in row


def test_the_readme_names_every_folder_of_code() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert [name for name in packages if f"| `{name}/`" not in text] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in DOCS:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_verb_is_listed_once() -> None:
    assert len(VERBS) == len(set(VERBS))
