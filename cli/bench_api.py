"""`headway bench api`: every operation of the API, asked by schemathesis."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from cli.output import json_option, print_json

CONTACTS, BUDGET = 1500, 900


@click.command()
@click.option("--cases", default=2000, show_default=True, help="Requests to each group of operations, at least.")
@click.option("--group", "groups", multiple=True, help="Only this group; may be repeated. Default: all.")
@click.option("--seed", default=1, show_default=True, help="Of the random numbers.")
@json_option
def api(cases: int, groups: tuple[str, ...], seed: int, as_json: bool) -> None:
    """Thousands of requests from the API's own document, good and bad, against a running server: all checks.

    A small demo is run and served in a folder of its own. Exit 1 where a check fails.
    """
    from evals.api_bench import api_bench, api_text
    from evals.served import served
    from flows.demo import run_demo
    from store.settings import load_settings

    encoders = load_settings().home.absolute() / "encoders"
    with TemporaryDirectory() as folder:
        home = Path(folder)
        if encoders.is_dir():
            (home / "encoders").symlink_to(encoders)
        os.environ["HEADWAY_HOME"] = folder
        click.echo(f"a demo of {CONTACTS:,} contacts", err=True)
        run_demo(lambda _line: None, contacts=CONTACTS, budget=BUDGET)
        with served(home, job="online-order", step="track-delivery", settings={}) as server:
            result = api_bench(server, cases=cases, groups=groups, seed=seed, say=_say)
    print_json(result) if as_json else click.echo(api_text(result))
    if any(group["failures"] or group["errors"] for group in result["groups"]):
        raise SystemExit(1)


def _say(line: str) -> None:
    click.echo(line, err=True)
