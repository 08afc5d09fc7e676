"""`headway review`: draw contacts, hand them out, take decisions back."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from cli.actor import actor
from cli.output import job_option, json_option, print_counts, wait_option
from cli.review_bulk import bulk
from cli.review_exchange import format_option, read_from_tool, user_option, write_for_tool
from cli.review_gold import gold
from cli.review_plan import ask, budget, check
from cli.review_stats import stats

SOME_REFUSED = 3
MOST = 10_000_000


@click.group()
def review() -> None:
    """Draw contacts for review; export and import decisions."""


for command in (stats, ask, budget, check, gold, bulk):
    review.add_command(command)


@review.command()
@job_option
@click.option(
    "--budget", type=click.IntRange(max=MOST), default=200, show_default=True, help="About how many contacts to draw."
)
@click.option("--tau", default=0.5, show_default=True, help="Share of the budget spread uniformly, 0.2 to 1.")
@wait_option
@json_option
def sample(job: str, budget: int, tau: float, wait: float, as_json: bool) -> None:
    """Draw contacts by permanent random numbers; probabilities are stored before anyone looks.

    Asked again it draws as many on top. Killed, or cut off, after it had drawn, the same command draws nothing more.
    """
    from flows.draw import draw_once
    from flows.stage_run import at_work
    from flows.workspace import Workspace

    workspace = Workspace.open(job)
    with at_work(workspace, "draw", job=workspace.job.id, patience=wait) as counts:
        counts.update(draw_once(workspace, budget=budget, tau=tau))
        # Said before the run counts as done: killed in between, it has drawn and not said so, which the next one sees.
        print_counts(counts, as_json=as_json)


@review.command()
@job_option
@click.option("--out", type=click.Path(path_type=Path), help="File (argilla: folder); default standard output.")
@format_option
@click.option("--open", "to_work", is_flag=True, help="For other tools: what needs an answer, without what leads.")
@user_option
def export(job: str, out: Path | None, form: str, to_work: bool, users: tuple[str, ...]) -> None:
    """Write every review item, drawn ones first in the order of work: a line of JSON each, or for another tool."""
    if form != "jsonl":
        write_for_tool(job, form, out, users=users, to_work=to_work)
        return
    from cli.database import opened
    from flows.workspace import Workspace
    from store.audit import record_audit
    from store.exports import record_export
    from store.reviews import export_items

    workspace = Workspace.open(job)
    job_id = workspace.job.id
    with opened() as session:
        record_audit(session, who=actor(None), action="export.write", object=f"job/{job_id}", detail={"kind": "review"})
        lines = (json.dumps(item.as_json(), ensure_ascii=False) for item in export_items(session, job_id))
        if out is None:
            sys.stdout.writelines(line + "\n" for line in lines)
            return
        with out.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    record_export(workspace.settings, out, kind="review items", job=job_id)
    click.echo(f"wrote {out}", err=True)


@review.command("import")
@job_option
@click.argument("file", type=click.Path(path_type=Path))
@format_option
@user_option
@click.option("--by", help="Who decided, where another tool names nobody.")
@json_option
def import_(job: str, file: Path, form: str, users: tuple[str, ...], by: str | None, as_json: bool) -> None:
    """Take decisions from a file as `export` or another tool writes it; taking them twice changes nothing."""
    if form != "jsonl":
        read_from_tool(job, form, file, users=users, by=by, as_json=as_json)
        return
    from flows.decisions import import_decisions
    from flows.workspace import Workspace

    done = import_decisions(Workspace.open(job), file)
    print_counts({**asdict(done), "refused": len(done.refused)}, as_json=as_json)
    for message in done.refused[:20]:
        click.echo(message, err=True)
    if done.refused:
        raise SystemExit(SOME_REFUSED)
