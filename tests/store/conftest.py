from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.session import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of each kind that Headway runs on."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'headway.db'}")
    else:
        opened = Database(request.getfixturevalue("new_postgres"))
    opened.upgrade()
    yield opened
    opened.engine.dispose()
