"""A commit cut by the network is there or not, and the client cannot tell: so is this proxy's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from evals.faults.proxy import Cut, CuttingProxy


@pytest.fixture
def direct(new_postgres: str) -> Iterator[psycopg.Connection]:
    """The database without the proxy, with a table."""
    with psycopg.connect(new_postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE seen (number integer)")
        yield connection


@pytest.mark.parametrize(("how", "stored"), [("before the server has it", []), ("before the answer", [(2,)])])
def test_a_commit_is_cut_once_and_the_server_has_it_or_not(
    direct: psycopg.Connection, new_postgres: str, how: Cut, stored: list[tuple[int]]
) -> None:
    parts = urlsplit(new_postgres)
    proxy = CuttingProxy(Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432")
    through = f"postgresql://postgres@127.0.0.1:{proxy.port}{parts.path}"
    with psycopg.connect(through) as connection:
        connection.execute("INSERT INTO seen VALUES (1)")
        connection.commit()
        proxy.cut(1, how)
        connection.execute("INSERT INTO seen VALUES (2)")
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    with psycopg.connect(through) as connection:
        connection.execute("INSERT INTO seen VALUES (3)")
    proxy.close()
    assert proxy.cuts == [how]
    assert direct.execute("SELECT number FROM seen ORDER BY number").fetchall() == [(1,), *stored, (3,)]
