"""`headway init` and `db`: the home folder, and the database's schema and place."""

from __future__ import annotations

from dataclasses import asdict

import click

from cli.db_explain import explain
from cli.output import json_option, print_json


@click.command()
def init() -> None:
    """Make the home folder and the database."""
    from store.identity import open_identity
    from store.session import open_database
    from store.settings import load_settings

    settings = load_settings()
    for folder in (settings.home, settings.models, settings.jobs):
        folder.mkdir(parents=True, exist_ok=True)
    open_identity(settings)
    open_database(settings).upgrade()
    click.echo(f"ready: {settings.home.absolute()}")


@click.group()
def db() -> None:
    """Look after the database: its schema, and where it is."""


db.add_command(explain)


@db.command()
def upgrade() -> None:
    """Bring the schema to the newest version."""
    from store.session import open_database
    from store.settings import load_settings

    open_database(load_settings()).upgrade()
    click.echo("the database's schema is the newest")


@db.command()
@click.argument("url")
@json_option
def move(url: str, as_json: bool) -> None:
    """Copy everything in the database in use to the one at URL, checked row by row.

    Such as `headway db move postgresql+psycopg://me@host/headway`. The schema is made there. Stopped, the same command
    goes on; done again it changes nothing. The old database stays as it is; HEADWAY_DATABASE_URL says which is used.
    """
    from flows.progress import progress_bar
    from store.move import count_all
    from store.move import move as move_all
    from store.session import Database, open_database
    from store.settings import load_settings

    source = open_database(load_settings())
    source.check()
    with progress_bar("rows", total=count_all(source)) as tick:
        done = move_all(source, Database(url), tick=tick)
    if as_json:
        print_json({"rows": done.rows, "tables": {name: asdict(one) for name, one in done.tables.items()}})
        return
    for name, one in done.tables.items():
        click.echo(f"{name:24s} {one.rows:12,} rows   {one.digest[:16]}")
    click.echo(f"{done.rows:,} rows are the same on both sides; set HEADWAY_DATABASE_URL to use the new database")
