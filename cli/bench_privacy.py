"""`headway bench egress` and `headway bench injection`: what leaves the machine, and whether orders move a tag."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import job_option, json_option, print_json


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.option("--n", "count", default=60, show_default=True, help="How many contacts to plant in.")
@click.option("--data", type=click.Path(path_type=Path, dir_okay=False), help="Planted contacts of your own.")
@click.option("--ways", metavar="NAMES", help="Only these ways, with commas. Default: all.")
@json_option
def egress(count: int, data: Path | None, ways: str | None, as_json: bool) -> None:
    """Planted personal data through every way to an LLM and to other tools; each byte that leaves is searched.

    A file of your own holds a contact a line, with "planted": [{"type": "email", "value": "..."}]. Exits 1 if a value
    that redaction claims to find left all the same, or anything but the LLM was called.
    """
    from evals.egress.bench import JOB, WAYS, egress_text
    from evals.egress.bench import egress as measure
    from evals.egress.planted import planted_contacts, read_planted

    chosen = tuple(ways.split(",")) if ways else WAYS
    if unknown := set(chosen) - set(WAYS):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: use {', '.join(WAYS)}", param_hint="--ways")
    planted = read_planted(data) if data else planted_contacts(count, job=JOB)
    result = measure(planted, ways=chosen, say=_say)
    print_json(result) if as_json else click.echo(egress_text(result))
    raise SystemExit(1 if result["leaked"] or result["other_connections"] else 0)


@click.command()
@job_option
@click.option("--data", type=click.Path(path_type=Path, dir_okay=False), help="Attacks of your own, with plain twins.")
@json_option
def injection(job: str, data: Path | None, as_json: bool) -> None:
    """Hostile transcripts beside their plain twins: how many move a tag that then stands, by style of attack.

    Through the model in use, through an LLM behind it that obeys whatever it reads, and through the LLM of the
    settings where one is configured. A file of your own holds {"plain": "...", "hostile": "..."} a line.
    Exits 1 if the share is not under 2 %.
    """
    from cli.injection_readers import readers_of
    from evals.injection.bench import funnel, injection_text
    from evals.injection.bench import injection as measure
    from evals.injection.cases import read_cases, shipped_cases
    from flows.workspace import Workspace

    workspace = Workspace.open(job)
    cases = read_cases(data) if data else shipped_cases(workspace.job)
    with readers_of(workspace) as found:
        result = measure(workspace.job, found.readers, cases, say=_say)
        result["funnel"] = funnel(workspace.job, found.model, found.obeying, cases)
    print_json(result) if as_json else click.echo(injection_text(result))
    raise SystemExit(0 if result["held"] else 1)
