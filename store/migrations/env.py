"""Alembic's entry: runs the migrations on the connection that `Database.upgrade` hands over."""

from alembic import context
from sqlalchemy import engine_from_config

from store.tables import metadata


def run(connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


if (connection := context.config.attributes.get("connection")) is not None:
    run(connection)
else:
    engine = engine_from_config(context.config.get_section(context.config.config_ini_section), prefix="sqlalchemy.")
    with engine.connect() as connection:
        run(connection)
