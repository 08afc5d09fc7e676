"""`headway resolution --by-week`: first contact resolution of each step, week by week."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.output import print_json, print_table, shown

if TYPE_CHECKING:
    from alignment.resolution_weeks import ResolutionWeek
    from taxonomy.model import Job

WEEKS = 6
"""So many of the newest weeks are shown for all steps."""


def print_weeks(job: Job, moment: datetime, *, step: str | None, as_json: bool) -> None:
    """All weeks of one step, or the newest weeks of every step. Raises click.BadParameter for an unknown step."""
    from alignment.scorecard import View
    from cli.database import opened
    from store.resolution_weeks import read_resolution_weeks

    if step is not None and step not in job.step_by_id:
        raise click.BadParameter(
            f"{step!r} is not in job {job.id}: use {', '.join(job.step_by_id)}", param_hint="--step"
        )
    with opened() as session:
        found = read_resolution_weeks(session, job, View(moment))
    lines = {name: weeks for name, weeks in found.items() if step in (None, name)}
    days = job.friction.fcr.window_days
    if as_json:
        weekly = {name: [week.as_json() for week in weeks] for name, weeks in lines.items()}
        print_json({"job": job.id, "as_of": moment, "window_days": days, "steps": weekly})
        return
    title = f"Contacts that nothing followed within {days} days; each week with the three before it"
    if step is not None:
        rows = [[f"{one.week}", shown(one.estimate, scale=100, digits=0, unit="%"), _how(one)] for one in lines[step]]
        print_table(f"{title}: {job.step_by_id[step].name}", ("week of", "resolved", "how"), rows)
        return
    newest = [one.week for one in next(iter(lines.values()), ())[-WEEKS:]]
    print_table(
        title,
        ("step", *(f"{week:%-d %b}" for week in newest)),
        [_row(job, name, weeks) for name, weeks in lines.items()],
    )
    for note in sorted({f"week of {one.week}: {_how(one)}" for weeks in lines.values() for one in weeks if one.open}):
        click.echo(note)


def _row(job: Job, step: str, weeks: tuple[ResolutionWeek, ...]) -> list[str]:
    return [job.step_by_id[step].name, *(shown(one.estimate, scale=100, digits=0, unit="%") for one in weeks[-WEEKS:])]


def _how(one: ResolutionWeek) -> str:
    """What the figure rests on."""
    if one.estimate.value is not None and one.open:
        return "Kaplan-Meier, " + f"{one.open} windows still open"
    return one.estimate.reason or f"{one.estimate.reviewed:,} reviews"
