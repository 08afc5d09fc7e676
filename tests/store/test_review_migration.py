from __future__ import annotations

from alembic import command
from sqlalchemy import select

from store.review_work import Answer, decide
from store.session import Database, _alembic_config
from store.tables import review_decisions, review_items
from tests.store.queue import NOW, add_items


def test_decisions_survive_going_down_and_up_again_and_count_as_settled(database: Database) -> None:
    with database.session() as session:
        items = add_items(session, 3)
        decide(session, items[0], "ann", Answer("a"), now=NOW)
    config = _alembic_config(database.url)
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    database.upgrade()
    with database.session() as session:
        assert session.execute(select(review_decisions.c.item, review_decisions.c.step)).all() == [(items[0], "a")]
        query = select(review_items.c.item, review_items.c.waits_for).order_by(review_items.c.item)
        assert [row.waits_for for row in session.execute(query)] == ["done", "first", "first"]
