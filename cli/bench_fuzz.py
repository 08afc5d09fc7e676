"""`headway bench fuzz`: hostile input for every reader."""

from __future__ import annotations

import click

from cli.output import json_option, print_json

STORE = "flows.fuzzing:store_targets"
ON_LINES = ("outcome-survey", "events", "decisions", "label-studio", "argilla", "ingest")


@click.command()
@click.option("--cases", default=300, show_default=True, help="Mutations of each reader, beside those made by hand.")
@click.option("--first", default=0, show_default=True, help="Seed of the first mutation.")
@click.option("--reader", "readers", multiple=True, help="Only this one; may be repeated. Default: all.")
@click.option("--seconds", default=60.0, show_default=True, help="A case that takes longer is a hang.")
@click.option(
    "--megabytes", default=512.0, show_default=True, help="Growth at the peak beyond which memory counts as lost."
)
@click.option(
    "--line-of",
    default=1024,
    show_default=True,
    help="Megabytes of the line, and of the packed zeros, that are too many.",
)
@click.option(
    "--guided", type=float, help="Instead: so many seconds of coverage-guided search a reader (needs atheris)."
)
@json_option
def fuzz(
    cases: int,
    first: int,
    readers: tuple[str, ...],
    seconds: float,
    megabytes: float,
    line_of: int,
    guided: float | None,
    as_json: bool,
) -> None:
    """Hostile input for every reader: no crash, no hang, bounded memory, good lines kept; exits 1 where that fails.

    Files are made by hand (bombs, lies, floods) and by seeded mutation, and read as the product reads them, in a
    process of their own for each reader. The same numbers give the same cases.
    """
    from evals.fuzz.report import fuzz_json, fuzz_text
    from evals.fuzz.targets import reading_targets
    from evals.fuzz.watch import HERE, Limits, Plan, watch

    known = {**dict.fromkeys(reading_targets(), HERE), **dict.fromkeys(ON_LINES, STORE)}
    if unknown := set(readers) - known.keys():
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: use {', '.join(known)}", param_hint="--reader")
    chosen = {name: known[name] for name in readers or known}
    if guided is not None:
        return _guided(chosen, guided)
    verdicts = []
    for name, where in chosen.items():
        _say(f"{name}: {cases} mutations and those made by hand")
        plan = Plan(name, cases, first=first, line_of=line_of * 1024**2, found_in=where)
        verdicts += list(watch(plan, limits=Limits(seconds, megabytes), say=_say))
    result = fuzz_json(verdicts)
    print_json(result) if as_json else click.echo(fuzz_text(result))
    raise SystemExit(1 if result["wrong"] else 0)


def _guided(chosen: dict[str, str], seconds: float) -> None:
    from evals.fuzz.guided import guided

    failed = [name for name, where in chosen.items() if not guided(name, where, seconds=seconds, say=_say)]
    click.echo(f"{len(chosen)} readers, {len(failed)} of them failed{': ' if failed else ''}{', '.join(failed)}")
    raise SystemExit(1 if failed else 0)


def _say(line: str) -> None:
    click.echo(line, err=True)
