"""`headway erase`: a customer or a contact, from everything under Headway's control."""

from __future__ import annotations

import sys
from getpass import getuser
from typing import Any

import click

from cli.output import counts_line, json_option, print_json, print_table


@click.command("erase")
@click.option("--customer", help="The customer's id as the sender gave it; - reads it from standard input.")
@click.option("--contact", help="One contact's id; alone, or of this customer.")
@click.option("--source", help="Only contacts of this sending system.")
@click.option("--by", help="Who asks for it; default the user of this machine.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--resume", "go_on", is_flag=True, help="Only finish what was begun.")
@click.option("--receipts", is_flag=True, help="Only list the receipts of what was erased.")
@json_option
def erase(
    customer: str | None,
    contact: str | None,
    source: str | None,
    by: str | None,
    yes: bool,
    go_on: bool,
    receipts: bool,
    as_json: bool,
) -> None:
    """Erase a customer, or one contact, and derive the figures again.

    Contacts, texts, vectors, an LLM's answers, tags, queue items, decisions, notes, survey answers, events, refused
    input and exported files go; a receipt stays that names nobody. The same contacts cannot be ingested again.
    """
    from flows.erase import erase as remove
    from flows.erase import resume
    from flows.workspace import Home
    from store.erasure import Subject
    from store.erasure_space import wipe_space

    home = Home.open_home()
    if receipts:
        return _list_receipts(home, as_json=as_json)
    say = _silent if as_json else _say
    if go_on:
        done, left = resume(home, say=say), wipe_space(home.database)
        _report([one.as_json() for one in done], as_json=as_json)
        return None if left is None else click.echo(left, err=True)
    named = sys.stdin.readline().strip() if customer == "-" else customer
    subject = Subject(named, contact, source)
    if not yes:
        click.echo(f"there is of it: {counts_line(_found(home, subject))}", err=True)
        click.confirm("Erase all of it? It cannot be brought back", abort=True, err=True)
    erased = remove(home, subject, by=by or f"os:{getuser()}", say=say)
    return _report([erased.as_json()], as_json=as_json)


def _found(home: Any, subject: Any) -> dict[str, int]:
    from store.erasure import find_subject

    with home.database.session() as session:
        found: dict[str, int] = find_subject(session, subject, identity=home.identity).as_counts()
    return found


def _report(done: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        return print_json({"erasures": done})
    for one in done:
        click.echo(f"receipt {one['receipt']}: {_removed(one['counts'])}")
        click.echo("\n".join(f"  {note}" for note in one["notes"]))
    if not done:
        click.echo("nothing was left to finish")
    return None


def _list_receipts(home: Any, *, as_json: bool) -> None:
    from dataclasses import asdict

    from store.erasure import list_receipts

    with home.database.session() as session:
        rows = [asdict(one) for one in list_receipts(session)]
    if as_json:
        return print_json({"receipts": rows})
    cells = [
        [row["receipt"], row["scope"], row["by"], f"{row['asked_at']:%Y-%m-%d %H:%M}",
         "done" if row["finished_at"] else "not finished", _removed(row["counts"])]
        for row in rows
    ]  # fmt: skip
    return print_table("Erasures", ("receipt", "scope", "by", "asked", "state", "removed"), cells)


def _removed(counts: dict[str, int]) -> str:
    """What there was of it; a kind of which there was nothing is not named."""
    return counts_line({kind: number for kind, number in counts.items() if number}) or "nothing was there"


def _say(line: str) -> None:
    click.echo(line, err=True)


def _silent(_line: str) -> None:
    """JSON alone is printed."""
