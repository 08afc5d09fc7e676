"""`headway taxonomy`: check, show, compare and import job files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.gaps import COMMANDS
from cli.terminal import console
from taxonomy.changes import Change, JobDiff, diff_jobs
from taxonomy.errors import BadInputError, HeadwayError
from taxonomy.lint import Finding, Similarity, lint_job
from taxonomy.loader import UnknownJobError, find_job, lines_of
from taxonomy.model import Job, JobStep

if TYPE_CHECKING:
    from rich.text import Text

    from store.settings import Settings

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
refs_argument = click.argument("refs", metavar="FILE|ID...", nargs=-1, required=True)


class VersionNotRaisedError(BadInputError):
    """A job file would replace another content under the same or a higher version number."""


@click.group()
def group() -> None:
    """Check, show, compare and import job files."""


@group.command()
@refs_argument
@click.option("--no-similarity", is_flag=True, help="Skip near-duplicates, which need the encoder (15 s on first use).")
@json_option
def lint(refs: Sequence[str], no_similarity: bool, as_json: bool) -> None:
    """Check outcome statements and the job map; exits 2 on errors, 0 on warnings only."""
    jobs = _read_all(refs)
    similarity = None if no_similarity else encoder_similarity()
    checked = [(ref, job, lint_job(job, similarity=similarity)) for ref, job in zip(refs, jobs, strict=True)]
    errors = sum(finding.level == "error" for _, _, findings in checked for finding in findings)
    if as_json:
        _print_json({"errors": errors, "files": [_lint_record(*one) for one in checked]})
    else:
        for ref, job, findings in checked:
            _print_findings(ref, job, findings)
    if errors:
        raise SystemExit(2)


@group.command()
@refs_argument
@json_option
def show(refs: Sequence[str], as_json: bool) -> None:
    """Print a job: its stages, steps and outcomes, with what is critical."""
    jobs = _read_all(refs)
    if as_json:
        records = [_job_record(job) for job in jobs]
        _print_json(records[0] if len(records) == 1 else records)
        return
    for job in jobs:
        _print_job(job)


@group.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@json_option
def diff(old: str, new: str, as_json: bool) -> None:
    """Say what version NEW changes against OLD, and which tags it orphans or makes doubtful."""
    before, after = _read_all((old, new))
    found = diff_jobs(before, after)
    if as_json:
        _print_json(asdict(found))
    else:
        print_diff(found)


@group.command("import")
@refs_argument
@click.option("--force", is_flag=True, help="Store although the content changed and the version was not raised.")
@json_option
def import_(refs: Sequence[str], force: bool, as_json: bool) -> None:
    """Check job files and keep them in the home folder, so that their id is enough from then on."""
    from store.jobs import keep_file

    settings = _settings()
    jobs = _read_all(refs)
    records = [_import_record(job, settings, force=force) for job in jobs]
    for job, record in zip(jobs, records, strict=True):
        record["path"] = str(keep_file(settings.jobs, job))
    if as_json:
        _print_json({"imported": records})
        return
    for record in records:
        click.echo("{job} {stamp}: {state}, {steps} steps, {outcomes} outcomes, in {path}".format(**record))
        if record["lint_errors"]:
            click.echo(f"  {record['lint_errors']} statement(s) to mend: headway taxonomy lint {record['job']}")


for _command in COMMANDS:
    group.add_command(_command)


def _settings() -> Settings:
    from store.settings import load_settings

    return load_settings()


def _read_all(refs: Sequence[str]) -> list[Job]:
    """Read every job; the problems of all files are raised together."""
    settings = _settings()
    jobs, faults = [], []
    for ref in refs:
        try:
            jobs.append(find_job(ref, extra=[settings.jobs]))
        except BadInputError as error:
            faults.append(str(error))
    if faults:
        raise BadInputError("\n".join(faults))
    return jobs


def encoder_similarity() -> Similarity | None:
    """Cosines by the default encoder, or None with a note where it cannot be loaded."""
    try:
        from classifiers.encoder_export import default_encoder

        encoder = default_encoder(_settings().home)
    except (ImportError, OSError, RuntimeError, HeadwayError) as error:
        click.echo(f"note: near-duplicates are not checked, the encoder cannot be loaded: {error}", err=True)
        return None

    def similarity(texts: Sequence[str]) -> Any:
        vectors = encoder.encode(texts)
        return vectors @ vectors.T

    return similarity


def _lint_record(ref: str, job: Job, findings: Sequence[Finding]) -> dict[str, Any]:
    lines = lines_of(job)
    records = [asdict(finding) | {"line": lines.get(finding.where, 1)} for finding in findings]
    return {"file": ref, "job": job.id, "job_version": job.stamp, "findings": records}


def _print_findings(ref: str, job: Job, findings: Sequence[Finding]) -> None:
    lines = lines_of(job)
    for finding in findings:
        line = lines.get(finding.where, 1)
        click.echo(f"{ref}:{line}: {finding.level}: {finding.where}: {finding.message} [{finding.rule}]")
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    size = f"{len(job.steps)} steps, {len(job.outcome_by_id)} outcomes"
    click.echo(f"{ref}: {job.id} {job.stamp}, {size}: {errors} error(s), {warnings} warning(s)")


def _job_record(job: Job) -> dict[str, Any]:
    record = asdict(job)
    del record["source"]
    return record | {"stamp": job.stamp}


def _print_job(job: Job) -> None:
    from rich.text import Text
    from rich.tree import Tree

    root = Tree(Text.assemble((job.id, "bold"), f" {job.stamp}\n{job.statement}"), guide_style="dim")
    for step in job.steps:
        branch = root.add(_step_line(step))
        for outcome in step.outcomes:
            line = Text.assemble((outcome.id, "cyan"), _mark(critical=outcome.critical), f"  {outcome.statement}")
            branch.add(line)
    console().print(root)
    click.echo(f"{len(job.steps)} steps, {len(job.outcome_by_id)} outcomes; * is critical")


def _step_line(step: JobStep) -> Text:
    from rich.text import Text

    mark = _mark(critical=step.critical)
    return Text.assemble((f"{step.stage.value:8}", "dim"), " ", (step.name, "bold"), mark, (f"  {step.id}", "dim"))


def _mark(*, critical: bool) -> str:
    return " *" if critical else ""


def print_diff(found: JobDiff) -> None:
    """What a version changes, one line a change, and which tags it touches."""
    click.echo(f"{found.old} -> {found.new}")
    for change in found.changes:
        click.echo(f"  {_change_line(change)}")
    if found.settings:
        click.echo(f"  settings changed: {', '.join(found.settings)}")
    if not found.changes and not found.settings:
        click.echo("  nothing changed")
    for outcome in found.orphaned:
        click.echo(f"  orphaned: tags of {outcome} have no place in the new version")
    for one in found.read_again:
        click.echo(f"  read again: tags of {one.outcome}, as {one.reason}")
    if found.version_problem:
        click.echo(f"  version: {found.version_problem}")


def _change_line(change: Change) -> str:
    match change.kind:
        case "added" | "removed":
            return f"{change.level} {change.kind}: {change.old or change.new}"
        case "split" | "merged" | "renamed":
            return f"{change.level} {change.kind}: {change.before} -> {change.after}"
        case _:
            return f"{change.level} {change.kind}: {change.new}: {change.before} -> {change.after}"


def _import_record(job: Job, settings: Settings, *, force: bool) -> dict[str, Any]:
    """What an import will do with one job. Raises VersionNotRaisedError unless forced."""
    try:
        known: Job | None = find_job(job.id, extra=[settings.jobs])
    except UnknownJobError:
        known = None
    problem = diff_jobs(known, job).version_problem if known else ""
    if problem and not force:
        raise VersionNotRaisedError(f"{job.id}: {problem}, or choose another id; --force stores it as it is")
    return {
        "job": job.id,
        "stamp": job.stamp,
        "state": "already there" if known and known.digest == job.digest else "imported",
        "steps": len(job.steps),
        "outcomes": len(job.outcome_by_id),
        "lint_errors": sum(finding.level == "error" for finding in lint_job(job)),
    }


def _print_json(data: Any) -> None:
    from cli.output import print_json

    print_json(data)
