"""How the database answers what pages and stages ask: each statement as it is really sent, with its plan."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.orm import Session

from store.tables import metadata

SMALL = 1000
"""A table of fewer rows may be read as a whole: databases do so by choice."""

GROWING = frozenset(
    {
        "contacts", "contact_drivers", "llm_batch_questions", "originals", "outcome_answers", "product_events",
        "review_decisions", "review_events", "review_items", "review_probabilities", "tags", "transcripts",
    }
)  # fmt: skip
"""Tables that have more rows with every contact; the others have some a day, a model, or a job."""

SCAN = re.compile(r"^(SCAN|SEARCH) (\w+)(?: AS \w+)?(?: USING (?:COVERING )?(?:INDEX (\S+)|(INTEGER PRIMARY KEY)))?")


@dataclass(frozen=True)
class Step:
    """How one table is read: by an `index`, or None: from its first row to its last; `rows` that were looked at.

    Where a table is read once a row of another one, `rows` is the sum. SQLite does not say how many: None.
    """

    table: str
    index: str | None
    rows: int | None


@dataclass(frozen=True)
class Plan:
    """One statement: its words without what was asked for, how it was answered, and in how many milliseconds."""

    asked_by: str
    statement: str
    steps: tuple[Step, ...]
    milliseconds: float

    @property
    def looked_at(self) -> int | None:
        """Rows of all its tables that were looked at; None where the database does not say."""
        known = [one.rows for one in self.steps if one.rows is not None]
        return sum(known) if known or not self.steps else None

    def scanned(self, sizes: Mapping[str, int]) -> tuple[str, ...]:
        """Tables that grow with the contacts and are read from end to end."""
        whole = [one for one in self.steps if one.index is None and sizes.get(one.table, 0) >= SMALL]
        return tuple(dict.fromkeys(one.table for one in whole if one.rows is None or one.rows >= SMALL))


@contextmanager
def heard(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every SELECT that is sent while the block runs, with its values; of equal statements the first."""
    said: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not many and statement.lstrip().startswith(("SELECT", "WITH")):
            said.setdefault(statement, values)

    found: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
        found.extend(said.items())


def plans_of(engine: Engine, asked: Mapping[str, Callable[[Session], object]]) -> list[Plan]:
    """The plans of everything that each of the named readings asks; what they would change is not kept."""
    found = []
    for name, read in asked.items():
        with heard(engine) as said, Session(engine) as session:
            read(session)
            session.rollback()
        with engine.connect() as connection:
            found += [_explained(connection, name, statement, values) for statement, values in said]
            connection.rollback()
    return found


def table_sizes(session: Session) -> dict[str, int]:
    """Rows of the tables that grow with the contacts."""
    return {
        name: session.scalar(select(func.count()).select_from(metadata.tables[name])) or 0 for name in sorted(GROWING)
    }


def _explained(connection: Connection, name: str, statement: str, values: Any) -> Plan:
    began = time.perf_counter()
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [step for row in rows if (step := _sqlite_step(row[3])) is not None]
        list(connection.exec_driver_sql(statement, values))
        return Plan(name, statement, tuple(steps), 1000 * (time.perf_counter() - began))
    (answer,) = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).one()
    (told,) = answer if isinstance(answer, list) else json.loads(answer)
    return Plan(name, statement, tuple(_postgres_steps(told["Plan"], "")), told["Execution Time"])


def _sqlite_step(detail: str) -> Step | None:
    found = SCAN.match(detail)
    return None if found is None else Step(found[2], found[3] or found[4], None)


def _postgres_steps(node: Mapping[str, Any], table: str) -> Iterator[Step]:
    """The steps of a plan's node and of those below it; `table` is that of a bitmap scan around an index."""
    kind, table = node["Node Type"], node.get("Relation Name", table)
    rows = round((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
    if kind == "Seq Scan":
        yield Step(table, None, rows)
    elif "Index Name" in node:
        yield Step(table, node["Index Name"], rows)
    for below in node.get("Plans", ()):
        yield from _postgres_steps(below, table)
