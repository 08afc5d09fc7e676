"""A table's content as one number that is the same on every database: how its copies are held against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, Select, Table, Text, cast, func, inspect, select

from store.tables import metadata

AT_ONCE = 2000
TRANSIENT = frozenset({"stage_leases"})
"""Tables that say what happens just now: no copy of them would be true."""

GROWING = {"audit_events": "number"}
"""Tables whose rows the database lets nobody change, with the column that numbers them."""

SIZE = 1 << 256


@dataclass(frozen=True)
class TableSum:
    """Rows of a table, and the sum of their hashes: it does not depend on the order in which they are read."""

    rows: int = 0
    digest: str = f"{0:064x}"

    def plus(self, rows: Iterable[Sequence[Any]]) -> TableSum:
        """The sum with more rows of the same table."""
        count, total = self.rows, int(self.digest, 16)
        for row in rows:
            line = "\x1f".join(map(_canonical, row)).encode("utf-8", "surrogatepass")
            count, total = count + 1, (total + int.from_bytes(hashlib.sha256(line).digest())) % SIZE
        return TableSum(count, f"{total:064x}")


def kept_tables(known: MetaData = metadata) -> list[Table]:
    """The tables that are copied, those first that others point to."""
    return [table for table in known.sorted_tables if table.name not in TRANSIENT]


def rows_of(connection: Connection, table: Table, *, after: int | None = None) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table, some thousands at a time; JSON as the text that it is kept as, so that nothing is lost.

    `after`: only rows with a larger number, for tables whose rows are numbered.
    """
    result = connection.execute(_read(table, after), execution_options={"yield_per": AT_ONCE})
    for part in result.partitions():
        yield [tuple(row) for row in part]


def table_sum(connection: Connection, table: Table) -> TableSum:
    """Count and hash of a table, read row by row."""
    found = TableSum()
    for part in rows_of(connection, table):
        found = found.plus(part)
    return found


def sums(connection: Connection) -> dict[str, TableSum]:
    """Count and hash of every table that is kept; a table that is not there is left out."""
    there = set(inspect(connection).get_table_names())
    return {table.name: table_sum(connection, table) for table in kept_tables() if table.name in there}


def count_rows(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def numbered(table: Table) -> bool:
    """Whether the table's rows have numbers that only grow."""
    return "pk" in table.c and list(table.primary_key.columns) == [table.c.pk]


def number_of(table: Table) -> Column[Any] | None:
    """The column that numbers the table's rows in the order in which they came, where there is one."""
    if table.name in GROWING:
        return table.c[GROWING[table.name]]
    return table.c.pk if numbered(table) else None


def _read(table: Table, after: int | None) -> Select[Any]:
    columns = [cast(column, Text).label(column.name) if _is_json(column.type) else column for column in table.c]
    query = select(*columns)
    number = number_of(table)
    if number is not None:
        query = query.order_by(number)
        query = query if after is None else query.where(number > after)
    return query


def _is_json(kind: Any) -> bool:
    return isinstance(kind, JSON)


def _canonical(value: Any) -> str:
    """One text a value, whatever the database made of it: moments in UTC, numbers in their shortest exact form."""
    match value:
        case None:
            text = "\x00"
        case bool():
            text = "1" if value else "0"
        case bytes() | memoryview():
            text = bytes(value).hex()
        case datetime():
            text = value.astimezone(UTC).isoformat()
        case _:
            text = str(value)
    return text
