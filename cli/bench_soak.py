"""`headway bench soak`: days of schedule in one process, and whether it holds more and more."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from cli.output import json_option, print_json


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(3), help="Simulated days.")
@click.option("--contacts", default=60, show_default=True, type=click.IntRange(5), help="About so many a day.")
@click.option("--rounds", default=4, show_default=True, type=click.IntRange(1), help="Pull, tag, measure, watch a day.")
@click.option("--warm-up", default=10, show_default=True, type=click.IntRange(0), help="Days that do not count.")
@click.option("--database-url", help="An empty database; default SQLite.")
@json_option
def soak(days: int, contacts: int, rounds: int, warm_up: int, database_url: str | None, as_json: bool) -> None:
    """Days of the schedule in one process, and whether memory, open files, threads or connections grow.

    Contacts of each day arrive in the inbox; pull, tag, measure and watch run --rounds times a day, retention, draw and
    publication daily, training weekly; what is drawn is decided. Exit 1 where something is not shown to be flat.
    """
    from flows.soak import soak as live

    if warm_up > days - 3:
        raise click.UsageError("--warm-up: at least three days must be left to measure")
    with TemporaryDirectory() as folder:
        done = live(
            Path(folder),
            days=days,
            contacts=contacts,
            rounds=rounds,
            warm_up=warm_up,
            url=database_url,
            say=lambda line: click.echo(line, err=True),
        )
    print_json(done.as_json()) if as_json else click.echo(done.text())
    if not done.flat:
        raise SystemExit(1)
