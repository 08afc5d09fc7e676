"""Contacts as they came in, encrypted, where that is switched on"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "originals",
        sa.Column("contact_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False, comment="which key it is encrypted with"),
        sa.Column("nonce", sa.LargeBinary(), nullable=False, comment="12 bytes, never used twice with one key"),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="AES-256-GCM of JSON; bound to source and id of the contact",
        ),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_pk"],
            ["transcripts.contact_pk"],
            name=op.f("fk_originals_contact_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_pk", name=op.f("pk_originals")),
    )
    op.create_index("ix_originals_key_id", "originals", ["key_id"])


def downgrade() -> None:
    op.drop_table("originals")
