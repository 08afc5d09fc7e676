"""`headway alerts subscribe | subscriptions | unsubscribe | test | send`: who is told of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.actor import actor, by_option
from cli.output import job_option, json_option, print_counts, print_json, print_table

if TYPE_CHECKING:
    from store.subscriptions import Channel, Kinds


@click.command()
@job_option
@click.option("--email", metavar="ADDRESS", help="Tell this mail address.")
@click.option("--webhook", metavar="URL", help="Send a signed request to this address.")
@click.option("--slack", metavar="URL", help="Post to this Slack-compatible incoming webhook.")
@click.option(
    "--kinds",
    type=click.Choice(["all", "figure", "data"]),
    default="all",
    show_default=True,
    help="Alerts about figures, about the data, or both.",
)
@by_option
@json_option
def subscribe(
    job: str, email: str | None, webhook: str | None, slack: str | None, kinds: Kinds, by: str | None, as_json: bool
) -> None:
    """Tell somebody of a job's alerts from now on. A webhook's key is shown this once."""
    from flows.workspace import Workspace
    from store import subscriptions

    channel, address = _chosen({"email": email, "webhook": webhook, "slack": slack})
    workspace = Workspace.open(job)
    workspace.record_job()
    with workspace.database.session() as session:
        found = subscriptions.subscribe(
            session, workspace.job.id, channel=channel, address=address, by=actor(by), kinds=kinds
        )
    key = found.key_text(workspace.identity) if channel == "webhook" else None
    if as_json:
        print_json({"job": found.job_id, "subscription": found.id, "channel": channel, "kinds": kinds, "key": key})
        return
    click.echo(f"{found.id}: {found.shown} is told of {kinds} alerts of {found.job_id}")
    if key is not None:
        click.echo(f"requests are signed with {key}; it is not shown again")


@click.command("subscriptions")
@job_option
@json_option
def show(job: str, as_json: bool) -> None:
    """Who is told of a job's alerts, and whether it arrives."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.subscriptions import read_subscriptions
    from store.subscriptions_outbox import Standing, standings

    found = Workspace.open(job).job
    with opened() as session:
        known, how = read_subscriptions(session, found.id), standings(session, found.id)
    none = Standing(0, 0, 0, 0, None, None)
    if as_json:
        rows = [
            {"id": one.id, "channel": one.channel, "address": one.shown, "kinds": one.kinds, "added_by": one.added_by}
            | vars(how.get(one.id, none))
            for one in known
        ]
        print_json({"job": found.id, "subscriptions": rows})
        return
    table = [
        [one.id, one.channel, one.shown, one.kinds, str(fares.sent), str(fares.waiting), fares.failure or ""]
        for one in known
        for fares in [how.get(one.id, none)]
    ]
    print_table(f"Told of alerts of {found.id}", ("id", "channel", "to", "kinds", "sent", "waiting", "fault"), table)


@click.command()
@job_option
@by_option
@click.argument("subscription")
def unsubscribe(job: str, subscription: str, by: str | None) -> None:
    """Tell SUBSCRIPTION of nothing more."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store import subscriptions

    found = Workspace.open(job).job
    with opened() as session:
        gone = subscriptions.unsubscribe(session, found.id, subscription, by=actor(by))
    click.echo(f"{gone.shown} is told of nothing more")


@click.command("test")
@job_option
@by_option
@click.argument("subscription")
def check(job: str, subscription: str, by: str | None) -> None:
    """Send SUBSCRIPTION a test message now; exit 1 where it does not arrive."""
    from flows.workspace import Workspace
    from store.subscriptions import find_subscription
    from store.subscriptions_sending import send_test

    workspace = Workspace.open(job)
    with workspace.database.session() as session:
        found = find_subscription(session, workspace.job.id, subscription)
        failure = send_test(session, workspace.settings, workspace.job, found, by=actor(by))
    if failure is not None:
        click.echo(f"not sent to {found.shown}: {failure}", err=True)
        raise SystemExit(1)
    click.echo(f"sent to {found.shown}")


@click.command()
@job_option
@json_option
def send(job: str, as_json: bool) -> None:
    """Send what waits and is due; `headway run` does so too."""
    from flows.notify import deliver
    from flows.workspace import Workspace

    print_counts(vars(deliver(Workspace.open(job))), as_json=as_json)


COMMANDS = (subscribe, show, unsubscribe, check, send)


def _chosen(given: dict[str, str | None]) -> tuple[Channel, str]:
    """The one channel that was named."""
    named = [(name, address) for name, address in given.items() if address]
    if len(named) != 1:
        raise click.UsageError("give one of --email, --webhook, --slack")
    name, address = named[0]
    channels: dict[str, Channel] = {"email": "email", "webhook": "webhook", "slack": "slack"}
    return channels[name], address
