"""`headway db explain`: what is really asked, on each database, and what must not grow with the contacts."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows.load_world import fill
from store.plan_readings import readings
from store.plans import SMALL, Plan, Step, heard, plans_of, table_sizes
from store.session import Database
from store.settings import load_settings
from store.tables import contacts, tags

JOB = "online-order"
BOUNDED = (
    "every minute: anything new?",
    "how old figures are",
    "page: alerts",
    "page: contact",
    "page: contact's other contacts",
    "queue: next item",
)
"""Readings that must look at a few rows, however many contacts there are."""


def test_each_reading_is_explained_as_it_is_sent(database: Database) -> None:
    job = fill(database, number=1200, say=lambda _line: None)
    with database.session() as session:
        asked, sizes = readings(session, job, load_settings()), table_sizes(session)
    plans = plans_of(database.engine, asked)
    assert {one.asked_by for one in plans} == set(asked) >= set(BOUNDED)
    assert sizes["contacts"] == sizes["tags"] > 1000
    for one in plans:
        assert one.statement.lstrip().startswith(("SELECT", "WITH"))
        if database.engine.dialect.name == "postgresql" and one.asked_by in BOUNDED:
            assert (one.looked_at or 0) < SMALL, one.statement
    for name in ("tag: what is unread", "page: contact", "page: scorecard"):
        assert any(step.table in ("contacts", "tags") for one in plans for step in one.steps if one.asked_by == name)


def test_what_is_explained_is_not_changed(database: Database) -> None:
    job = fill(database, number=200, say=lambda _line: None)

    def rows(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(contacts)) or 0

    with database.session() as session:
        before, asked = rows(session), readings(session, job, load_settings())
    plans_of(database.engine, {**asked, "erase everything": lambda one: one.execute(tags.delete())})
    with database.session() as session:
        assert rows(session) == before
        assert session.scalar(select(func.count()).select_from(tags)) == before


def test_equal_statements_are_heard_once_and_nothing_after_the_block(database: Database) -> None:
    with heard(database.engine) as said, Session(database.engine) as session:
        for number in range(3):
            session.scalar(select(contacts.c.pk).where(contacts.c.pk == number))
    with Session(database.engine) as session:
        session.scalar(select(tags.c.pk))
    assert len(said) == 1


def test_a_whole_table_is_named_only_where_it_is_large_and_grows() -> None:
    steps = (Step("contacts", None, 5000), Step("jobs", None, 5000), Step("tags", "ix", 9), Step("tags", None, 3))
    assert Plan("a", "SELECT", steps, 1.0).scanned({"contacts": 5000, "tags": 5000}) == ("contacts",)
    assert Plan("a", "SELECT", steps, 1.0).scanned({"contacts": 10, "tags": 5000}) == ()


def test_the_command_shows_a_line_a_reading(in_demo_copy: Path, run) -> None:
    done = run("db", "explain", "--job", JOB)
    assert done.exit_code == 0, done.output
    assert "statements over" in done.output
    assert "scorecard" in done.output
    told = json.loads(run("db", "explain", "--job", JOB, "--json").stdout)
    assert told["rows"]["contacts"] > 1000
    assert {"measure: what changed", "page: scorecard"} <= {one["asked_by"] for one in told["plans"]}
