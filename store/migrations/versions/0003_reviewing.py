"""Reviewing on the page: leases, events, which read a decision is, what an item waits for"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("review_items", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "waits_for",
                sa.String(length=20),
                server_default="first",
                nullable=False,
                comment="first, second, adjudicated, done",
            )
        )
        batch_op.create_index("ix_review_items_job_waits", ["job_id", "waits_for"], unique=False)
    with op.batch_alter_table("review_decisions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "read",
                sa.String(length=20),
                server_default="first",
                nullable=False,
                comment="first, second or adjudicated",
            )
        )
    # decided before second reads were known: nobody is asked again
    op.execute("UPDATE review_items SET waits_for = 'done' WHERE item IN (SELECT item FROM review_decisions)")

    op.create_table(
        "review_leases",
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column(
            "previous", sa.String(length=200), nullable=True, comment="who held it before, until the lease ran out"
        ),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item"], ["review_items.item"], name=op.f("fk_review_leases_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_review_leases")),
    )
    with op.batch_alter_table("review_leases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_leases_by"), ["by"], unique=False)

    op.create_table(
        "review_events",
        sa.Column("pk", key, nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="decide, undo, skip or flag"),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("decision", key, nullable=True, comment="review_decisions.pk that was made or undone"),
        sa.Column("read", sa.String(length=20), nullable=True, comment="first, second or adjudicated"),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("suggestion_hidden", sa.Boolean(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item"], ["review_items.item"], name=op.f("fk_review_events_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_review_events")),
    )
    with op.batch_alter_table("review_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_events_item"), ["item"], unique=False)
        batch_op.create_index("ix_review_events_decision", ["decision"], unique=False)


def downgrade() -> None:
    op.drop_table("review_events")
    op.drop_table("review_leases")
    op.drop_index("ix_review_items_job_waits", table_name="review_items")
    # not in batch mode: that drops and remakes the table on SQLite, and takes the decisions of its items along
    op.execute("ALTER TABLE review_decisions DROP COLUMN read")
    op.execute("ALTER TABLE review_items DROP COLUMN waits_for")
