"""`headway bench novelty`: whether contacts that no outcome covers are told apart."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import json_option, print_json


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    required=True,
    help="Folder of public data: Banking77 and CLINC150.",
)
@json_option
def novelty(data: Path, as_json: bool) -> None:
    """Contacts that fit no step, far ones and near ones about the same business, told from those that fit."""
    from evals.novelty import novelty_report
    from store.settings import load_settings

    found = novelty_report(data, home=load_settings().home)
    print_json(found.as_json()) if as_json else click.echo(found.text())
