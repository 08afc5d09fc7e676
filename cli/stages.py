"""The stages one by one, and `headway run`, which is all of them once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.output import counts_line, job_option, json_option, print_counts, print_json


@click.command()
@job_option
@json_option
def tag(job: str, as_json: bool) -> None:
    """Tag the contacts that the model in use has not read."""
    from flows.progress import progress_bar
    from flows.tag import tag as tag_all
    from flows.tag import waiting
    from flows.workspace import Workspace

    workspace = Workspace.open(job)
    with progress_bar("tag", total=waiting(workspace)) as tick:
        done = tag_all(workspace, tick=tick)
    print_counts(asdict(done), as_json=as_json)


@click.command()
@job_option
@click.option("--as-of", type=click.DateTime(), help="Fold as if it were this moment (UTC); default now.")
@click.option("--full", is_flag=True, help="Fold everything again, not only what changed; the result is the same.")
@json_option
def measure(job: str, as_of: datetime | None, full: bool, as_json: bool) -> None:
    """Fold tags, reviews and surveys into moments: what changed since the last time."""
    from flows.measure import measure as fold_all
    from flows.workspace import Workspace

    moment = None if as_of is None else as_of.replace(tzinfo=UTC)
    print_counts(asdict(fold_all(Workspace.open(job), as_of=moment, full=full)), as_json=as_json)


@click.command()
@job_option
@json_option
def publish(job: str, as_json: bool) -> None:
    """Publish the Alignment Index."""
    from flows.publish import publish as publish_index
    from flows.workspace import Workspace

    print_counts(asdict(publish_index(Workspace.open(job))), as_json=as_json)


@click.command()
@job_option
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", default="default", show_default=True, help="Name of the system that the contacts come from.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Pass over contacts that began before this day.")
@json_option
def run(job: str, paths: tuple[Path, ...], source: str, since: datetime | None, as_json: bool) -> None:
    """The whole flow once: ingest, tag, measure, publish.

    PATHS are contacts to read first; without any only what is stored already is worked on. Safe to repeat and
    safe to kill: the next run goes on where this one stopped. Under Prefect where PREFECT_API_URL is set,
    directly where it is not.
    """
    from flows.run import Plan, run_once

    day = since.date().isoformat() if since else None
    report = run_once(Plan(job=job, paths=tuple(str(path) for path in paths), source=source, since=day))
    if as_json:
        print_json(report.as_json())
    else:
        for stage in report.stages:
            click.echo(f"{stage.name:8s} {stage.seconds:7.1f} s   {counts_line(stage.counts)}")
    raise SystemExit(3 if report.quarantined else 0)
