"""`headway annotations`: what happened to a job besides its contacts, as it stands on the trend lines."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING

import click

from alignment.annotations import BY_HAND
from cli.output import job_option, json_option, print_json

if TYPE_CHECKING:
    from taxonomy.model import Job

when_option = click.option("--at", type=click.DateTime(), help="When it took effect (UTC).")
step_option = click.option("--step", help="The step that it touches; without it, the whole job.")
by_option = click.option("--by", help="Who says so; default the user of this machine.")


@click.group("annotations")
def group() -> None:
    """List, add, edit and withdraw what stands on the trend lines."""


@group.command("list")
@job_option
@click.option("--as-of", type=click.DateTime(), help="As it was known at this moment (UTC); default now.")
@json_option
def show(job: str, as_of: datetime | None, as_json: bool) -> None:
    """Every annotation of a job, oldest first."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.annotations import read_annotations

    workspace = Workspace.open(job)
    with opened() as session:
        found = read_annotations(session, workspace.job.id, as_of=as_of and as_of.replace(tzinfo=UTC))
    if as_json:
        print_json({"job": workspace.job.id, "annotations": [vars(one) for one in found]})
        return
    if not found:
        click.echo(f"nothing is annotated for job {workspace.job.id}")
        return
    for one in found:
        click.echo(
            f"{one.at:%Y-%m-%d %H:%M}  {one.kind:10s}  {one.step or 'whole job'}: {one.text} (by {one.by}; {one.id})"
        )


@group.command()
@job_option
@click.option("--kind", type=click.Choice(BY_HAND), default="change", show_default=True)
@when_option
@step_option
@by_option
@click.argument("text")
def add(job: str, kind: str, at: datetime | None, step: str | None, by: str | None, text: str) -> None:
    """Put TEXT on the trend lines: a shipped change, a new policy, an experiment's end, or a note."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.annotations import record_annotation

    workspace = Workspace.open(job)
    _known(step, workspace.job)
    moment = (at or datetime.now(UTC)).replace(tzinfo=UTC)
    with opened() as session:
        key = record_annotation(
            session, workspace.job.id, kind=kind, at=moment, text=text, by=by or getuser(), step=step
        )
    click.echo(key)


@group.command()
@job_option
@when_option
@step_option
@by_option
@click.option("--text", help="The new text.")
@click.argument("annotation")
def edit(job: str, annotation: str, at: datetime | None, step: str | None, by: str | None, text: str | None) -> None:
    """Change ANNOTATION's date, step or text; what it said before is kept."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.annotations import edit_annotation

    workspace = Workspace.open(job)
    _known(step, workspace.job)
    moment = at and at.replace(tzinfo=UTC)
    with opened() as session:
        edit_annotation(session, workspace.job.id, annotation, by=by or getuser(), at=moment, text=text, step=step)
    click.echo(f"{annotation} changed")


@group.command()
@job_option
@by_option
@click.argument("annotation")
def withdraw(job: str, annotation: str, by: str | None) -> None:
    """Take ANNOTATION off the trend lines; that it stood there is kept."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.annotations import edit_annotation

    workspace = Workspace.open(job)
    with opened() as session:
        edit_annotation(session, workspace.job.id, annotation, by=by or getuser(), withdrawn=True)
    click.echo(f"{annotation} withdrawn")


def _known(step: str | None, job: Job) -> None:
    if step is not None and step not in job.step_by_id:
        raise click.BadParameter(
            f"{step!r} is not a step of {job.id} ({', '.join(job.step_by_id)})", param_hint="--step"
        )
