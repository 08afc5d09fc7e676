"""`headway bench measures`: how long measuring takes, and reading what was measured."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from cli.output import json_option, print_json


@click.command()
@click.option("--contacts", default=1_000_000, show_default=True, help="Tagged contacts of 180 days to measure.")
@click.option(
    "--stored", default=100_000, show_default=True, help="Contacts in a database for `measure`; 0: leave out."
)
@json_option
def measures(contacts: int, stored: int, as_json: bool) -> None:
    """Time and memory of measuring a million tagged contacts, beside a pandas groupby; reads; one more day."""
    from evals.measures_bench import measures_bench, measures_text
    from flows.measure_bench import stored_measures

    result = measures_bench(contacts=contacts, say=lambda line: click.echo(line, err=True))
    if stored:
        click.echo(f"headway measure on {stored:,} stored contacts", err=True)
        with TemporaryDirectory() as folder:
            result["stored"] = stored_measures(Path(folder), contacts=stored)
    print_json(result) if as_json else click.echo(measures_text(result))
