"""`headway bench segments`: whether the heat map names chance more often than it says."""

from __future__ import annotations

import click

from cli.output import json_option, print_json


@click.command()
@click.option(
    "--worlds", type=click.IntRange(2), default=20, show_default=True, help="Worlds per line; 200 to be sure."
)
@click.option("--contacts", default=4000, show_default=True, help="Contacts in a world.")
@click.option("--reviews", default=1200, show_default=True, help="Reviewed contacts in a world, about.")
@json_option
def segments(worlds: int, contacts: int, reviews: int, as_json: bool) -> None:
    """False discoveries of the heat map over worlds without any difference, and with some; and what it finds."""
    from evals.segments import segments_bench, segments_text

    say = None if as_json else lambda line: click.echo(line, err=True)
    found = segments_bench(worlds=worlds, contacts=contacts, reviews=reviews, say=say)
    print_json([one.as_json() for one in found]) if as_json else click.echo(segments_text(found))
