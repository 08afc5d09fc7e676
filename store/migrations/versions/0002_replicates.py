"""Bootstrap replicates of moments, by week"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replicates",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("week", sa.Date(), nullable=True, comment="its Monday; null: contacts without a date"),
        sa.Column(
            "sums", sa.LargeBinary(), nullable=False, comment="float32 bootstrap replicates of the week's linear sums"
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_replicates")),
    )
    with op.batch_alter_table("replicates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_replicates_job_model_week", ["job_id", "job_version", "model_id", "week", "pk"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("replicates", schema=None) as batch_op:
        batch_op.drop_index("ix_replicates_job_model_week")

    op.drop_table("replicates")
