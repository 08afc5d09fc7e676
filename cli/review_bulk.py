"""`headway review bulk`: one answer for many contacts that are alike, seen first, capped, checked again by chance."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getuser

import click

from cli.output import job_option, json_option, print_counts, print_json, print_table, shown
from cli.review_plan import by_option

SHOWN = 10


@click.group()
def bulk() -> None:
    """Decide many like contacts at once on an exact filter; never drawn ones."""


@bulk.command()
@job_option
@click.option("--reason", default="unsure", show_default=True, help="Why the items are in the queue.")
@click.option("--said-step", required=True, help="The step that the model said; `none`: fits no step.")
@click.option("--said-outcome", help="The outcome that the model said.")
@click.option("--channel", help="Only contacts of this channel.")
@click.option("--segment", "segments", multiple=True, metavar="NAME=VALUE", help="Only this segment; may be repeated.")
@click.option("--step", help="Your answer; leave out where they fit no step.")
@click.option("--outcome", help="Your answer's outcome.")
@click.option("--expect", "expected", type=int, metavar="N", help="Decide them: the N items of the preview.")
@by_option
@json_option
def apply(
    job: str,
    reason: str,
    said_step: str,
    said_outcome: str | None,
    channel: str | None,
    segments: tuple[str, ...],
    step: str | None,
    outcome: str | None,
    expected: int | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Show what the filter meets; with --expect N decide it. One in twenty is read again blind by another analyst."""
    from flows.workspace import Workspace
    from store.review_bulk import MOST_AT_ONCE, BulkFilter, apply_bulk, preview_bulk
    from tagger.labels import LabelReader
    from tagger.model import Labels
    from tagger.review_reasons import as_reason

    workspace, now, who = Workspace.open(job), datetime.now(UTC), by or getuser()
    labels = LabelReader(workspace.job)
    said = None if said_step == "none" else labels.resolve(Labels(said_step)).step
    wanted = BulkFilter(as_reason(reason), said, said_outcome, channel, dict(_pair(one) for one in segments))
    answer = labels.resolve(Labels(step, outcome))
    job_id = workspace.job.id
    with workspace.database.session() as session:
        if expected is not None:
            decided = (answer.step, answer.outcome)
            name = apply_bulk(session, job_id, wanted, decided, expected=expected, by=who, now=now)
            print_counts({"decided": expected, "bulk": name}, as_json=as_json)
            return
        seen = preview_bulk(session, job_id, wanted, by=who, now=now)
    found = [one.contact_id for one in seen.items]
    if as_json:
        print_json({"items": len(found), "most": MOST_AT_ONCE, "checks": seen.checks, "contacts": found})
        return
    click.echo(f"{len(found)} items (at most {MOST_AT_ONCE} at once), {seen.checks} would be read again by another")
    click.echo(f"such as: {', '.join(found[:SHOWN]) or 'none'}")
    if found and not seen.too_many:
        click.echo(f"look at some of them, then add --expect {len(found)}")


@bulk.command("list")
@job_option
@json_option
def list_(job: str, as_json: bool) -> None:
    """Show bulk answers, and how their blind checks came out."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.review_bulk import bulk_reports

    job_id = Workspace.open(job).job.id
    with opened() as session:
        found = bulk_reports(session, job_id, now=datetime.now(UTC))
    if as_json:
        print_json({"job": job_id, "bulks": [vars(one) for one in found]})
        return
    rows = [
        [one.bulk, one.by, one.step or "fits no step", str(one.items), str(one.undone),
         f"{one.checked} of {one.checks}", shown(one.alike, scale=100, unit="%") if one.checked else "none read yet"]
        for one in found
    ]  # fmt: skip
    print_table(
        f"Bulk answers of {job_id}", ("bulk", "by", "step", "items", "taken back", "checks read", "same step"), rows
    )


@bulk.command()
@job_option
@click.argument("name")
@by_option
@json_option
def undo(job: str, name: str, by: str | None, as_json: bool) -> None:
    """Take a bulk answer back wherever it still stands."""
    from flows.workspace import Workspace
    from store.review_bulk import undo_bulk

    workspace = Workspace.open(job)
    with workspace.database.session() as session:
        gone = undo_bulk(session, name, by=by or getuser(), now=datetime.now(UTC))
    print_counts({"undone": gone}, as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r}: write it as NAME=VALUE", param_hint="--segment")
    return name, value
