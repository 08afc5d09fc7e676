"""The part of `headway review export` and `import` that speaks with other tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from cli.output import print_counts

FORMATS = ("jsonl", "label-studio", "argilla")
SHOWN = 20
SOME_REFUSED = 3

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True, help="Whose format it is."
)
user_option = click.option(
    "--user", "users", multiple=True, metavar="NAME=ID", help="An analyst's id in the other tool; may be repeated."
)


def write_for_tool(job: str, form: str, out: Path | None, *, users: Sequence[str], to_work: bool) -> None:
    """Write the items of a job for Label Studio or Argilla, and say which files."""
    from flows.exchange import TOOLS, export_to
    from flows.workspace import Workspace
    from tagger.exchange import People

    if out is None:
        raise click.UsageError("--out: name the file (argilla: the folder) to write")
    tool = next(one for one in TOOLS if one == form)
    count, files = export_to(Workspace.open(job), tool, out, people=People.of(users), to_work=to_work)
    click.echo(f"wrote {count} items: {', '.join(map(str, files))}", err=True)


def read_from_tool(job: str, form: str, path: Path, *, users: Sequence[str], by: str | None, as_json: bool) -> None:
    """Take the answers of Label Studio or Argilla; exit 3 where some could not be used."""
    from flows.exchange import TOOLS, import_from
    from flows.workspace import Workspace
    from tagger.exchange import People

    tool = next(one for one in TOOLS if one == form)
    done = import_from(Workspace.open(job), tool, path, people=People.of(users), by=by or "")
    counts = {**asdict(done), "refused": len(done.refused)}
    print_counts({**counts, "reasons": list(done.refused)} if as_json else counts, as_json=as_json)
    for message in done.refused[:SHOWN]:
        click.echo(message, err=True)
    if done.refused:
        raise SystemExit(SOME_REFUSED)
