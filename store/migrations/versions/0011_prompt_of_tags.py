"""Which prompt an LLM was asked with"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a batch: the table of tags is large, and a nullable column needs no copy of it.
    op.add_column(
        "tags",
        sa.Column("prompt", sa.String(length=40), nullable=True, comment="version of the prompt that an LLM answered"),
    )


def downgrade() -> None:
    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.drop_column("prompt")
