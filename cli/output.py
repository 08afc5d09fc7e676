"""How figures reach a person or a program: one JSON document, or a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from alignment.estimate import Estimate
from cli.terminal import console, shown_safely

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
wait_option = click.option(
    "--wait",
    default=600.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Seconds to wait where another run is at work on the same stage.",
)
job_option = click.option("--job", required=True, help="A shipped or imported job's id, or a job file.")


def print_json(data: Any) -> None:
    """One JSON document on standard output; moments in ISO 8601, estimates as CONTRACTS has them."""
    click.echo(json.dumps(data, default=_plain, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Estimate):
        return value.as_json()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table for people; the first column is text, the others line up to the right."""
    table = Table(
        title=Text(shown_safely(title)),
        title_justify="left",
        title_style="bold",
        header_style="dim",
        pad_edge=False,
        box=None,
    )
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(shown_safely(cell)) for cell in row))
    console().print(table)


def print_counts(counts: Mapping[str, Any], *, as_json: bool) -> None:
    """What a command did, as `name: number` on one line, or as JSON."""
    if as_json:
        print_json(counts)
    else:
        click.echo(counts_line(counts))


def counts_line(counts: Mapping[str, Any]) -> str:
    """Counts as `name: number`, on one line."""
    return ", ".join(f"{name.replace('_', ' ')} {_count(value)}" for name, value in counts.items())


def _count(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({counts_line(value) or 'none'})"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def shown(estimate: Estimate, *, scale: float = 1.0, digits: int = 1, unit: str = "") -> str:
    """A figure with its interval; what cannot be given says so, what nothing corrects is marked `~`."""
    if estimate.value is None:
        return "not enough evidence"
    value = f"{estimate.value * scale:,.{digits}f}{unit}"
    if estimate.low is None or estimate.high is None:
        return f"~{value}"
    return f"{value} [{estimate.low * scale:,.{digits}f}, {estimate.high * scale:,.{digits}f}]"
