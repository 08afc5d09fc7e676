"""`headway db explain`: how the database answers what pages and stages ask."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.output import job_option, json_option, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from store.plans import Plan


@click.command()
@job_option
@click.option("--statements", is_flag=True, help="Show the words of every statement too.")
@json_option
def explain(job: str, statements: bool, as_json: bool) -> None:
    """Run what pages, lists, the queue and the stages read, and show how the database finds it.

    One line a reading: its statements, the rows looked at (PostgreSQL says so), the time, and the tables that grow with
    the contacts but are read from end to end; --statements says by which index each is read. Nothing is changed.
    """
    from flows.workspace import Workspace
    from store.plan_readings import readings
    from store.plans import plans_of, table_sizes

    workspace = Workspace.open(job)
    with workspace.database.session() as session:
        asked, sizes = readings(session, workspace.job, workspace.settings), table_sizes(session)
    plans = plans_of(workspace.database.engine, asked)
    if as_json:
        rows = [{**asdict(one), "whole": one.scanned(sizes)} for one in plans]
        return print_json({"rows": sizes, "plans": rows})
    counted = ", ".join(f"{name} {size:,}" for name, size in sizes.items() if size)
    click.echo(f"{len(plans)} statements over {counted}")
    names = ("asked by", "statements", "rows looked at", "ms", "whole tables")
    print_table("", names, [_row(name, [one for one in plans if one.asked_by == name], sizes) for name in asked])
    if statements:
        click.echo("\n\n".join(f"{one.asked_by}: {_how(one)}\n{one.statement}" for one in plans))
    return None


def _row(name: str, plans: Sequence[Plan], sizes: Mapping[str, int]) -> list[str]:
    """One reading: its statements together, and the longest of them."""
    known = [one.looked_at for one in plans if one.looked_at is not None]
    whole = dict.fromkeys(table for one in plans for table in one.scanned(sizes))
    looked, took = f"{sum(known):,}" if known else "", f"{sum(one.milliseconds for one in plans):,.1f}"
    return [name, str(len(plans)), looked, took, ", ".join(whole) or "none"]


def _how(plan: Plan) -> str:
    """By which index each table is read."""
    return ", ".join(dict.fromkeys(f"{one.table} by {one.index or 'nothing'}" for one in plan.steps))
