"""`headway originals`: contacts as they came in, where they are kept, for an admin and on record."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cli.actor import actor, by_option
from cli.output import json_option, print_json, print_table
from taxonomy.errors import HeadwayError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ACCESS_KEY = "HEADWAY_ACCESS_KEY"


class NotAdminError(HeadwayError):
    """Somebody who is no admin asked for an original."""


@click.group("originals")
def group() -> None:
    """Show, count and encrypt again contacts as they came in. None are kept unless HEADWAY_KEEP_ORIGINALS is set."""


@group.command("new-key")
@click.option("--id", "name", help="What to call it. Default: this month and a few random signs.")
def fresh_key(name: str | None) -> None:
    """Print a new key, to be put first into HEADWAY_ORIGINALS_KEYS. It is kept nowhere."""
    from store.original_keys import new_key

    chosen = name or f"{datetime.now(UTC):%Y-%m}-{secrets.token_hex(3)}"
    if re.fullmatch(r"[A-Za-z0-9._-]{1,40}", chosen) is None:
        raise click.BadParameter("use up to 40 letters, digits, - _ and .", param_hint="--id")
    click.echo(new_key(chosen))


@group.command()
@json_option
def status(as_json: bool) -> None:
    """How many originals are kept, by the id of their key, and whether their keys are at hand."""
    from cli.database import opened
    from store.original_keys import read_ring
    from store.originals import count_originals
    from store.settings import load_settings

    settings = load_settings()
    ring = read_ring(settings.originals_keys.get_secret_value()) if settings.originals_keys else None
    with opened() as session:
        counts = count_originals(session)
    held = ring.keys if ring else {}
    rows: list[dict[str, Any]] = [
        {"key": key, "originals": count, "at_hand": key in held} for key, count in counts.items()
    ]
    if as_json:
        return print_json({"keeping": settings.keep_originals, "current": ring and ring.current, "keys": rows})
    click.echo(
        f"originals are {'kept' if settings.keep_originals else 'not kept'}; key in use: {ring and ring.current}"
    )
    shown = [(row["key"], f"{row['originals']:,}", "yes" if row["at_hand"] else "no") for row in rows]
    return print_table("Originals", ("key", "originals", "key at hand"), shown) if rows else None


@group.command()
@click.option("--contact", required=True, help="The contact's id as the sender gave it.")
@click.option("--source", help="The sending system, where two use the same id.")
@by_option
@json_option
def show(contact: str, source: str | None, by: str | None, as_json: bool) -> None:
    """Show a contact as it came in. Only for an admin; the audit log says who saw it.

    Where the server has keys, an admin's key must stand in HEADWAY_ACCESS_KEY.
    """
    from cli.database import opened
    from store.contacts import find_contact
    from store.original_keys import ring_of
    from store.originals import read_original
    from store.settings import load_settings

    ring = ring_of(load_settings())
    with opened() as session:
        who = _admin(session, by)
        original = read_original(session, ring, find_contact(session, contact, source=source), by=who)
    if as_json:
        return print_json(dict(original.record))
    for turn in original.record["turns"]:
        click.echo(f"{turn['speaker']}: {turn['text']}")
    return None


@group.command()
@json_option
def rotate(as_json: bool) -> None:
    """Encrypt the originals of older keys again under the first key. Safe to stop and to repeat."""
    from cli.database import opened
    from store.audit import record_audit
    from store.original_keys import ring_of
    from store.originals import count_originals, rotate_originals
    from store.settings import load_settings

    ring, done = ring_of(load_settings()), 0
    while True:
        with opened() as session:  # a unit of work a batch: what is done stays done
            moved = rotate_originals(session, ring)
            if moved:
                detail = {"originals": moved}
                record_audit(
                    session, who=actor(None), action="original.rotate", object=f"key/{ring.current}", detail=detail
                )
        if not moved:
            break
        done += moved
        click.echo(f"{done:,} originals under {ring.current}", err=True)
    with opened() as session:
        counts = count_originals(session)
    result: dict[str, Any] = {"rotated": done, "current": ring.current, "originals": counts}
    print_json(result) if as_json else click.echo(
        f"{done:,} encrypted again; all {sum(counts.values()):,} under {ring.current}"
    )


def _admin(session: Session, by: str | None) -> str:
    """Who asks, as the audit log names them. Raises NotAdminError."""
    import os

    from store.keys import any_key_made, fits, read_hashes, read_token

    if not any_key_made(session):
        return actor(by)
    token = read_token(os.environ.get(ACCESS_KEY, ""))
    key, hashed = read_hashes(session).get(token[0], (None, None)) if token else (None, None)
    if token is None or not fits(token[1], hashed) or key is None or not key.usable(datetime.now(UTC)):
        raise NotAdminError(f"the server has keys: put an admin's into {ACCESS_KEY}")
    if key.role != "admin" or key.jobs is not None:
        raise NotAdminError(f"key {key.name!r} is no admin's of all jobs; originals are shown to admins only")
    return f"{key.name} ({actor(by)})"
