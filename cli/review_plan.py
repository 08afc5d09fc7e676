"""`headway review ask|budget|check`: what is asked for by hand, how much a day, whether tags keep the promise."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from getpass import getuser

import click

from cli.output import job_option, json_option, print_counts, print_json

MOST_A_DAY = 1_000_000


def _name(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    from tagger.review import analyst_name

    return None if given is None else analyst_name(given)


by_option = click.option("--by", callback=_name, help="Who says so; default the user of this machine.")
SOME_UNKNOWN = 3


@click.command()
@job_option
@click.argument("contacts", nargs=-1, required=True)
@click.option("--why", help="What you want to know; analysts see it.")
@by_option
@json_option
def ask(job: str, contacts: tuple[str, ...], why: str | None, by: str | None, as_json: bool) -> None:
    """Have contacts reviewed because somebody asks; they never correct a figure."""
    from flows.workspace import Workspace
    from store.review_queueing import queue_named

    workspace = Workspace.open(job)
    with workspace.database.session() as session:
        done = queue_named(session, contacts, "asked", job_id=workspace.job.id, by=by or getuser(), note=why)
    counts = {"added": done.added, "already_there": done.already_there, "unknown": len(done.unknown)}
    print_counts(counts, as_json=as_json)
    for contact in done.unknown[:20]:
        click.echo(f"no contact {contact!r} of this job is in the store", err=True)
    if done.unknown:
        raise SystemExit(SOME_UNKNOWN)


@click.command()
@job_option
@click.option("--per-day", type=click.IntRange(1, MOST_A_DAY), help="Reviews a day (UTC), all analysts together.")
@click.option("--no-limit", is_flag=True, help="As many as there are.")
@click.option("--drawn-share", type=click.FloatRange(0, 1, min_open=True), help="Share of a day for drawn items first.")
@by_option
@json_option
def budget(
    job: str, per_day: int | None, no_limit: bool, drawn_share: float | None, by: str | None, as_json: bool
) -> None:
    """Show or set how many reviews a day the queue hands out: drawn items first, other reasons share the rest."""
    from flows.workspace import Workspace
    from store.review_offers import read_budget, read_today, set_budget
    from tagger.review_reasons import Budget

    if per_day is not None and no_limit:
        raise click.UsageError("--per-day and --no-limit exclude each other")
    workspace, now = Workspace.open(job), datetime.now(UTC)
    with workspace.database.session() as session:
        found = read_budget(session, workspace.job.id)
        if per_day is not None or no_limit or drawn_share is not None:
            limit = None if no_limit else per_day if per_day is not None else found.per_day
            found = Budget(limit, drawn_share if drawn_share is not None else found.drawn_share)
            set_budget(session, workspace.job.id, found, by=by or getuser(), now=now)
        today = read_today(session, workspace.job.id, now=now)
    if as_json:
        print_json({"job": workspace.job.id, **asdict(found), "today": today.by_reason, "left": today.left(found)})
        return
    if found.per_day is None:
        click.echo(f"no budget: as many as there are; {today.total} today")
        return
    left = f"{today.total} today, {today.left(found)} left"
    click.echo(f"{found.per_day} a day, of which the first {found.drawn_quota} drawn; {left}")


@click.command()
@job_option
@click.option("--again", is_flag=True, help="Also where this week was checked already.")
@json_option
def check(job: str, again: bool, as_json: bool) -> None:
    """Check the promise on kept tags (once a week); on a breach deferral widens by itself."""
    from flows.promise import check_tags
    from flows.workspace import Workspace

    workspace = Workspace.open(job)
    found = check_tags(workspace, again=again)
    if as_json:
        print_json({"job": workspace.job.id, "check": None if found is None else asdict(found)})
    elif found is None:
        click.echo("not due: checked this week already, or nothing is tagged")
    elif found.state == "unknown":
        click.echo(f"not known: only {found.checked} kept tags of the uniform part are reviewed")
    else:
        more = "" if found.floor is None else f"; {found.aside} kept tags under {min(found.floor, 1):.2f} put aside"
        click.echo(f"{found.state}: {found.wrong} of {found.checked} kept tags wrong{more}")
