"""Keys, stored hashed, and logins that ended before their time"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "access_keys",
        sa.Column("key_id", sa.String(length=20), nullable=False, comment="first part of the key; no secret"),
        sa.Column(
            "name", sa.String(length=100), nullable=False, comment="who or what uses it; stands in the audit log"
        ),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("jobs", sa.JSON(), nullable=True, comment="ids of the only jobs it is for; null: all"),
        sa.Column("hash", sa.String(length=200), nullable=False, comment="argon2id of the secret part"),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("expires_at", moment, nullable=True, comment="null: never"),
        sa.Column("revoked_at", moment, nullable=True),
        sa.Column("replaces", sa.String(length=20), nullable=True, comment="the key that it was rotated from"),
        sa.Column("used_on", sa.Date(), nullable=True, comment="the last day (UTC) on which it was used"),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_access_keys")),
    )
    op.create_table(
        "login_ends",
        sa.Column("what", sa.String(length=20), nullable=False, comment="session, name or state"),
        sa.Column(
            "value",
            sa.String(length=200),
            nullable=False,
            comment="which: all logins of a name, or one login by its id",
        ),
        sa.Column("at", moment, nullable=False, comment="logins made before this moment are over"),
        sa.Column("keep_until", moment, nullable=False, comment="when the login would have been over anyway"),
        sa.PrimaryKeyConstraint("what", "value", name=op.f("pk_login_ends")),
    )


def downgrade() -> None:
    op.drop_table("login_ends")
    op.drop_table("access_keys")
