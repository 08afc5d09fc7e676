"""`headway bench conversations`: long contacts, second steps, evidence and effort drivers against generated truth."""

from __future__ import annotations

import click

from cli.output import job_option, json_option, print_json


@click.command()
@job_option
@click.option("--contacts", default=1500, show_default=True, help="How many contacts to generate.")
@json_option
def conversations(job: str, contacts: int, as_json: bool) -> None:
    """Second steps, evidence, effort drivers and long contacts, in generated contacts whose truth is known."""
    from classifiers.artifact import load
    from evals.conversations import conversations as measure
    from evals.conversations import conversations_text
    from flows.workspace import Workspace
    from store.job_version import check_version

    workspace = Workspace.open(job)
    model = load(workspace.shelf.path(), home=workspace.settings.home)
    check_version(model, workspace.job)
    result = measure(workspace.job, model, contacts=contacts, say=lambda line: click.echo(line, err=True))
    print_json(result) if as_json else click.echo(conversations_text(result))
