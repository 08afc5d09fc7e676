"""When contacts came in is asked at every page: it has an index"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_contacts_ingested_at", "contacts", ["ingested_at"])


def downgrade() -> None:
    op.drop_index("ix_contacts_ingested_at", table_name="contacts")
