"""`headway segments`: where segments, circumstances and channels differ from all other contacts beyond noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.figures import view_of, view_options
from cli.output import job_option, json_option, print_json, print_table

if TYPE_CHECKING:
    from alignment.heat_map import HeatMap, MeasureName


@click.command()
@job_option
@view_options
@click.option(
    "--measure",
    type=click.Choice(["friction", "effort", "fcr"]),
    default="friction",
    show_default=True,
    help="What is compared.",
)
@json_option
def segments(job: str, measure: MeasureName, as_json: bool, **chosen: Any) -> None:
    """Compare every group with all other contacts, step by step.

    A difference is named only so that at most one in ten of those named is chance, in the mean.
    """
    from alignment.heat_words import heat_map_json
    from cli.database import opened
    from flows.workspace import Workspace
    from store.browse import dimensions
    from store.segments import read_heat_map

    found_job = Workspace.open(job).job
    with opened() as session:
        names = tuple(dimensions(session, found_job))
        found = read_heat_map(session, found_job, view_of(chosen), dimensions=names, measure=measure)
    if as_json:
        print_json({"job": found_job.id, "job_version": found_job.stamp, **heat_map_json(found_job, found)})
        return
    _print(found)


def _print(found: HeatMap) -> None:
    rows = [
        [
            f"{cell.step}, {cell.column.dimension}={cell.column.value}",
            f"{cell.figure.value:.3g}",
            f"{cell.difference.value:+.3g}",
            f"{cell.difference.low:+.3g} to {cell.difference.high:+.3g}",
            str(cell.difference.n),
            f"{cell.q:.3f}",
        ]
        for cell in found.named
    ]
    print_table(f"{found.measure} beyond noise", ("contacts", found.measure, "minus others", "between", "n", "q"), rows)
    lacking = sum(cell.p is None for cell in found.cells)
    click.echo(f"{len(rows)} cells named in {found.tests} comparisons; {lacking} of {len(found.cells)} lack evidence")
