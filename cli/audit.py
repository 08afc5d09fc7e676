"""`headway audit`: who did what, and whether the log of it is whole."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

from cli.output import json_option, print_json

NOTED = re.compile(r"(\d+):([0-9a-f]{64})")


@click.group("audit")
def group() -> None:
    """Show the audit log and check that nobody changed it."""


@group.command("list")
@click.option("--since", type=click.DateTime(), help="Only what happened after this moment (UTC).")
@click.option("--who", help="Only what this caller did.")
@click.option("--action", help="Only this, such as contact.read, or key for everything done to keys.")
@click.option("--contact", help="Only what was done to the contact with this id.")
@click.option("--last", type=click.IntRange(1), default=None, help="Only the newest so many.")
@json_option
def show(
    since: datetime | None, who: str | None, action: str | None, contact: str | None, last: int | None, as_json: bool
) -> None:
    """Rows of the log, oldest first; with --json one JSON document."""
    from collections import deque

    from cli.database import opened
    from store.audit import read_audit
    from store.contacts import find_contact

    with opened() as session:
        about = None if contact is None else f"contact/{find_contact(session, contact)}"
        after = since and since.replace(tzinfo=UTC)
        found = deque(read_audit(session, since=after, who=who, action=action, object=about), maxlen=last)
    if as_json:
        print_json({"events": [vars(one) for one in found]})
        return
    for one in found:
        detail = " ".join(f"{name}={value}" for name, value in one.detail.items())
        click.echo(f"{one.number:>6}  {one.at:%Y-%m-%d %H:%M:%S}  {one.who}  {one.action}  {one.object}  {detail}")
    if not found:
        click.echo("nothing of that is in the audit log", err=True)


@group.command()
@click.option(
    "--expect", "expected", multiple=True, help="NUMBER:HASH as `verify` printed it before; may be given again."
)
@json_option
def verify(expected: tuple[str, ...], as_json: bool) -> None:
    """Compute the chain again; exits 1 and says where, if a row was changed, taken out or cut off.

    Who owns the database can make up a whole new chain: keep what this prints somewhere else and give it back with
    --expect.
    """
    from cli.database import opened
    from store.audit import verify_audit

    noted = {}
    for one in expected:
        found = NOTED.fullmatch(one)
        if found is None:
            raise click.BadParameter(f"{one!r} is not NUMBER:HASH", param_hint="--expect")
        noted[int(found[1])] = found[2]
    with opened() as session:
        verdict = verify_audit(session, expected=noted)
    if as_json:
        breaks = [vars(one) for one in verdict.breaks]
        print_json({"rows": verdict.rows, "head": verdict.head, "whole": not breaks, "breaks": breaks})
    else:
        for broken in verdict.breaks:
            click.echo(f"row {broken.number}: {broken.what}")
        whole = "the chain holds" if not verdict.breaks else f"the chain is broken in {len(verdict.breaks)} places"
        click.echo(f"{verdict.rows:,} rows, {whole}; head {verdict.rows}:{verdict.head}")
    raise SystemExit(1 if verdict.breaks else 0)
