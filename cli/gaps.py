"""`headway taxonomy gaps`, `propose`, `proposals`, `approve`, `reject`: what a job has no place for."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from cli.database import opened
from cli.output import job_option, json_option, print_json, print_table, shown
from taxonomy.errors import BadInputError

if TYPE_CHECKING:
    from alignment.gaps import Gap, GapReport
    from store.gap_proposals import Staged
    from taxonomy.changes import JobDiff
    from taxonomy.lint import Similarity
    from taxonomy.model import Job

by_option = click.option("--by", help="Who says so; default the user of this machine.")
proposal_argument = click.argument("proposal")


@click.command("gaps")
@job_option
@click.option("--last", is_flag=True, help="Show the groups that were found last, without looking again.")
@json_option
def gaps(job: str, last: bool, as_json: bool) -> None:
    """Group the contacts that fit no step; name, size and examples of each group.

    Contacts that analysts said fit no step, and those that the model finds strange. A few undecided ones of each group
    go to the review queue (reason: novel).
    """
    report, queued = _last(job) if last else _found(job)
    if as_json:
        print_json({**report.as_json(), "queued": queued})
        return
    _print_report(report)
    if not last:
        click.echo(f"{queued} contacts were put in the review queue")


@click.command()
@job_option
@click.option("--gap", help="The group behind it, such as gap-3; with an LLM configured it drafts the outcome.")
@click.option("--statement", help="The outcome in the words of docs/jobs.md; without it the LLM drafts one.")
@click.option("--step", help="The step that it belongs to; with --step-name, the id of a new step.")
@click.option("--id", "outcome", default="", help="The outcome's id; default: made from the statement.")
@click.option("--step-name", help="Name of a step that the job lacks as well.")
@click.option("--stage", default="execute", show_default=True, help="The new step's stage.")
@click.option("--critical", is_flag=True, help="The outcome is critical.")
@click.option("--why", default="", help="Why it is proposed.")
@by_option
@json_option
def propose(
    job: str,
    gap: str | None,
    statement: str | None,
    step: str | None,
    outcome: str,
    step_name: str | None,
    stage: str,
    critical: bool,
    why: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Propose an outcome for the job; it is linted, and changes nothing until an admin approves it."""
    from store.gap_decisions import Said
    from store.gap_decisions import propose as stage_outcome
    from taxonomy.proposal import NewStep, Proposal

    current, drafted_by = _current(job), None
    if statement is None:
        statement, step, drafted_by = _drafted(job, gap, step)
    if step is None:
        raise BadInputError(f"{statement!r}: say with --step which step it belongs to, or --step and --step-name")
    new_step = NewStep(step_name, stage) if step_name else None
    wanted = Proposal(step, outcome, " ".join(statement.split()), critical, new_step)
    similarity = _similarity()
    with opened() as session:
        staged = stage_outcome(
            session, current, wanted, Said(_name(by), why), gap=gap, drafted_by=drafted_by, similarity=similarity
        )
    print_json(staged.as_json()) if as_json else _print_staged(staged)


@click.command()
@job_option
@json_option
def proposals(job: str, as_json: bool) -> None:
    """List proposed outcomes and what became of them."""
    from store.gap_proposals import read_proposals

    job_id = _current(job).id
    with opened() as session:
        found = read_proposals(session, job_id)
    if as_json:
        print_json({"job": job_id, "proposals": [one.as_json() for one in found]})
        return
    for staged in found:
        _print_staged(staged)
    if not found:
        click.echo(f"nothing was proposed for {job_id} yet")


@click.command()
@job_option
@proposal_argument
@click.option("--why", required=True, help="Why it becomes part of the job.")
@click.option("--dry-run", is_flag=True, help="Only show the difference.")
@by_option
@json_option
def approve(job: str, proposal: str, why: str, dry_run: bool, by: str | None, as_json: bool) -> None:
    """Write the next version of the job with a proposed outcome in it, and show the difference (admin)."""
    from store.gap_decisions import Said, preview
    from store.gap_decisions import approve as write_version
    from store.settings import load_settings

    current = _current(job)
    with opened() as session:
        if dry_run:
            made, staged = preview(session, current, proposal), None
        else:
            said, folder = Said(_name(by), why), load_settings().jobs
            staged, made = write_version(session, current, proposal, said, folder=folder)
    if as_json:
        from dataclasses import asdict

        print_json({"proposal": staged.as_json() if staged else None, "diff": asdict(made.diff)})
        return
    _print_diff(made.diff)
    if staged:
        click.echo(f"approved by {staged.settled_by}: {made.job.id} is at version {made.job.version} from now on")
        click.echo(f"next: headway train --job {made.job.id} --data FILE, which tagging waits for")


@click.command()
@job_option
@proposal_argument
@click.option("--why", required=True, help="Why not.")
@by_option
def reject(job: str, proposal: str, why: str, by: str | None) -> None:
    """Turn a proposed outcome down (admin)."""
    from store.gap_decisions import Said
    from store.gap_decisions import reject as turn_down

    job_id = _current(job).id
    with opened() as session:
        turn_down(session, job_id, proposal, Said(_name(by), why))
    click.echo(f"{proposal} is rejected")


COMMANDS = (gaps, propose, proposals, approve, reject)


def _found(job: str) -> tuple[GapReport, int]:
    from flows.gaps import find_gaps
    from flows.stage_run import at_work
    from flows.workspace import Workspace

    workspace = Workspace.open(job)
    with at_work(workspace, "gaps", job=workspace.job.id) as counts:
        done = find_gaps(workspace, say=lambda line: click.echo(line, err=True))
        counts.update({"groups": len(done.report.gaps), "queued": done.queued})
    return done.report, done.queued


def _last(job: str) -> tuple[GapReport, int]:
    from store.gaps import read_gaps

    job_id = _current(job).id
    with opened() as session:
        report = read_gaps(session, job_id)
    if report is None:
        raise BadInputError(f"nothing was looked for yet: run `headway taxonomy gaps --job {job_id}`")
    return report, 0


def _drafted(job: str, gap: str | None, step: str | None) -> tuple[str, str | None, str]:
    from flows.gap_drafts import draft_outcome
    from flows.workspace import Workspace

    if gap is None:
        raise BadInputError("say what is proposed: --statement and --step, or --gap for a draft by the LLM")
    draft = draft_outcome(Workspace.open(job), gap)
    return draft.statement, step or draft.step, draft.by


def _current(job: str) -> Job:
    from store.settings import load_settings
    from taxonomy.loader import find_job

    return find_job(job, extra=[load_settings().jobs])


def _similarity() -> Similarity | None:
    from cli.taxonomy import encoder_similarity

    return encoder_similarity()


def _name(by: str | None) -> str:
    return by or getpass.getuser()


def _print_report(report: GapReport) -> None:
    rows = [_row(gap) for gap in report.gaps]
    title = f"What {report.job} {report.job_version} has no place for, {report.made_at:%Y-%m-%d %H:%M} UTC"
    print_table(title, ("group", "about", "contacts", "decided", "share of contacts", "first", "last"), rows)
    for gap in report.gaps:
        for example in gap.examples[:2]:
            click.echo(f"  {gap.gap}: {example.text[:110]}")
    click.echo(
        f"{report.decided} contacts that analysts said fit no step, {report.novel} more that the model finds strange; "
        f"{report.alone} of them are in no group"
    )


def _row(gap: Gap) -> tuple[str, ...]:
    days = [moment.date().isoformat() if moment else "-" for moment in (gap.first_at, gap.last_at)]
    share = shown(gap.share, scale=100, unit=" %", digits=2)
    return gap.gap, ", ".join(gap.terms[:4]), str(gap.size), str(gap.decided), share, *days


def _print_staged(staged: Staged) -> None:
    outcome, source = staged.outcome, f", drafted by {staged.drafted_by}" if staged.drafted_by else ""
    where = f"{outcome.step} (new: {outcome.new_step.name})" if outcome.new_step else outcome.step
    click.echo(f"{staged.proposal} {staged.state}: {outcome.outcome} on {where}: {outcome.statement}")
    for_gap, why = f", for {staged.gap}" if staged.gap else "", f": {staged.why}" if staged.why else ""
    click.echo(f"  by {staged.by}{source}{for_gap}{why}")
    for level, rule, message in staged.findings:
        click.echo(f"  {level}: {message} [{rule}]")
    if staged.settled_by:
        version = f", version {staged.new_version}" if staged.new_version else ""
        click.echo(f"  {staged.state} by {staged.settled_by}{version}: {staged.settled_why}")


def _print_diff(diff: JobDiff) -> None:
    from cli.taxonomy import print_diff

    print_diff(diff)
