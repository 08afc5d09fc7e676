"""`headway ingest` and `headway quarantine`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output import json_option, print_counts, print_json, print_table, wait_option

if TYPE_CHECKING:  # `--help` must not wait for the database's library
    from store.intake import Kind

SOME_QUARANTINED = 3


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--kind", type=click.Choice(["contacts", "outcome-survey", "events"]), default="contacts", show_default=True
)
@click.option(
    "--format", "format_", default="auto", show_default=True, help="Contact format; auto looks at name and content."
)
@click.option("--job", help="The job that the input is about; contacts without one are for every job.")
@click.option(
    "--source", default="default", show_default=True, help="Name of the sending system: ids are unique within it."
)
@click.option(
    "--answers",
    type=click.Choice(["1-10", "1-5-top-two", "1-5-linear"]),
    default="1-10",
    show_default=True,
    help="How importance and satisfaction were asked; 1 to 5 counts as 10 x the share of 4 and 5, or linearly.",
)
@wait_option
@json_option
def ingest(
    paths: tuple[Path, ...],
    kind: Kind,
    format_: str,
    job: str | None,
    source: str,
    answers: str,
    wait: float,
    as_json: bool,
) -> None:
    """Read contacts, surveys or events into the store.

    PATHS are files or folders. Lines that cannot be used go to quarantine with the reason; exit code 3 says so.
    Reading the same input again changes nothing.
    """
    from flows.ingest import ingest as read
    from flows.progress import progress_bar
    from flows.stage_run import at_work
    from flows.workspace import Home, Workspace

    workspace = Workspace.open(job) if job else None
    home, alone = workspace or Home.open_home(), workspace.job.id if workspace else None
    with at_work(home, "ingest", job=alone, patience=wait) as counts, progress_bar(f"ingest {kind}") as tick:
        done = read(
            home,
            paths,
            job=workspace.job if workspace else None,
            kind=kind,
            format=format_,
            source=source,
            answers=answers,
            tick=tick,
        )
        counts.update(asdict(done))
        if workspace:
            workspace.record_job()
    print_counts(asdict(done), as_json=as_json)
    if done.quarantined:
        click.echo("see why with `headway quarantine list`", err=True)
        raise SystemExit(SOME_QUARANTINED)


@click.group()
def quarantine() -> None:
    """List, show and retry input that was refused."""


@quarantine.command("list")
@click.option("--limit", default=100, show_default=True, help="Show at most this many.")
@json_option
def list_(limit: int, as_json: bool) -> None:
    """List what waits in quarantine, newest first."""
    from cli.database import opened
    from store.quarantine import count_by_reason, list_quarantine

    with opened() as session:
        rows, counts = list_quarantine(session, limit=limit), count_by_reason(session)
    if as_json:
        print_json({"waiting": counts, "items": rows})
        return
    columns = ("number", "what", "file", "line", "reason", "message")
    keys = ("pk", "input_kind", "path", "line", "reason", "message")
    print_table(f"{sum(counts.values()):,} in quarantine", columns, [[str(row[key]) for key in keys] for row in rows])


@quarantine.command()
@click.argument("number", type=int)
@json_option
def show(number: int, as_json: bool) -> None:
    """Show one refused input with its redacted text."""
    from cli.database import opened
    from store.quarantine import read_refused

    with opened() as session:
        row = read_refused(session, number)
    if as_json:
        print_json(row)
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in row.items() if name != "digest"))


@quarantine.command()
@click.option("--number", type=int, help="Retry this one only.")
@wait_option
@json_option
def retry(number: int | None, wait: float, as_json: bool) -> None:
    """Read refused input again, from its file where the line is still there."""
    from flows.retry import retry as again
    from flows.stage_run import at_work
    from flows.workspace import Home

    with at_work(Home.open_home(), "retry", job=None, patience=wait) as counts:
        done = again(number)
        counts.update(asdict(done))
    print_counts(asdict(done), as_json=as_json)
    if done.still_refused:
        raise SystemExit(SOME_QUARANTINED)
