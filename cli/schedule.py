"""`headway schedule`: every stage by itself, at its time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from store.timetable import Timetable


@click.command(name="schedule")
@click.option("--job", "jobs", multiple=True, help="A job to work for; may be given again. Default: [schedule] jobs.")
@click.option("--list", "only_list", is_flag=True, help="Show what would run when, and stop.")
@click.option("--limit", default=2, show_default=True, type=click.IntRange(min=1), help="Most stages at one time.")
@json_option
def command(jobs: tuple[str, ...], only_list: bool, limit: int, as_json: bool) -> None:
    """Run every stage at its time, by the table [schedule] of headway.toml, until it is stopped.

    The stages become deployments on the Prefect server that PREFECT_API_URL names, and this process runs them. Start
    a server with `prefect server start`. Stopping it pauses the schedules; nothing is lost.
    """
    from flows.jobs import open_job
    from store.settings import load_settings
    from store.timetable import Timetable

    settings = load_settings()
    table = settings.schedule or Timetable()
    wanted = [open_job(one, settings).id for one in jobs or table.jobs]
    api = os.environ.get("PREFECT_API_URL")
    if not only_list and not api:
        raise click.UsageError(
            "PREFECT_API_URL is not set: start a server with `prefect server start`, then "
            "`export PREFECT_API_URL=http://127.0.0.1:4200/api`; or run `headway run` from cron"
        )
    from flows.deployments import deployments
    from flows.prefect_reach import check_prefect

    if api and not only_list:
        check_prefect(api)
    found = deployments(wanted, table)
    _show(found, table, as_json=as_json)
    if not only_list:
        from prefect import serve

        serve(*found, limit=limit, print_starting_message=False)


def _show(found: list[Any], table: Timetable, *, as_json: bool) -> None:
    rows = [
        {"deployment": f"{one.flow_name}/{one.name}", "cron": one.schedules[0].schedule.cron, "does": one.description}
        for one in found
    ]
    if as_json:
        print_json({"timezone": table.timezone, "deployments": rows})
    else:
        print_table(
            "Schedule", ("deployment", f"cron ({table.timezone})"), [(r["deployment"], r["cron"]) for r in rows]
        )
