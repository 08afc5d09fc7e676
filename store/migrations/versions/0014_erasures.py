"""What was erased, by whom, and from when on figures stand as they are"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("receipt", sa.String(length=32), nullable=False, comment="random; names nobody"),
        sa.Column("scope", sa.String(length=20), nullable=False, comment="customer, contact or retention"),
        sa.Column("by", sa.String(length=200), nullable=False, comment="who asked for it"),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("work", sa.JSON(), nullable=True, comment="rows still to erase; null as soon as it is done"),
        sa.Column("counts", sa.JSON(), nullable=False, comment="how much was removed, by kind"),
        sa.Column("finished_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_erasures")),
        sa.UniqueConstraint("receipt", name=op.f("uq_erasures_receipt")),
    )
    op.create_table(
        "erased_keys",
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="keyed hash of what was erased: it is refused from now on",
        ),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="contact, answer or event"),
        sa.Column("erased_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased_keys")),
    )
    op.create_table(
        "frozen_figures",
        sa.Column("pk", KEY, nullable=False),
        sa.Column(
            "before",
            sa.Date(),
            nullable=False,
            comment="a Monday: figures of earlier days are never folded again",
        ),
        sa.Column("recorded_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_frozen_figures")),
    )


def downgrade() -> None:
    op.drop_table("frozen_figures")
    op.drop_table("erased_keys")
    op.drop_table("erasures")
