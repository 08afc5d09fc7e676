"""Figures in the terminal: friction, outcomes, the index, and the scorecard of a job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cli.drivers import drivers_json, print_drivers
from cli.figure_tables import (
    print_bounds,
    print_index,
    print_outcomes,
    print_ranks,
    print_scorecard,
    print_service,
    print_step_table,
    print_steps,
)
from cli.index_reports import change, export, reweight
from cli.output import job_option, json_option, print_json, print_table

if TYPE_CHECKING:
    from alignment.scorecard import Scorecard, View


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
        print_step_table(f"{by} = {value}", card, figures)


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
    print_service(card)
    for value, figures in (slices or {}).items():
        print_ranks(f"{by} = {value}", card, figures)


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
    from store.browse import check_values, dimensions
    from store.scorecards import read_scorecard

    found, view = Workspace.open(job).job, view_of(chosen)
    with opened() as session:
        check_values(dimensions(session, found), view.filters)
        card = read_scorecard(session, found, view, trends=trends)
        return card, also(session, found, view) if also else None


def view_of(chosen: dict[str, Any]) -> View:
    """The view that `view_options` ask for. Raises UnknownDimensionError."""
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


def _value(content: dict[str, Any]) -> str:
    value = content["index"]["value"]
    return "not published" if value is None else f"{value:.1f}"
