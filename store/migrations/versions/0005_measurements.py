"""Measuring only what changed: how far the last one read, response models, when an answer came in and on which scale"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEXES = ("started_at", "ended_at", "survey_recorded_at")


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    # not in batch mode: that drops and remakes the table on SQLite, and takes transcripts and tags along
    op.add_column(
        "contacts",
        sa.Column(
            "survey_recorded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the answer came in, where it came after the contact",
        ),
    )
    for name in INDEXES:
        op.create_index(f"ix_contacts_{name}", "contacts", [name], unique=False)

    op.add_column(
        "outcome_answers",
        sa.Column(
            "scale",
            sa.String(length=20),
            server_default="1-10",
            nullable=False,
            comment="how it was asked, and mapped: 1-10, 1-5-top-two or 1-5-linear",
        ),
    )

    op.create_table(
        "measurements",
        sa.Column("pk", key, nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="1, 2, ...: of two that run at once only one can be the next",
        ),
        sa.Column(
            "as_of", sa.DateTime(timezone=True), nullable=False, comment="the moment that windows were closed at"
        ),
        sa.Column(
            "content", sa.JSON(), nullable=False, comment="how far contacts and tags were read, and the reviews used"
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_measurements")),
        sa.UniqueConstraint(
            "job_id",
            "job_version",
            "model_id",
            "number",
            name=op.f("uq_measurements_job_id_job_version_model_id_number"),
        ),
    )
    op.create_table(
        "response_models",
        sa.Column("pk", key, nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False, comment="a calendar month, or `undated`"),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False, comment="coefficients of the propensity to answer"),
        sa.Column("final", sa.Integer(), nullable=False, comment="1: fitted after the period had ended"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_response_models")),
    )
    with op.batch_alter_table("response_models", schema=None) as batch_op:
        batch_op.create_index(
            "ix_response_models_job_period", ["job_id", "job_version", "model_id", "period", "pk"], unique=False
        )


def downgrade() -> None:
    op.drop_table("response_models")
    op.drop_table("measurements")
    for name in INDEXES:
        op.drop_index(f"ix_contacts_{name}", "contacts")
    op.execute("ALTER TABLE outcome_answers DROP COLUMN scale")
    op.execute("ALTER TABLE contacts DROP COLUMN survey_recorded_at")
