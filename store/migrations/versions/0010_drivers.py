"""What made contacts hard work, and what else a contact is about"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_drivers",
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("contact_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "reader",
            sa.String(length=40),
            nullable=False,
            comment="version of the rules and the job's window; others are redone",
        ),
        sa.Column(
            "drivers",
            sa.String(length=200),
            nullable=False,
            comment="their ids in order, joined by commas; empty: none",
        ),
        sa.Column(
            "found",
            sa.JSON(),
            nullable=False,
            comment="[[driver, source, turn, start, end], ...], no place where data say it",
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_pk"], ["contacts.pk"], name=op.f("fk_contact_drivers_contact_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "contact_pk", name=op.f("pk_contact_drivers")),
    )
    with op.batch_alter_table("contact_drivers", schema=None) as batch_op:
        batch_op.create_index("ix_contact_drivers_contact", ["contact_pk"], unique=False)
    # Without a batch: the table of tags is large, and a nullable column needs no copy of it.
    op.add_column(
        "tags",
        sa.Column("secondary", sa.JSON(), nullable=True, comment="[[step, outcome, confidence], ...]; null: not asked"),
    )


def downgrade() -> None:
    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.drop_column("secondary")
    op.drop_table("contact_drivers")
