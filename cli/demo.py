"""`headway demo`: the main job on the sample that Headway ships."""

from __future__ import annotations

import click


@click.command()
@click.option("--contacts", default=6000, show_default=True, help="How many sample contacts to generate.")
def demo(contacts: int) -> None:
    """Run the main job on the sample that Headway ships: ingest, train, tag, review sample, measure, index."""
    from datetime import UTC, datetime

    from alignment.scorecard import View
    from cli.figure_tables import print_scorecard
    from flows.demo import run_demo
    from store.scorecards import read_scorecard

    done = run_demo(click.echo, contacts=contacts)
    click.echo()
    with done.workspace.database.session() as session:
        print_scorecard(read_scorecard(session, done.workspace.job, View(as_of=datetime.now(UTC))))
    home = done.workspace.settings.home
    click.echo(
        f"\nThese figures come from generated contacts in {done.sample}; what is true of them is in truth.json there."
    )
    click.echo(f"Everything is kept in {home}. Open the pages with `make serve`, then http://127.0.0.1:8321/")
