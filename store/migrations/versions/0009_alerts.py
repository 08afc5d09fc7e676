"""Alerts, what was said of them, and the looks that raise them"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "alerts",
        sa.Column("alert", sa.String(length=40), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="figure or data"),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=True, comment="null: the whole job"),
        sa.Column("first", sa.Date(), nullable=False, comment="where the past begins that was left"),
        sa.Column("since", sa.Date(), nullable=False, comment="first suspected day"),
        sa.Column("at", sa.Date(), nullable=False, comment="the look that raised it"),
        sa.Column("strength", sa.Float(), nullable=False, comment="the statistic over its limit"),
        sa.Column("content", sa.JSON(), nullable=False, comment="verdict and figures when it was raised"),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("alert", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_job_at", ["job_id", "at"], unique=False)
    op.create_table(
        "alert_events",
        sa.Column("pk", key, nullable=False),
        sa.Column("alert", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="verdict, acknowledge, true, false or over"),
        sa.Column("content", sa.JSON(), nullable=False, comment="a later verdict"),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.alert"], name=op.f("fk_alert_events_alert"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_alert_events")),
        sa.UniqueConstraint("alert", "number", name=op.f("uq_alert_events_alert_number")),
    )
    op.create_table(
        "alert_looks",
        sa.Column("pk", key, nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("closed_to", sa.Date(), nullable=False, comment="the end of the last week that was looked at"),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("limit", sa.Float(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_alert_looks")),
        sa.UniqueConstraint(
            "job_id",
            "job_version",
            "model_id",
            "closed_to",
            name=op.f("uq_alert_looks_job_id_job_version_model_id_closed_to"),
        ),
    )


def downgrade() -> None:
    op.drop_table("alert_looks")
    op.drop_table("alert_events")
    op.drop_table("alerts")
