"""`headway keys`: who may ask the server, and as what."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from cli.actor import actor, by_option
from cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from store.keys import AccessKey

ROLES = ("leader", "analyst", "service", "admin")
UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Span(click.ParamType[timedelta | None]):
    """A length of time such as 36h, 90d or 4w; `never` gives None."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta | None:
        """Read it, or fail naming the option."""
        if value is None or isinstance(value, timedelta) or value == "never":
            return None if value == "never" else value
        found = re.fullmatch(r"(\d{1,5})([hdw])", value)
        if found is None:
            self.fail(f"{value!r} is not a span: write 36h, 90d, 4w or never", param, ctx)
        return timedelta(**{UNITS[found[2]]: int(found[1])})


@click.group("keys")
def group() -> None:
    """Make, list, rotate and revoke keys of the server. From the first key on, everybody needs one."""


@group.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What it is good for.")
@click.option("--job", "jobs", multiple=True, help="Only for this job; may be given again. Default: all jobs.")
@click.option("--expires", type=Span(), default="365d", show_default=True, help="Life: 36h, 90d, 4w or never.")
@by_option
@json_option
def create(
    name: str, role: Any, jobs: tuple[str, ...], expires: timedelta | None, by: str | None, as_json: bool
) -> None:
    """Make a key for NAME, who or what will use it. It is shown this once and kept nowhere."""
    from cli.database import opened
    from store.contacts import count_jobless
    from store.keys import create_key

    until = None if expires is None else datetime.now(UTC) + expires
    with opened() as session:
        key, token = create_key(session, name=name, role=role, by=actor(by), jobs=jobs or None, expires_at=until)
        hidden = count_jobless(session) if jobs else 0
    _show_new(key, token, as_json=as_json)
    if hidden:
        click.echo(f"it does not see the {hidden:,} contacts that were ingested without --job", err=True)


@group.command("list")
@json_option
def show(as_json: bool) -> None:
    """Every key ever made, without its secret."""
    from cli.database import opened
    from store.keys import list_keys

    now = datetime.now(UTC)
    with opened() as session:
        found = list_keys(session)
    if as_json:
        print_json({"keys": [_plain(key, now) for key in found]})
        return
    if not found:
        click.echo("no key has been made: the server answers this machine only")
        return
    columns = ("key", "name", "role", "jobs", "state", "expires", "last used")
    print_table("Keys", columns, [_row(key, now) for key in found])


@group.command()
@click.argument("key_id")
@by_option
def revoke(key_id: str, by: str | None) -> None:
    """End the key with the id KEY_ID, and every login made with it, within a second."""
    from cli.database import opened
    from store.keys import revoke_key

    with opened() as session:
        found = revoke_key(session, key_id, by=actor(by))
    click.echo(f"key {key_id} of {found.name} is revoked")


@group.command()
@click.argument("key_id")
@click.option("--overlap", type=Span(), default="24h", show_default=True, help="How long the old one still works.")
@by_option
@json_option
def rotate(key_id: str, overlap: timedelta | None, by: str | None, as_json: bool) -> None:
    """Make a new key like KEY_ID, which still works for a while, so that nothing stops in between."""
    from cli.database import opened
    from store.keys import rotate_key

    if overlap is None:
        raise click.BadParameter("an old key must end: write 24h, 7d or 2w", param_hint="--overlap")
    with opened() as session:
        key, token = rotate_key(session, key_id, overlap=overlap, by=actor(by))
    _show_new(key, token, as_json=as_json)


@group.command()
@click.argument("name")
@by_option
def logout(name: str, by: str | None) -> None:
    """End every login that NAME has now; a login with the company's accounts can be revoked in no other way."""
    from cli.database import opened
    from store.audit import record_audit
    from store.logins import end_logins_of
    from store.settings import load_settings

    until = datetime.now(UTC) + timedelta(hours=load_settings().session_hours)
    with opened() as session:
        end_logins_of(session, name, keep_until=until)
        record_audit(session, who=actor(by), action="login.revoke", object=f"name/{name}")
    click.echo(f"every login of {name} is over")


@group.command()
@json_option
def routes(as_json: bool) -> None:
    """Every route of the server, and which roles may use it."""
    from api.app import create_app
    from store.settings import load_settings

    app = create_app(load_settings())
    found = [(str(one), list(ROLES) if one.open else [role for role in ROLES if role in one.roles], one.open)
             for one in app.state.routes]  # fmt: skip
    if as_json:
        print_json({"routes": [{"route": name, "roles": roles, "anybody": anyone} for name, roles, anyone in found]})
        return
    rows = [(name, *("yes" if anyone or role in roles else "-" for role in ROLES)) for name, roles, anyone in found]
    print_table("Routes", ("route", *ROLES), rows)
    click.echo(f"{len(found)} routes; {sum(anyone for *_, anyone in found)} of them answer before login")


def _show_new(key: AccessKey, token: str, *, as_json: bool) -> None:
    if as_json:
        print_json({**_plain(key, datetime.now(UTC)), "token": token})
        return
    until = "never ends" if key.expires_at is None else f"ends on {key.expires_at:%Y-%m-%d %H:%M} UTC"
    click.echo(token)
    click.echo(f"key {key.key_id}, role {key.role}, {until}. It is not shown again: keep it safe.", err=True)


def _plain(key: AccessKey, now: datetime) -> dict[str, Any]:
    jobs = None if key.jobs is None else sorted(key.jobs)
    return {**vars(key), "jobs": jobs, "state": key.state(now)}


def _row(key: AccessKey, now: datetime) -> tuple[str, ...]:
    jobs = "all" if key.jobs is None else ", ".join(sorted(key.jobs))
    expires = "never" if key.expires_at is None else f"{key.expires_at:%Y-%m-%d}"
    used = "never" if key.used_on is None else f"{key.used_on}"
    return key.key_id, key.name, key.role, jobs, key.state(now), expires, used
