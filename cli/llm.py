"""`headway llm`: the LLM behind the tagger, how it is doing, and how far it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cli.output import job_option, json_option, print_json, print_table, wait_option


@click.group("llm")
def group() -> None:
    """Show the LLM behind the tagger, and measure it."""


@group.command()
@json_option
def status(as_json: bool) -> None:
    """Whether an LLM is configured, whether it answers, what it cost today."""
    from flows.llm_status import llm_status
    from store.settings import load_settings

    found = llm_status(load_settings())
    print_json(asdict(found)) if as_json else click.echo("\n".join([found.text(), *found.problems()]))
    raise SystemExit(1 if found.fault else 0)


@group.command()
@click.option("--job", help="Of this job only.")
@json_option
def batches(job: str | None, as_json: bool) -> None:
    """List the batches that were sent by `headway tag --llm-batch`, newest first."""
    from cli.database import opened
    from store.llm_batches import list_batches

    with opened() as session:
        found = list_batches(session, job)
    if as_json:
        return print_json(found)
    names = ("batch", "job", "made (UTC)", "state", "requests", "answered", "dollars")
    return print_table(f"{len(found)} batches", names, [_batch(one) for one in found])


def _batch(one: Mapping[str, Any]) -> list[str]:
    """A row of the table; while a batch is out the most that it may cost."""
    usd, most = one["usd"], one["most_usd"]
    cost = f"{usd:.4f}" if usd is not None else "price unknown" if most is None else f"at most {most:.4f}"
    state = one["outcome"] or one["state"]
    made = f"{one['created_at']:%Y-%m-%d %H:%M}"
    answered = "" if one["answered"] is None else f"{one['answered']:,}"
    return [one["batch_id"] or one["name"], one["job_id"], made, state, f"{one['requests']:,}", answered, cost]


@group.command()
@job_option
@click.option(
    "--data", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Labelled contacts not trained on."
)
@click.option("--model", help="Model id; default the one in use.")
@wait_option
@json_option
def calibrate(job: str, data: Path, model: str | None, wait: float, as_json: bool) -> None:
    """Measure the LLM on labelled contacts that the tagger hands over.

    Until this was done its answers are believed by a cautious assumption. Asks, and pays for, every sample.
    """
    from flows.llm_calibrate import calibrate as measure
    from flows.stage_run import at_work
    from flows.workspace import Workspace

    workspace = Workspace.open(job)
    with at_work(workspace, "calibrate", job=workspace.job.id, patience=wait) as counts:
        done = measure(workspace.job, data, settings=workspace.settings, model=model)
        counts.update(deferred=done.deferred, answered=done.answered, right=done.right)
    print_json(done.as_json()) if as_json else click.echo(done.text())
