"""The stages one by one, and `headway run`, which is all of them once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click

from cli.output import counts_line, job_option, json_option, print_counts, print_json, wait_option


@click.command()
@job_option
@click.option("--llm-batch", is_flag=True, help="Ask the LLM by the batch: half the price, answers within a day.")
@wait_option
@json_option
def tag(job: str, llm_batch: bool, wait: float, as_json: bool) -> None:
    """Tag the contacts that the model in use has not read.

    Contacts whose questions are in a batch of the LLM stay untagged until it is back; every later run collects it.
    """
    from flows.stage_run import Plan
    from flows.stages import tag_stage

    plan = Plan(job, patience=wait, llm_batch=llm_batch)
    print_counts(tag_stage(plan, uuid4().hex).counts, as_json=as_json)


@click.command()
@job_option
@click.option("--as-of", type=click.DateTime(), help="Fold as if it were this moment (UTC); default now.")
@click.option("--full", is_flag=True, help="Fold everything again, not only what changed; the result is the same.")
@wait_option
@json_option
def measure(job: str, as_of: datetime | None, full: bool, wait: float, as_json: bool) -> None:
    """Fold tags, reviews and surveys into moments: what changed since the last time."""
    from flows.measure import measure as fold_all
    from flows.stage_run import Plan, reported

    moment = None if as_of is None else as_of.replace(tzinfo=UTC)
    plan, run_id = Plan(job, patience=wait), uuid4().hex
    done = reported("measure", plan, run_id, lambda workspace: fold_all(workspace, as_of=moment, full=full))
    print_counts(done.counts, as_json=as_json)


@click.command()
@job_option
@wait_option
@json_option
def publish(job: str, wait: float, as_json: bool) -> None:
    """Publish the Alignment Index."""
    from flows.stage_run import Plan
    from flows.stages import publish_stage

    print_counts(publish_stage(Plan(job, patience=wait), uuid4().hex).counts, as_json=as_json)


@click.command()
@job_option
@wait_option
@json_option
def pull(job: str, wait: float, as_json: bool) -> None:
    """Read new and changed files of the inboxes into the store.

    The inboxes are those of [schedule] in headway.toml, else the folders HOME/inbox/JOB/contacts, outcome-survey and
    events. A file is read once, and again when it has changed.
    """
    from flows.stage_run import Plan
    from flows.stages import pull_stage

    counts = pull_stage(Plan(job, patience=wait), uuid4().hex).counts
    print_counts(counts, as_json=as_json)
    raise SystemExit(3 if counts["quarantined"] else 0)


@click.command()
@job_option
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", default="default", show_default=True, help="Name of the system that the contacts come from.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Pass over contacts that began before this day.")
@wait_option
@json_option
def run(job: str, paths: tuple[Path, ...], source: str, since: datetime | None, wait: float, as_json: bool) -> None:
    """The whole flow once: ingest, tag, measure, publish.

    PATHS are contacts to read first; without any only what is stored already is worked on. Safe to repeat and
    safe to kill: the next run goes on where this one stopped. Under Prefect where PREFECT_API_URL is set,
    directly where it is not.
    """
    from flows.run import run_once
    from flows.stage_run import Plan

    day = since.date().isoformat() if since else None
    plan = Plan(job=job, paths=tuple(str(path) for path in paths), source=source, since=day, patience=wait)
    report = run_once(plan)
    if as_json:
        print_json(report.as_json())
    else:
        for stage in report.stages:
            click.echo(f"{stage.name:8s} {stage.seconds:7.1f} s   {counts_line(stage.counts)}")
    raise SystemExit(3 if report.quarantined else 0)
