"""`headway init`, `doctor` and `db`: the home folder, the settings and the schema."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cli.output import json_option, print_json, print_table


@click.command()
def init() -> None:
    """Make the home folder and the database."""
    from store.identity import open_identity
    from store.session import open_database
    from store.settings import load_settings

    settings = load_settings()
    for folder in (settings.home, settings.models, settings.jobs):
        folder.mkdir(parents=True, exist_ok=True)
    open_identity(settings)
    open_database(settings).upgrade()
    click.echo(f"ready: {settings.home.absolute()}")


@click.group()
def db() -> None:
    """Look after the database's schema."""


@db.command()
def upgrade() -> None:
    """Bring the schema to the newest version."""
    from store.session import open_database
    from store.settings import load_settings

    open_database(load_settings()).upgrade()
    click.echo("the database's schema is the newest")


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Show every setting, where it came from, and what is wrong; exits 1 if anything is."""
    from flows.llm_status import llm_status
    from store.settings import load_settings

    settings = load_settings()
    llm = llm_status(settings)
    rows, problems = _settings(settings), [*_problems(settings), *llm.problems()]
    if as_json:
        print_json({"settings": rows, "llm": asdict(llm), "problems": problems})
    else:
        print_table("Settings", ("setting", "value", "from"), [(r["name"], r["value"], r["from"]) for r in rows])
        click.echo(llm.text())
        click.echo("\n".join(f"problem: {one}" for one in problems) or "nothing is wrong")
    raise SystemExit(1 if problems else 0)


def _settings(settings: Any) -> list[dict[str, str]]:
    from store.settings import SECRETS, origin_of

    rows = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        text = ("set" if value else "not set") if name in SECRETS else _shown(name, value)
        rows.append({"name": name, "value": text, "from": origin_of(name)})
    return rows


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "not set"
    if name == "database_url":
        from sqlalchemy import make_url

        return make_url(value).render_as_string(hide_password=True)
    return str(value)


def _problems(settings: Any) -> list[str]:
    from store.session import open_database
    from taxonomy.errors import HeadwayError

    problems = []
    if not Path(settings.home).exists():
        return [f"{settings.home} is not there yet: run `headway init`"]
    try:
        open_database(settings).check()
    except HeadwayError as error:
        problems.append(str(error))
    if settings.llm_base_url and not settings.llm_model:
        problems.append("HEADWAY_LLM_BASE_URL is set but HEADWAY_LLM_MODEL is not: no LLM will be asked")
    return problems
