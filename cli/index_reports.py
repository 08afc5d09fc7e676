"""`headway index change`, `export` and `reweight`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.output import job_option, json_option, print_json, print_table

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@job_option
@click.option("--since", type=DAY, required=True, help="The earlier date: contacts of the weeks before it.")
@click.option("--until", type=DAY, help="The later date; default today.")
@click.option("--weeks", default=13, show_default=True, help="How many weeks of contacts each side speaks of.")
@json_option
def change(job: str, since: datetime, until: datetime | None, weeks: int, as_json: bool) -> None:
    """What moved the index between two dates, and whether it is more than chance."""
    from dataclasses import asdict

    from flows.index_reports import explain_change
    from flows.workspace import Workspace

    end = (until or datetime.now()).date()
    found = explain_change(Workspace.open(job), since=since.date(), until=end, weeks=weeks)
    if as_json:
        facts = {"before": found.before.index, "after": found.after.index, "difference": found.difference}
        parts = {"components": dict(found.parts.components), "inputs": [asdict(c) for c in found.parts.contributions]}
        print_json({"job": job, **facts, "moved": found.moved, "agreeing": found.agreeing, **parts})
        return
    low, high = found.difference.low, found.difference.high
    band = "no interval" if low is None or high is None else f"95 % interval {low:+.1f} to {high:+.1f}"
    click.echo(
        f"{found.before.index.value:.1f} -> {found.after.index.value:.1f}: {found.difference.value:+.1f} points, "
        f"{band}; "
        f"{100 * found.agreeing:.0f} % of the variants of method agree: {'moved' if found.moved else 'no sure move'}"
    )
    rows = [
        [c.id, f"{c.movement:+.2f}", f"{c.evidence:+.2f}", "yes" if c.clipped else ""]
        for c in found.parts.contributions
    ]
    rows += [["sum", f"{found.parts.total:+.2f}", "", ""]]
    print_table("Index points by input", ("input", "its movement", "evidence gained or lost", "at a goalpost"), rows)


@click.command()
@job_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@json_option
def export(job: str, out: Path, as_json: bool) -> None:
    """Write every row behind the index as CSV, with the formula, so that anybody can redo it."""
    from datetime import UTC

    from alignment.scorecard import View
    from flows.index_reports import export_index
    from flows.workspace import Workspace

    done = export_index(Workspace.open(job), out, view=View(datetime.now(UTC)))
    if as_json:
        print_json({"job": job, "folder": str(done.folder), "rows": dict(done.rows), "index": done.index})
    else:
        rows = ", ".join(f"{name} {count:,}" for name, count in done.rows.items())
        click.echo(f"index {'not published' if done.index is None else f'{done.index:.4f}'}; {rows} in {done.folder}")


@click.command()
@job_option
@click.option("--weight", "weights", multiple=True, required=True, help="COMPONENT=WEIGHT, one for each of the three.")
@click.option("--by", required=True, help="Who decided.")
@click.option("--why", required=True, help="Why; it stays on record.")
@json_option
def reweight(job: str, weights: tuple[str, ...], by: str, why: str, as_json: bool) -> None:
    """Give the components other weights: a new epoch of the formula, linked to the old series."""
    from flows.index_reports import reweight as give_weights
    from flows.workspace import Workspace

    formula, link = give_weights(Workspace.open(job), _numbers(weights), by=by, why=why)
    facts: dict[str, Any] = {"job": job, "formula": formula.version, "epoch": formula.epoch, "link_factor": link}
    if as_json:
        print_json(facts)
    else:
        click.echo(f"formula {formula.version}, epoch {formula.epoch}; link factor to the old series {link:.4f}")


def _numbers(weights: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for weight in weights:
        name, equals, value = weight.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError as error:
            raise click.BadParameter(f"{weight!r} is not COMPONENT=WEIGHT", param_hint="--weight") from error
        if not equals:
            raise click.BadParameter(f"{weight!r} is not COMPONENT=WEIGHT", param_hint="--weight")
    return found
