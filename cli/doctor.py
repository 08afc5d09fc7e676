"""`headway doctor`: the settings, where they came from, what is wrong and what to do."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from store.settings import Settings


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Show every setting, where it came from, and what is wrong; exits 1 if anything is.

    Looks at home folder, disk, database and schema, clocks, models, age of figures, LLM, Prefect and mail; changes
    nothing.
    """
    from flows.doctor import examine
    from flows.llm_status import llm_status
    from store.settings import load_settings

    settings = load_settings()
    llm = llm_status(settings)
    rows, findings = _settings(settings), examine(settings, llm)
    problems = [one.text() for one in findings if one.wrong]
    if as_json:
        checks = [{**asdict(one), "wrong": one.wrong} for one in findings]
        print_json({"settings": rows, "llm": asdict(llm), "checks": checks, "problems": problems})
    else:
        print_table("Settings", ("setting", "value", "from"), [(r["name"], r["value"], r["from"]) for r in rows])
        click.echo(llm.text())
        for one in findings:
            click.echo(f"{'problem' if one.wrong else 'note' if one.do else 'ok'}: {one.text()}")
        click.echo("" if problems else "nothing is wrong")
    raise SystemExit(1 if problems else 0)


def _settings(settings: Settings) -> list[dict[str, str]]:
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
