"""Which model is in force, and what models learned from reviews"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "models_in_force",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="from now on figures come from this model's tags",
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_models_in_force")),
    )
    with op.batch_alter_table("models_in_force", schema=None) as batch_op:
        batch_op.create_index("ix_models_in_force_job", ["job_id", "pk"], unique=False)
    op.create_table(
        "learned_models",
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column(
            "until", sa.DateTime(timezone=True), nullable=False, comment="decisions recorded later taught it nothing"
        ),
        sa.Column(
            "share", sa.Float(), nullable=False, comment="share h of customers whose reviews it never learned from"
        ),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_learned_models")),
    )


def downgrade() -> None:
    op.drop_table("learned_models")
    op.drop_table("models_in_force")
