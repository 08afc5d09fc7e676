"""`headway review gold`: contacts with a known answer, given to analysts without saying so."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path

import click

from cli.output import job_option, json_option, print_counts, print_json, print_table, shown
from cli.review_plan import by_option

SOME_REFUSED = 3


@click.group()
def gold() -> None:
    """Known answers: add, list, remove, and how analysts compare with them."""


@gold.command()
@job_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--contact", help="One contact instead of a file.")
@click.option("--step", help="Its step; leave out where it fits none.")
@click.option("--outcome", help="Its outcome.")
@click.option("--note", help="Where the answer is known from.")
@by_option
@json_option
def add(
    job: str,
    file: Path | None,
    contact: str | None,
    step: str | None,
    outcome: str | None,
    note: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Add known answers from FILE (JSON Lines or CSV: contact_id, step, outcome), or one by hand."""
    from flows.gold import add_gold, add_gold_file
    from flows.workspace import Workspace
    from tagger.labels import LabelReader
    from tagger.model import Labels

    if (file is None) == (contact is None):
        raise click.UsageError("name either a FILE or one --contact")
    workspace = Workspace.open(job)
    if file is not None:
        done = add_gold_file(workspace, file, by=by or getuser())
    else:
        labels = LabelReader(workspace.job).resolve(Labels(step, outcome))
        done = add_gold(workspace, [(str(contact), labels)], by=by or getuser(), note=note)
    print_counts({**asdict(done), "refused": len(done.refused)}, as_json=as_json)
    for message in done.refused[:20]:
        click.echo(message, err=True)
    if done.refused:
        raise SystemExit(SOME_REFUSED)


@gold.command("list")
@job_option
@json_option
def list_(job: str, as_json: bool) -> None:
    """Show the known answers, and how often each analyst gives them."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.review_gold import gold_scores, read_gold

    job_id, now = Workspace.open(job).job.id, datetime.now(UTC)
    with opened() as session:
        answers, scores = read_gold(session, job_id), gold_scores(session, job_id, now=now)
    if as_json:
        print_json({"job": job_id, "gold": [asdict(a) for a in answers], "analysts": [vars(one) for one in scores]})
        return
    rows = [[a.contact_id, a.step or "fits no step", a.outcome or "", a.by, f"{a.at:%Y-%m-%d}"] for a in answers]
    print_table(f"Known answers of {job_id}", ("contact", "step", "outcome", "by", "at"), rows)
    if scores:
        figures = [
            [one.by, str(one.step.n), *(shown(e, scale=100, unit="%") for e in (one.step, one.outcome))]
            for one in scores
        ]
        print_table("Analysts against them", ("analyst", "read", "same step", "same step and outcome"), figures)


@gold.command()
@job_option
@click.argument("contacts", nargs=-1, required=True)
@by_option
@json_option
def remove(job: str, contacts: tuple[str, ...], by: str | None, as_json: bool) -> None:
    """Forget known answers: they are given to nobody any more and judge nobody."""
    from flows.workspace import Workspace
    from store.review_gold import withdraw_gold
    from store.review_queueing import rows_named

    workspace = Workspace.open(job)
    with workspace.database.session() as session:
        keys = [key for found in rows_named(session, workspace.job.id, contacts).values() for key in found]
        gone = withdraw_gold(session, workspace.job.id, keys, by=by or getuser(), now=datetime.now(UTC))
    print_counts({"removed": gone}, as_json=as_json)
