"""Experiments; decisions by their step, for lists of contacts"""

import sqlalchemy as sa
from alembic import op

import store.columns

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "experiment_events",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("experiment", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="registered or finished"),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", store.columns.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_experiment_events")),
        sa.UniqueConstraint("job_id", "experiment", "kind", name=op.f("uq_experiment_events_job_id_experiment_kind")),
    )
    op.create_index("ix_review_decisions_step", "review_decisions", ["step"])


def downgrade() -> None:
    op.drop_index("ix_review_decisions_step", table_name="review_decisions")
    op.drop_table("experiment_events")
