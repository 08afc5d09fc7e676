"""Annotations of trend lines, as events"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "annotation_events",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("annotation", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="0 added, then one more for each edit"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it took effect"),
        sa.Column("step", sa.String(length=100), nullable=True, comment="null: the whole job"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_annotation_events")),
        sa.UniqueConstraint(
            "job_id", "annotation", "number", name=op.f("uq_annotation_events_job_id_annotation_number")
        ),
    )
    with op.batch_alter_table("annotation_events", schema=None) as batch_op:
        batch_op.create_index("ix_annotation_events_job_recorded", ["job_id", "recorded_at"], unique=False)


def downgrade() -> None:
    op.drop_table("annotation_events")
