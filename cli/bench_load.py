"""`headway bench load`: many people looking at once, over a million contacts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from cli.output import json_option, print_json


@click.command()
@click.option("--contacts", default=1_000_000, show_default=True, help="Tagged contacts of 180 days.")
@click.option("--clients", default=50, show_default=True, help="People at once.")
@click.option("--seconds", default=60.0, show_default=True, help="How long they look around.")
@click.option("--think", default=1.0, show_default=True, help="Seconds between two requests of each.")
@click.option("--database-url", help="An empty database to fill; default SQLite, and PostgreSQL if pip brought one.")
@click.option("--only", type=click.Choice(["sqlite", "postgresql"]), help="Only this database. Default: both.")
@json_option
def load(
    contacts: int, clients: int, seconds: float, think: float, database_url: str | None, only: str | None, as_json: bool
) -> None:
    """How fast scorecard, page and lists come when many ask at once; p95 under 100 ms and no error is the target.

    Fills a database (some minutes for a million contacts), serves it, and asks it from a process of its own. Exit 1
    where a target is missed.
    """
    from evals.load_bench import load_bench, load_text, missed
    from evals.served import served
    from flows.claims_desk import databases
    from flows.load_world import fill

    results = {}
    with TemporaryDirectory() as folder, databases(Path(folder), database_url) as opened:
        for name, database in opened.items():
            if only is not None and only not in name.lower():
                continue
            _say(f"{name}: filling {contacts:,} contacts")
            job = fill(database, number=contacts, say=_say)
            home = Path(folder) / name
            home.mkdir(exist_ok=True)
            with served(home, job=job.id, step="s0", settings={"HEADWAY_DATABASE_URL": database.url}) as server:
                found = load_bench(server, clients=clients, seconds=seconds, think=think, say=_say)
            results[name] = {"contacts": contacts, **found}
    print_json(results) if as_json else click.echo(load_text(results))
    if any(missed(result) for result in results.values()):
        raise SystemExit(1)


def _say(line: str) -> None:
    click.echo(line, err=True)
