"""`headway bench million`: from file to index, stage by stage."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import json_option, print_json


@click.command()
@click.option("--contacts", default=10_000, show_default=True, help="How many; 1000000 takes hours on two cores.")
@click.option(
    "--scaling",
    default=8000,
    show_default=True,
    help="Contacts that are tagged by one and by two workers; up to 4000 start none.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where it works, and goes on after a stop; default HOME/bench/million.",
)
@click.option("--stages", type=click.IntRange(1), help="Do only so many of the stages that are left. Default: all.")
@click.option("--database-url", help="An empty database instead of SQLite, for all but the scaling.")
@json_option
def million(
    contacts: int, scaling: int, folder: Path | None, stages: int | None, database_url: str | None, as_json: bool
) -> None:
    """Contacts from file to index: each stage's speed and memory, database size, two workers, one more day.

    Finished stages stay in the folder: a run that was stopped goes on with the first that is not done.
    """
    from evals.million import million as measure_million
    from evals.million_text import million_text
    from store.settings import load_settings

    known = measure_million(
        folder or load_settings().home.absolute() / "bench" / "million",
        contacts=contacts,
        scaling=scaling,
        database_url=database_url,
        most=stages,
        say=lambda line: click.echo(line, err=True),
    )
    print_json(known) if as_json else click.echo(million_text(known))
