"""Up to where contacts were read, and how often rows went: no stage looks at every row to find what is new"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WATCHED = ("contacts", "tags")

# One row a transaction: rows of two that delete at the same time do not wait for each other, and none is counted twice.
FUNCTION = """
CREATE FUNCTION note_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO removals (token, times)
    SELECT txid_current() || '@' || extract(epoch FROM now()), 1 WHERE EXISTS (SELECT 1 FROM gone)
    ON CONFLICT (token) DO NOTHING;
    RETURN NULL;
END $$
"""
POSTGRES = """
CREATE TRIGGER {table}_removed AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION note_removal()
"""
SQLITE = """
CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN
    INSERT INTO removals (token, times) VALUES ('all', 1) ON CONFLICT (token) DO UPDATE SET times = times + 1;
END
"""


def upgrade() -> None:
    op.create_table(
        "read_marks",
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column(
            "reader",
            sa.String(length=200),
            nullable=False,
            comment="job version and model, or version of the driver rules",
        ),
        sa.Column("upto", KEY, nullable=False, comment="every contact of the job up to this row was read"),
        sa.Column(
            "removals", sa.BigInteger(), nullable=False, comment="the sum of removals.times for which that holds"
        ),
        sa.PrimaryKeyConstraint("job_id", "reader", name=op.f("pk_read_marks")),
    )
    op.create_table(
        "removals",
        sa.Column(
            "token", sa.String(length=60), nullable=False, comment="the transaction, on PostgreSQL; one row on SQLite"
        ),
        sa.Column(
            "times", sa.Integer(), nullable=False, comment="written by triggers, whoever deletes contacts or tags"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_removals")),
    )
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(FUNCTION)
    for table in WATCHED:
        op.execute((POSTGRES if postgres else SQLITE).format(table=table))
    op.create_index("ix_tags_tagged_at", "tags", ["tagged_at"])
    answered = sa.text("answered_at IS NOT NULL")
    op.create_index(
        "ix_contacts_answered_at", "contacts", ["answered_at"], sqlite_where=answered, postgresql_where=answered
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_answered_at", table_name="contacts")
    op.drop_index("ix_tags_tagged_at", table_name="tags")
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in WATCHED:
        op.execute(f"DROP TRIGGER {table}_removed" + (f" ON {table}" if postgres else ""))
    if postgres:
        op.execute("DROP FUNCTION note_removal")
    op.drop_table("removals")
    op.drop_table("read_marks")
