"""Whom refused input names, as keyed hashes, so that it goes with them"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quarantine_people",
        sa.Column("quarantine_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="customer or contact"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="keyed hash of an id that the input names"),
        sa.ForeignKeyConstraint(
            ["quarantine_pk"], ["quarantine.pk"], name=op.f("fk_quarantine_people_quarantine_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quarantine_pk", "kind", "digest", name=op.f("pk_quarantine_people")),
    )
    op.create_index("ix_quarantine_people_digest", "quarantine_people", ["digest"])


def downgrade() -> None:
    op.drop_table("quarantine_people")
