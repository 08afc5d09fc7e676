"""`headway retain`: remove what is past its days."""

from __future__ import annotations

from dataclasses import asdict
from getpass import getuser

import click

from cli.output import counts_line, json_option, print_json, wait_option


@click.command("retain")
@click.option("--dry-run", is_flag=True, help="Only count what is past its days.")
@wait_option
@json_option
def retain(dry_run: bool, wait: float, as_json: bool) -> None:
    """Remove what is past its days; figures stay.

    The days are settings, HEADWAY_RETENTION_TEXT_DAYS and so on; a kind without days is kept. Erasures that were
    begun are finished.
    """
    from flows.retain import retain as remove
    from flows.stage_run import at_work
    from flows.workspace import Home

    def say(line: str) -> None:
        if not as_json:
            click.echo(line, err=True)

    home, by = Home.open_home(), f"os:{getuser()}"
    if dry_run:
        done = remove(home, by=by, dry_run=True, say=say)
    else:
        with at_work(home, "retain", job=None, patience=wait) as counts:
            done = remove(home, by=by, say=say)
            counts.update(asdict(done))
    if as_json:
        return print_json(asdict(done))
    if not done.days:
        return click.echo("everything is kept: no HEADWAY_RETENTION_..._DAYS is set")
    click.echo(f"past their days: {counts_line(done.due)}")
    if done.receipt:
        click.echo(f"receipt {done.receipt}: {counts_line(done.removed)}")
    click.echo("\n".join(f"  {note}" for note in done.notes), nl=bool(done.notes))
    return None
