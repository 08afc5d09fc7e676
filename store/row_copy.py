"""Rows of one database into another: what is missing, then whatever still differs; done again it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    func,
    literal_column,
    select,
    text,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import UserDefinedType

from store.row_sums import GROWING, TableSum, count_rows, number_of, numbered, rows_of, table_sum
from taxonomy.errors import HeadwayError

Tick = Callable[[int], None]


class CopyDiffersError(HeadwayError):
    """A copied table is not what it was copied from."""


def copy_table(source: Connection, target: Connection, table: Table, *, tick: Tick) -> TableSum:
    """Make a table of `target` equal to that of `source`, commit, and check it row by row.

    Numbered rows that are not there yet go first and in bulk, so that a copy that was killed goes on where it stopped;
    if the tables differ then, because rows changed meanwhile, every row is written again, unless the database lets
    nobody change them. Raises CopyDiffersError.
    """
    number = number_of(table)
    wanted = TableSum() if number is None else _fresh(source, target, table, number, tick)
    target.commit()
    _renumber(target, table)
    wanted = wanted if wanted.rows and count_rows(target, table) == wanted.rows else table_sum(source, table)
    if table_sum(target, table) == wanted:
        return wanted
    for part in () if table.name in GROWING else rows_of(source, table):
        _upsert(target, table, part)
        target.commit()
    found = table_sum(target, table)
    if found != wanted:
        raise CopyDiffersError(
            f"table {table.name}: {found.rows:,} rows arrived of {wanted.rows:,}, or some differ; stop what still "
            "writes to either database (`headway schedule`, the monitor), empty the new one, and run the same again"
        )
    return wanted


def _fresh(source: Connection, target: Connection, table: Table, number: Column[Any], tick: Tick) -> TableSum:
    """Copy rows with larger numbers than the target has; their sum, which is the table's where it had none."""
    last = target.execute(select(func.max(number))).scalar()
    found = TableSum()
    for part in rows_of(source, table, after=last):
        _append(target, table, part)
        target.commit()
        found = found.plus(part)
        tick(len(part))
    return found if last is None else TableSum()


def _append(target: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    if target.dialect.name == "postgresql":
        copy_in(target, table, [column.name for column in table.c], rows)
    else:
        target.execute(_plain(table, "sqlite").insert(), _values(table, rows))


def copy_in(target: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows by PostgreSQL's COPY; JSON columns as text."""
    names = ", ".join(f'"{name}"' for name in columns)
    driver: Any = target.connection.dbapi_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _upsert(target: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    dialect = sqlite if target.dialect.name == "sqlite" else postgresql
    plain = _plain(table, target.dialect.name)
    statement = dialect.insert(plain)
    keys = [column.name for column in plain.primary_key.columns]
    rest = {column.name: statement.excluded[column.name] for column in plain.c if column.name not in keys}
    put = (
        statement.on_conflict_do_update(index_elements=keys, set_=rest) if rest else statement.on_conflict_do_nothing()
    )
    target.execute(put, _values(plain, rows))


def _values(table: Table, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    names = [column.name for column in table.c]
    return [dict(zip(names, row, strict=True)) for row in rows]


class JsonText(UserDefinedType[str]):
    """JSON handed to PostgreSQL as the text that it is kept as: nothing is read and written anew."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """What PostgreSQL calls it."""
        return "JSON"

    def bind_expression(self, bindvalue: BindParameter[str]) -> ColumnElement[Any]:
        """The text, told to be JSON."""
        return bindvalue.op("::")(literal_column("json"))


@cache
def _plain(table: Table, dialect: str) -> Table:
    """The table with its JSON columns as text. JSON's own null and no value at all are two things, and stay so."""
    copy = table.to_metadata(MetaData())
    for column in copy.c:
        if isinstance(column.type, JSON):
            column.type = Text() if dialect == "sqlite" else JsonText()
    return copy


def _renumber(target: Connection, table: Table) -> None:
    """PostgreSQL counts on from its own last number, which rows that bring theirs do not move."""
    if target.dialect.name != "postgresql" or not numbered(table):
        return
    last = target.execute(select(func.max(table.c.pk))).scalar()
    if last is not None:
        target.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, 'pk'), :last)"), {"table": table.name, "last": last}
        )
        target.commit()
