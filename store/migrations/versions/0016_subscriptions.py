"""Who is told of alerts, and what has to be sent"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "subscriptions",
        sa.Column("subscription", sa.String(length=40), nullable=False, comment="hash of job, channel and address"),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False, comment="email, webhook or slack"),
        sa.Column("address", sa.Text(), nullable=False, comment="never shown whole: a web address may be a secret"),
        sa.Column("kinds", sa.String(length=20), nullable=False, comment="all, figure or data"),
        sa.Column(
            "nonce", sa.String(length=40), nullable=False, comment="goes into the key that signs what a webhook is sent"
        ),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("removed_by", sa.String(length=200), nullable=True),
        sa.Column("removed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("subscription", name=op.f("pk_subscriptions")),
    )
    op.create_index("ix_subscriptions_job_id", "subscriptions", ["job_id"])
    op.create_table(
        "alert_notices",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subscription", sa.String(length=40), nullable=False),
        sa.Column("alert", sa.String(length=40), nullable=False),
        sa.Column("queued_at", moment, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", moment, nullable=True, comment="when to try next; null: nothing more to do"),
        sa.Column("claimed_until", moment, nullable=True, comment="somebody is sending it now; past: they died"),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("given_up_at", moment, nullable=True),
        sa.Column("failure", sa.Text(), nullable=True, comment="why the last attempt failed"),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["subscriptions.subscription"],
            name=op.f("fk_alert_notices_subscription"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["alert"], ["alerts.alert"], name=op.f("fk_alert_notices_alert"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_alert_notices")),
        sa.UniqueConstraint("subscription", "alert", name=op.f("uq_alert_notices_subscription_alert")),
    )
    op.create_index("ix_alert_notices_due_at", "alert_notices", ["due_at"])


def downgrade() -> None:
    op.drop_table("alert_notices")
    op.drop_table("subscriptions")
