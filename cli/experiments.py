"""`headway experiments`: two ways of doing a step side by side: registered, read out, finished."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING, Any

import click

from cli.output import job_option, json_option, print_json, print_table, shown

if TYPE_CHECKING:
    from alignment.estimate import Estimate
    from alignment.experiments import Arm
    from store.experiments import ReadOut

day = click.DateTime(["%Y-%m-%d"])
by_option = click.option("--by", help="Who says so; default the user of this machine.")
MEASURES = ("task_success", "effort", "fcr", "transfers", "time")


@click.group("experiments")
def group() -> None:
    """List, register, read out and finish experiments."""


@group.command("list")
@job_option
@json_option
def show_all(job: str, as_json: bool) -> None:
    """Every experiment of a job, the newest first."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.experiments import list_experiments

    found = Workspace.open(job).job
    with opened() as session:
        known = list_experiments(session, found.id, as_of=datetime.now(UTC))
    if as_json:
        print_json({"job": found.id, "experiments": [{**asdict(one), "finished": done} for one, done in known]})
        return
    if not known:
        click.echo(f"no experiment is registered for job {found.id}")
    for one, done in known:
        until = f"to {one.end}" if one.end else "open"
        click.echo(f"{one.id}  {one.step}: {one.title}, from {one.start} {until}{', finished' if done else ''}")


@group.command()
@job_option
@click.option("--step", required=True, help="The step that is done in several ways.")
@click.option("--arm", "arms", multiple=True, required=True, help="NAME or NAME=SHARE; the first is compared with.")
@click.option(
    "--segment", help="The field segment.NAME that holds the arm; without it a hash of the customer draws it."
)
@click.option("--start", type=day, required=True, help="First day.")
@click.option("--end", type=day, help="Day after the last; open without it.")
@click.option("--primary", type=click.Choice(MEASURES), default="task_success", show_default=True)
@click.option("--title", help="In words; default the id.")
@by_option
@click.argument("experiment")
def register(job: str, experiment: str, by: str | None, **said: Any) -> None:
    """Register EXPERIMENT before looking at it; the same again changes nothing."""
    from alignment.experiments import Experiment
    from cli.database import opened
    from flows.workspace import Workspace
    from store.experiments import register as keep

    made = Experiment(
        id=experiment, title=said["title"] or experiment, step=said["step"],
        arms=tuple(_arm(one) for one in said["arms"]), start=said["start"].date(),
        end=said["end"] and said["end"].date(), by="field" if said["segment"] else "customer",
        segment=said["segment"], primary=said["primary"],
        registered_at=datetime.now(UTC), registered_by=by or getuser(),
    )  # fmt: skip
    with opened() as session:
        new = keep(session, Workspace.open(job).job, made)
    click.echo(f"{experiment} {'registered' if new else 'was registered so already'}")


@group.command()
@job_option
@json_option
@click.argument("experiment")
def show(job: str, experiment: str, as_json: bool) -> None:
    """What EXPERIMENT shows: sizes first, then each measure by arm and the differences."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.experiments import read_out

    found = Workspace.open(job).job
    with opened() as session:
        out = read_out(session, found, experiment, as_of=datetime.now(UTC))
    if as_json:
        print_json({**asdict(out), "sizes": {**asdict(out.sizes), "mismatch": out.sizes.mismatch}})
        return
    _print(out)


@group.command()
@job_option
@click.option("--end", type=day, required=True, help="Day after the last.")
@click.option("--note", default="", help="What was decided; it stands on the trend lines.")
@by_option
@click.argument("experiment")
def finish(job: str, experiment: str, end: datetime, note: str, by: str | None) -> None:
    """Finish EXPERIMENT; it stands on the trend lines from then on."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.experiments import finish as close

    with opened() as session:
        done = close(session, Workspace.open(job).job, experiment, by=by or getuser(), end=end.date(), note=note)
    click.echo(f"{done.id} finished on {done.end}")


def _arm(given: str) -> Arm:
    from alignment.experiments import Arm

    name, equals, share = given.partition("=")
    try:
        return Arm(name, float(share) if equals else 1.0)
    except ValueError:
        raise click.BadParameter(f"{given!r} is not NAME or NAME=SHARE", param_hint="--arm") from None


def _print(out: ReadOut) -> None:
    one = out.experiment
    until = f"to {one.end}" if one.end else "open"
    click.echo(f"{one.title}: {one.step}, from {one.start} {until}; decided by {one.primary}")
    click.echo("customers: " + ", ".join(f"{arm} {number:,}" for arm, number in out.sizes.customers.items()))
    if out.sizes.mismatch:
        click.echo("chance does not give arms of these sizes: nothing is compared")
    rows = [
        (row.measure, row.arm, *(_figure(row.measure, each) for each in (row.first, row.value, row.difference)))
        for row in sorted(out.differences, key=lambda row: row.measure != one.primary)
    ]
    print_table(f"against {one.arms[0].name}", ("measure", "arm", one.arms[0].name, "arm has", "difference"), rows)


def _figure(measure: str, value: Estimate) -> str:
    share = measure in ("task_success", "fcr")
    return shown(value, scale=100.0 if share else 1.0, unit="%" if share else "")
