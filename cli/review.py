"""`headway review`: draw contacts, hand them out, take decisions back."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from cli.output import job_option, json_option, print_counts, print_json, print_table

SOME_REFUSED = 3


@click.group()
def review() -> None:
    """Draw contacts for review; export and import decisions."""


@review.command()
@job_option
@click.option("--budget", default=200, show_default=True, help="About how many contacts to draw.")
@click.option("--tau", default=0.5, show_default=True, help="Share of the budget spread uniformly, 0.2 to 1.")
@json_option
def sample(job: str, budget: int, tau: float, as_json: bool) -> None:
    """Draw contacts by permanent random numbers; probabilities are stored before anyone looks."""
    from flows.draw import draw_reviews
    from flows.workspace import Workspace

    done = draw_reviews(Workspace.open(job), budget=budget, tau=tau)
    counts = {"offered": done.offered, "drawn": done.drawn, "added": done.added, "policy": done.policy.version}
    print_counts(counts, as_json=as_json)


@review.command()
@job_option
@json_option
def stats(job: str, as_json: bool) -> None:
    """Count the queue by reason and what is decided."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.reviews import queue_counts

    job_id = Workspace.open(job).job.id
    with opened() as session:
        counts = queue_counts(session, job_id)
    if as_json:
        print_json({"job": job_id, "reasons": counts})
        return
    rows = [[reason, str(c["items"]), str(c["decided"])] for reason, c in sorted(counts.items())]
    print_table(f"Review queue of {job_id}", ("reason", "items", "decided"), rows)


@review.command()
@job_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default standard output.")
def export(job: str, out: Path | None) -> None:
    """Write every review item as a line of JSON, drawn ones first in the order of work."""
    from cli.database import opened
    from flows.workspace import Workspace
    from store.reviews import export_items

    job_id = Workspace.open(job).job.id
    with opened() as session:
        lines = (json.dumps(item.as_json(), ensure_ascii=False) for item in export_items(session, job_id))
        if out is None:
            sys.stdout.writelines(line + "\n" for line in lines)
            return
        with out.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    click.echo(f"wrote {out}", err=True)


@review.command("import")
@job_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def import_(job: str, file: Path, as_json: bool) -> None:
    """Take decisions from a file as `export` writes it; taking them twice changes nothing."""
    from flows.decisions import import_decisions
    from flows.workspace import Workspace

    done = import_decisions(Workspace.open(job), file)
    print_counts({**asdict(done), "refused": len(done.refused)}, as_json=as_json)
    for message in done.refused[:20]:
        click.echo(message, err=True)
    if done.refused:
        raise SystemExit(SOME_REFUSED)
