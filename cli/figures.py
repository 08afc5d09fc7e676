"""Figures in the terminal: friction, outcomes, the index, and the scorecard of a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cli.drivers import drivers_json, print_drivers
from cli.index_reports import change, export, reweight
from cli.output import job_option, json_option, print_json, print_table, shown

NOTES = 3
"""So many different reasons are printed under a table."""

if TYPE_CHECKING:
    from alignment.scorecard import OutcomeFigures, Scorecard, StepFigures, View


def view_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--from --to --where --as-of`: which contacts the figures speak of, and as known when."""
    for option in (
        click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day."),
        click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last."),
        click.option("--where", multiple=True, help="Only contacts with this, as channel=chat or segment.tier=gold."),
        click.option("--as-of", type=click.DateTime(), help="As it was known at this moment (UTC); default now."),
    ):
        command = option(command)
    return command


@click.command()
@job_option
@view_options
@click.option("--by", help="Also by channel, segment.NAME, circumstance.NAME, week or day.")
@click.option("--bounds", is_flag=True, help="Also how far figures could be off if answering hangs on effort itself.")
@click.option("--drivers", is_flag=True, help="Also what made the contacts of each step hard work.")
@json_option
def friction(job: str, by: str | None, bounds: bool, drivers: bool, as_json: bool, **chosen: Any) -> None:
    """Show friction by job step, the largest burden first."""
    from store.driver_shares import read_driver_shares
    from store.scorecards import read_friction

    card, slices = _read(job, chosen, also=lambda s, j, v: read_friction(s, j, v, by=by) if by else None)
    if as_json:
        from alignment.documents import friction_json

        document = friction_json(card, slices)
        if drivers:
            document["drivers"] = drivers_json(_read(job, chosen, also=read_driver_shares)[1])
        print_json(document)
        return
    print_steps(card)
    if bounds:
        print_bounds(card)
    if drivers:
        print_drivers(card.job, _read(job, chosen, also=read_driver_shares)[1])
    for value, figures in (slices or {}).items():
        _print_step_table(f"{by} = {value}", card, figures)


@click.command()
@job_option
@view_options
@click.option("--by", help="Also by segment.NAME or circumstance.NAME of those who answered.")
@json_option
def outcomes(job: str, by: str | None, as_json: bool, **chosen: Any) -> None:
    """Show outcomes by opportunity, the largest first."""
    from store.scorecards import read_outcomes

    card, slices = _read(job, chosen, also=lambda s, j, v: read_outcomes(s, j, v, by=by) if by else None)
    if as_json:
        from alignment.documents import outcomes_json

        print_json(outcomes_json(card, slices))
        return
    print_outcomes(card)
    _print_service(card)
    for value, figures in (slices or {}).items():
        _print_ranks(f"{by} = {value}", card, figures)


def _print_ranks(title: str, card: Scorecard, figures: Sequence[OutcomeFigures]) -> None:
    ranked = sorted((one for one in figures if one.rank and one.opportunity.value is not None), key=_rank)
    if not ranked:
        click.echo(f"{title}: not enough evidence: fewer than 10 people answered on any outcome")
        return
    rows = [
        [
            str(one.rank),
            card.job.outcome_by_id[one.outcome].statement,
            shown(one.opportunity),
            "-" if one.top_five_probability is None else f"{100 * one.top_five_probability:.0f} %",
        ]
        for one in ranked[:5]
    ]
    print_table(title, ("rank", "outcome", "opportunity", "chance to be of the top five"), rows)


def _rank(one: OutcomeFigures) -> int:
    return one.rank or 0


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--job", help="A shipped or imported job's id, or a job file.")
@view_options
@json_option
def index(ctx: click.Context, job: str | None, as_json: bool, **chosen: Any) -> None:
    """Show, explain and look back on the Alignment Index."""
    if ctx.invoked_subcommand is not None:
        return
    if job is None:
        raise click.UsageError("Missing option '--job'.")
    card, _ = _read(job, chosen)
    if as_json:
        from alignment.documents import head_json, index_json

        print_json({**head_json(card), **index_json(card)})
    else:
        print_index(card)


@index.command()
@job_option
@view_options
def explain(job: str, **chosen: Any) -> None:
    """Print the formula, its parameters and inputs, and the arithmetic."""
    from alignment.index import explain as explained
    from store.scores import read_formula

    card, formula = _read(job, chosen, also=lambda session, found, _: read_formula(session, found.id))
    if formula is None:
        click.echo(f"not published: {card.index.reason}")
    else:
        click.echo(explained(formula, card.index))


@index.command()
@job_option
@json_option
def history(job: str, as_json: bool) -> None:
    """List every index that was published."""
    from store.scores import index_history

    _, rows = _read(job, {}, also=lambda session, found, _: index_history(session, found.id))
    if as_json:
        print_json({"job": job, "history": [vars(row) for row in rows]})
        return
    table = [
        [
            f"{row.as_of:%Y-%m-%d %H:%M}",
            row.formula,
            row.job_version,
            _value(row.content),
            f"link factor {row.content['link_factor']:.4f}" if row.content.get("recomputed") else "",
        ]
        for row in rows
    ]
    print_table(f"Index of {job}", ("published", "formula", "job version", "index", "computed again"), table)


for further in (change, export, reweight):
    index.add_command(further)


@click.command()
@job_option
@view_options
@json_option
def scorecard(job: str, as_json: bool, **chosen: Any) -> None:
    """Show a job's scorecard."""
    card, _ = _read(job, chosen, trends=as_json)
    if as_json:
        from alignment.documents import scorecard_json

        print_json(scorecard_json(card))
    else:
        print_scorecard(card)


def _read(
    job: str,
    chosen: dict[str, Any],
    *,
    also: Callable[[Any, Any, Any], Any] | None = None,
    trends: bool = False,
) -> tuple[Scorecard, Any]:
    from cli.database import opened
    from flows.workspace import Workspace
    from store.scorecards import read_scorecard

    found, view = Workspace.open(job).job, _view(chosen)
    with opened() as session:
        card = read_scorecard(session, found, view, trends=trends)
        return card, also(session, found, view) if also else None


def _view(chosen: dict[str, Any]) -> View:
    from alignment.moments import check_dimension
    from alignment.scorecard import View

    filters = {}
    for condition in chosen.get("where") or ():
        name, equals, value = condition.partition("=")
        if not equals or not value:
            raise click.BadParameter(f"{condition!r} is not NAME=VALUE", param_hint="--where")
        check_dimension(name)
        filters[name] = value
    start, end, as_of = chosen.get("start"), chosen.get("end"), chosen.get("as_of")
    moment = datetime.now(UTC) if as_of is None else as_of.replace(tzinfo=UTC)
    return View(moment, start and start.date(), end and end.date(), filters)


def print_scorecard(card: Scorecard) -> None:
    """The whole scorecard for a terminal."""
    click.echo(f"{card.job.statement}\n{card.job.id} {card.job.stamp}: {evidence_line(card)}\n")
    print_index(card)
    click.echo()
    print_steps(card)
    click.echo()
    print_failure_modes(card)
    click.echo()
    print_outcomes(card)


def evidence_line(card: Scorecard) -> str:
    """How much stands behind the page."""
    newest = (
        f"to {card.tagged_to:%Y-%m-%d %H:%M} UTC" if card.tagged_to else "(without dates)" if card.contacts else "yet"
    )
    corrected = f"{card.reviewed:,} reviews correct the figures" if card.reviewed else "no review corrects the figures"
    return f"{card.contacts:,} contacts tagged {newest}; {corrected}; known at {card.view.as_of:%Y-%m-%d %H:%M} UTC"


def print_index(card: Scorecard) -> None:
    """The index with its band and components, or why it is not published."""
    found = card.index
    if not found.published:
        click.echo(f"Alignment Index: not published: {found.reason}")
        return
    band = (
        f"; other weights and forms: {found.method_band[0]:.0f} to {found.method_band[1]:.0f}"
        if found.method_band
        else ""
    )
    click.echo(f"Alignment Index {shown(found.index)} of 100 (formula {found.formula}{band})")
    if found.response_band:
        from alignment.nonresponse import ODDS

        low, high = found.response_band
        click.echo(
            f"  {low:.0f} to {high:.0f} if a point of effort changes the odds of an answer by up to {ODDS:g} times"
        )
    for name, part in found.components.items():
        click.echo(f"  {name.replace('_', ' '):14s} {shown(part, digits=2)}")


def print_steps(card: Scorecard) -> None:
    """Friction by step, the largest burden first. `~` marks what no review corrects."""
    ordered = sorted(card.steps, key=lambda figures: -(figures.burden.value or -1.0))
    _print_step_table("Friction by step (0 none, 100 worst), largest burden first", card, ordered)


def _print_step_table(title: str, card: Scorecard, steps: Sequence[StepFigures]) -> None:
    rows = [
        [
            card.job.step_by_id[one.step].name if one.step in card.job.step_by_id else one.step,
            shown(one.share, scale=100, unit="%"),
            _effort(one),
            shown(one.fcr, scale=100, digits=0, unit="%"),
            shown(one.friction, digits=0),
            shown(one.burden, digits=1),
        ]
        for one in steps
    ]
    from alignment.effort import scale_of

    scale = scale_of(card.job)
    effort = f"effort ({scale.goalposts.best:g} = easy)"
    print_table(title, ("step", "share of contacts", effort, "FCR", "friction", "burden"), rows)


def _effort(one: StepFigures) -> str:
    """Mean effort, with the share who answered beside it."""
    rate = one.response_rate.value
    told = "" if one.effort.value is None or rate is None else f", {100 * rate:.0f}% answered"
    return f"{shown(one.effort, digits=2)}{told}"


def print_bounds(card: Scorecard) -> None:
    """Effort and friction if answering hangs on effort itself."""
    from alignment.effort import scale_of
    from alignment.nonresponse import ODDS

    top = scale_of(card.job).top
    rows = [
        [
            card.job.step_by_id[one.step].name,
            shown(one.easy, scale=100, digits=0, unit="%") if one.easy else "-",
            shown(one.effort_bounds, digits=2) if one.effort_bounds else "-",
            shown(one.friction_bounds, digits=0) if one.friction_bounds else "-",
        ]
        for one in card.steps
    ]
    title = f"If a point of effort changes the odds of an answer by up to {ODDS:g} times, which no answer can show"
    print_table(title, ("step", f"answers of {top[0]:g} to {top[1]:g}", "effort within", "friction within"), rows)


def print_failure_modes(card: Scorecard) -> None:
    """The failure modes with most burden."""
    rows = [
        [
            card.job.outcome_by_id[mode.outcome].statement,
            shown(mode.effort, digits=2),
            shown(mode.fcr, scale=100, digits=0, unit="%"),
            shown(mode.fcr_long, scale=100, digits=0, unit="%"),
            shown(mode.burden),
        ]
        for mode in card.failure_modes[:3]
    ]
    days = card.job.friction.fcr.window_days
    print_table("Top failure modes", ("outcome", "effort", f"FCR {days} days", "FCR 30 days", "burden"), rows)


def print_outcomes(card: Scorecard) -> None:
    """Outcomes by opportunity; one line where no survey says anything of them."""
    if all(one.opportunity.value is None for one in card.outcomes):
        click.echo("Outcomes by opportunity: not enough evidence: no outcome has survey answers in this view")
        return
    rows = [
        [
            card.job.outcome_by_id[one.outcome].statement,
            shown(one.importance),
            shown(one.satisfaction),
            shown(one.opportunity),
            one.served or "-",
        ]
        for one in sorted(card.outcomes, key=lambda one: one.rank or len(card.outcomes) + 1)[:10]
    ]
    print_table("Outcomes by opportunity", ("outcome", "importance", "satisfaction", "opportunity", "served"), rows)


def _print_service(card: Scorecard) -> None:
    """Satisfaction as people said, as contacts have it since, and both blended."""
    rows = [
        [
            card.job.outcome_by_id[one.outcome].statement,
            shown(one.satisfaction),
            shown(one.service.satisfaction),
            shown(one.service.blend),
            f"{one.service.share:.2f}",
        ]
        for one in sorted(card.outcomes, key=lambda one: one.rank or len(card.outcomes) + 1)[:10]
        if one.service
    ]
    if not rows:
        return
    columns = ("outcome", "said in the survey", "by contacts since", "blend", "w of contacts")
    print_table("Satisfaction since the survey", columns, rows)
    notes = sorted({one.service.reason for one in card.outcomes if one.service and one.service.reason}, key=len)
    for note in notes[:NOTES]:
        click.echo(note)
    if len(notes) > NOTES:
        click.echo(f"{len(notes) - NOTES} more reasons: --json has them all")


def _value(content: dict[str, Any]) -> str:
    value = content["index"]["value"]
    return "not published" if value is None else f"{value:.1f}"
