"""`headway retag`: every contact read again by the model in use, and what that did to the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from cli.output import job_option, json_option, print_json, print_table, shown, wait_option

if TYPE_CHECKING:
    from alignment.estimate import Estimate
    from flows.retag import Retagged

COLUMNS: tuple[tuple[str, float, int, str], ...] = (
    ("volume", 1.0, 0, ""),
    ("effort", 1.0, 2, ""),
    ("fcr", 100.0, 1, " %"),
    ("friction", 1.0, 1, ""),
)
"""Figure, what it is multiplied by, digits and unit."""


@click.command()
@job_option
@wait_option
@json_option
def retag(job: str, wait: float, as_json: bool) -> None:
    """Read every contact again with the model in use, and show each step before and after.

    What it has read already it does not read again: killed, the same command goes on where it stopped, and until it
    is through the earlier model's figures stand. The earlier model's tags stay.
    """
    from flows.progress import progress_bar
    from flows.retag import retag as read_again
    from flows.stage_run import at_work
    from flows.tag import waiting
    from flows.workspace import Workspace

    workspace = Workspace.open(job)
    with at_work(workspace, "retag", job=workspace.job.id, patience=wait) as counts:
        with progress_bar("retag", total=waiting(workspace)) as tick:
            done = read_again(workspace, patience=wait, tick=tick)
        counts.update({"tagged": done.tagged, "already": done.already, "deferred": done.deferred})
    print_json(done.as_json()) if as_json else _print(done)


def _print(done: Retagged) -> None:
    click.echo(
        f"model {done.model} read {done.tagged:,} contacts now and {done.already:,} before; {done.deferred:,} of those "
        "read now are left to analysts"
    )
    if done.before is None:
        click.echo("no earlier model of this job version was in force: there is nothing to compare with")
    rows = [
        (one.step if when == "before" else "", when, *_cells(figures))
        for one in done.steps
        for when, figures in (("before", one.before), ("after", one.after))
        if figures
    ]
    names = ("step", "", "contacts", "effort", "first contact resolution", "friction")
    print_table(f"Before: {done.before or 'nothing'}; after: {done.model}; the same evidence now", names, rows)


def _cells(figures: Mapping[str, Estimate]) -> list[str]:
    return [shown(figures[name], scale=scale, digits=digits, unit=unit) for name, scale, digits, unit in COLUMNS]
