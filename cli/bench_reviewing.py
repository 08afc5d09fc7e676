"""`headway bench gaps` and `bench reviews`: what reviewing finds and repairs."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import json_option, print_json


@click.command()
@click.option("--contacts", default=3000, show_default=True, help="Contacts in the generated world.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of public data, for CLINC150.")
@json_option
def gaps(contacts: int, data: Path | None, as_json: bool) -> None:
    """Whether needs that a job lacks are found: planted ones, how much of each lands in one group, how pure it is."""
    from evals.gaps_bench import gaps_bench, gaps_text
    from store.settings import load_settings

    result = gaps_bench(data, home=load_settings().home, contacts=contacts, say=_say)
    print_json(result) if as_json else click.echo(gaps_text(result))


@click.command()
@click.option("--contacts", default=3000, show_default=True, help="Contacts in a world.")
@click.option("--reads", default=400, show_default=True, help="Reads that analysts may spend on a world.")
@click.option("--worlds", default=60, show_default=True, help="Worlds that the practices are compared on.")
@json_option
def reviews(contacts: int, reads: int, worlds: int, as_json: bool) -> None:
    """What reviewing repairs when analysts err: one world through the real queue, then practices over many worlds."""
    from flows.review_bench import reviews_bench, reviews_text

    result = reviews_bench(contacts=contacts, reads=reads, worlds=worlds, say=_say)
    print_json(result) if as_json else click.echo(reviews_text(result))


COMMANDS = (gaps, reviews)


def _say(line: str) -> None:
    click.echo(line, err=True)
