"""`headway world`: write generated contacts with known truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli.output import job_option, json_option, print_json
from evals.worlds import Change, Talk, WorldSpec, WorldSpecError, write_world

FORM = "DATE,STEP[,CHANNEL][,effort=X][,resolved=X][,success=X][,share=X]"


@click.command("world")
@job_option
@click.option("--out", "folder", required=True, type=click.Path(path_type=Path), help="The folder to write to.")
@click.option("--contacts", default=4000, show_default=True, help="How many contacts, those that fit no step included.")
@click.option("--seed", default=7, show_default=True, help="Another seed gives another world of the same kind.")
@click.option("--start", default="2026-05-01", show_default=True, help="The first day.")
@click.option("--days", default=184, show_default=True, help="How many days the world lasts.")
@click.option("--words", default=40, show_default=True, help="About how many words a customer says.")
@click.option("--noise", default=Talk().noise, show_default=True, help="0 = clean text, 1 = careless typing.")
@click.option("--change", "changes", multiple=True, metavar=FORM, help="Plant a change; may be given again.")
@json_option
def command(
    job: str,
    folder: Path,
    changes: tuple[str, ...],
    words: int,
    noise: float,
    start: str,
    as_json: bool,
    **numbers: int,
) -> None:
    """Write generated contacts with known truth: the sample that the demo runs on.

    The folder gets contacts, labelled contacts to train on and others to test on, an outcome survey,
    product events, and truth.json with the true value of every figure.
    """
    from taxonomy.loader import find_job

    found = find_job(job)
    spec = WorldSpec(
        job=found.id,
        seed=numbers["seed"],
        contacts=numbers["contacts"],
        days=numbers["days"],
        start=read_day(start),
        talk=replace(Talk(), words=words, noise=noise),
        changes=tuple(read_change(text) for text in changes),
    )
    _report(folder, write_world(spec, folder, job=found), as_json=as_json)


def _report(folder: Path, written: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        print_json({"folder": str(folder), "files": written})
        return
    for name, rows in written.items():
        click.echo(f"{folder / name}  {rows:,} {'row' if rows == 1 else 'rows'}")


def read_day(text: str) -> date:
    """Read a day such as 2026-05-01. Raises WorldSpecError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WorldSpecError(f"'{text}' is no day; write it like 2026-05-01") from error


def read_change(text: str) -> Change:
    """Read a planted change such as `2026-07-01,track-delivery,chat,effort=-1.0`. Raises WorldSpecError."""
    since, *rest = [piece.strip() for piece in text.split(",")]
    names = [piece for piece in rest if "=" not in piece]
    if not names or len(names) > 2:
        raise WorldSpecError(f"--change '{text}' cannot be read; its form is {FORM}")
    amounts: dict[str, Any] = dict(read_amount(piece, text) for piece in rest if "=" in piece)
    return Change(read_day(since), names[0], names[1] if len(names) == 2 else None, **amounts)


def read_amount(piece: str, text: str) -> tuple[str, float]:
    """Read `effort=-1.0` out of a planted change. Raises WorldSpecError."""
    name, _, amount = piece.partition("=")
    if name not in ("effort", "resolved", "success", "share"):
        raise WorldSpecError(f"--change '{text}': '{name}' cannot change; its form is {FORM}")
    try:
        return name, float(amount)
    except ValueError as error:
        raise WorldSpecError(f"--change '{text}': '{amount}' is no number") from error
