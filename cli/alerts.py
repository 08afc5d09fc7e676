"""`headway alerts`: changes that are more than chance, what is behind them, and what people made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING, Any

import click

from cli.alert_subscriptions import COMMANDS
from cli.output import job_option, json_option, print_counts, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.alerts import Alert

by_option = click.option("--by", help="Who says so; default the user of this machine.")
note_option = click.option("--note", default="", help="Why, kept with it.")


@click.group(invoke_without_command=True)
@click.option("--job", help="A shipped or imported job's id, or a job file.")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="Raised on or after this day.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Raised before this day.")
@click.option("--open", "only_open", is_flag=True, help="Only what nobody has acknowledged or marked.")
@click.option("--as-of", type=click.DateTime(), help="As it was known at this moment (UTC); default now.")
@json_option
def alerts(job: str | None, as_json: bool, **chosen: Any) -> None:
    """Show changes beyond chance, and whether to believe them."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    if job is None:
        raise click.UsageError("Missing option '--job'.")
    from cli.database import opened
    from flows.workspace import Workspace
    from store.alerts import last_look, read_alerts, track_record

    found = Workspace.open(job).job
    moment = chosen["as_of"] and chosen["as_of"].replace(tzinfo=UTC)
    with opened() as session:
        known, look = read_alerts(session, found.id, as_of=moment), last_look(session, found.id)
    picked = [one for one in known if _wanted(one, **chosen)]
    track = track_record(known)
    if as_json:
        watched = look and {name: getattr(look, name) for name in ("closed_to", "series", "limit", "looked_at")}
        rest = {"track_record": vars(track), "alerts": [one.as_json() for one in picked]}
        print_json({"job": found.id, "watched": watched, **rest})
        return
    _print(found.id, picked, look)
    click.echo(f"{track.raised} raised in all; marked true {track.true}, false {track.false}")


def _wanted(one: Alert, *, start: datetime | None, end: datetime | None, only_open: bool, **_: Any) -> bool:
    after = start is None or one.at >= start.date()
    return after and (end is None or one.at < end.date()) and (one.open or not only_open)


def _print(job: str, found: Sequence[Alert], look: Any) -> None:
    if look is None:
        click.echo(f"nothing was looked at yet for {job}: `headway run --job {job}` looks once a week has ended")
        return
    click.echo(f"{look.series} series of {job} watched to {look.closed_to} (limit {look.limit:.2f})")
    for one in found:
        where = f"{one.measure} on {one.step}" if one.step else one.measure
        click.echo(f"{one.at}  {where}, since about {one.since}: {one.content['sentence']}")
        seen = one.content
        if "before" in seen and one.kind == "figure":
            click.echo(f"    as tagged {seen['before']:.3g} before, {seen['after']:.3g} since; {_state(one)}; {one.id}")
        else:
            click.echo(f"    {_state(one)}; {one.id}")
    if not found:
        click.echo("no alert")


def _state(one: Alert) -> str:
    if one.mark is not None:
        return f"marked {one.mark}"
    return "open" if one.open else one.events[-1].kind.replace("acknowledge", "acknowledged")


@alerts.command()
@job_option
@json_option
def look(job: str, as_json: bool) -> None:
    """Look now, also at weeks that have been looked at."""
    from flows.watch import watch
    from flows.workspace import Workspace

    print_counts(vars(watch(Workspace.open(job), again=True)), as_json=as_json)


@alerts.command()
@job_option
@by_option
@note_option
@click.argument("alert")
def acknowledge(job: str, alert: str, by: str | None, note: str) -> None:
    """Say that somebody looks after ALERT."""
    _say(job, alert, "acknowledge", by=by, note=note)


@alerts.command()
@job_option
@by_option
@note_option
@click.option("--true/--false", "right", required=True, help="Whether it was right.")
@click.argument("alert")
def mark(job: str, alert: str, by: str | None, note: str, right: bool) -> None:
    """Mark ALERT as right or as a false alarm: the track record counts these."""
    _say(job, alert, "true" if right else "false", by=by, note=note)


def _say(job: str, alert: str, kind: str, *, by: str | None, note: str) -> None:
    from cli.database import opened
    from flows.workspace import Workspace
    from store.alerts import say_of_alert

    found = Workspace.open(job).job
    with opened() as session:
        say_of_alert(session, found.id, alert, kind=kind, by=by or getuser(), note=note)
    click.echo(f"{alert}: {kind}")


for command in COMMANDS:
    alerts.add_command(command)
