"""`headway resolution`: first contact resolution of the newest days, for windows of 1 to 30 days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.output import job_option, json_option, print_json, print_table, shown
from cli.resolution_weeks import print_weeks

if TYPE_CHECKING:
    from alignment.survival import ResolutionCurve

SHOWN = (1, 3, 7, 14, 30)


@click.command()
@job_option
@click.option("--days", default=14, show_default=True, help="How many of the newest days.")
@click.option("--by-channel", is_flag=True, help="Also by the channel of the first contact.")
@click.option("--by-step", is_flag=True, help="Also by the step that the tagger calls the first contact.")
@click.option("--by-week", is_flag=True, help="Instead every step's week by week, corrected by reviews.")
@click.option("--step", help="With --by-week: only this step, with intervals and what each week rests on.")
@click.option("--as-of", type=click.DateTime(), help="The newest day's end (UTC); default now.")
@json_option
def resolution(
    job: str,
    days: int,
    by_channel: bool,
    by_step: bool,
    by_week: bool,
    step: str | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Show first contact resolution of the newest days.

    By Kaplan-Meier, for windows of 1 to 30 days; or of each week, the newest by Kaplan-Meier.
    """
    from cli.database import opened
    from flows.workspace import Workspace
    from store.resolution import read_resolution

    found = Workspace.open(job).job
    moment = datetime.now(UTC) if as_of is None else as_of.replace(tzinfo=UTC)
    if step is not None and not by_week:
        raise click.UsageError("--step goes with --by-week.")
    if by_week:
        print_weeks(found, moment, step=step, as_json=as_json)
        return
    with opened() as session:
        asked = {"by_channel": by_channel, "by_step": by_step}
        curves = read_resolution(session, found, as_of=moment, newest_days=days, **asked)
    if as_json:
        print_json({"job": found.id, "as_of": moment, "days": days, "curves": [vars(curve) for curve in curves]})
        return
    title = f"Contacts that ended in the {days} days before {moment:%Y-%m-%d} and that nothing followed"
    print_table(
        title, ("channel or step", "contacts", *(f"{days} days" for days in SHOWN)), [_row(curve) for curve in curves]
    )


def _row(curve: ResolutionCurve) -> list[str]:
    shares = [shown(curve.share[days - 1], scale=100, digits=0, unit="%") for days in SHOWN]
    return [curve.step or curve.channel or "all", f"{curve.closed + curve.open:,}", *shares]
