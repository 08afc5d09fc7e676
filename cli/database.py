"""A session for verbs that only look things up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@contextmanager
def opened() -> Iterator[Session]:
    """One unit of work on the database in force, whose schema must be there. Raises SchemaError."""
    from store.session import open_database
    from store.settings import load_settings

    database = open_database(load_settings())
    database.check()
    with database.session() as session:
        yield session
