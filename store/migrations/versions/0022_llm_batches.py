"""Batches of questions at an LLM's endpoint, and the contacts that wait for them"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "llm_batches",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False, comment="ours: finds it at the endpoint after a crash"),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("llm", sa.String(length=300), nullable=False, comment="the LLM with its address"),
        sa.Column("prompt", sa.String(length=20), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False, comment="prepared, uploaded, started or ended"),
        sa.Column("file_id", sa.String(length=200)),
        sa.Column("batch_id", sa.String(length=200)),
        sa.Column("day", sa.Date(), nullable=False, comment="whose budget pays for it (UTC)"),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("most_usd", sa.Float(), comment="the most it may cost; null: the price is not known"),
        sa.Column("usd", sa.Float(), comment="what it did cost"),
        sa.Column("outcome", sa.String(length=20), comment="the endpoint's word for how it ended, or lost"),
        sa.Column("answered", sa.Integer(), comment="requests with an answer that was charged"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_llm_batches")),
        sa.UniqueConstraint("name", name=op.f("uq_llm_batches_name")),
    )
    op.create_index("ix_llm_batches_job_id", "llm_batches", ["job_id"])
    op.create_table(
        "llm_batch_questions",
        sa.Column("pk", KEY, nullable=False),
        sa.Column("batch_pk", KEY, nullable=False),
        sa.Column("contact_pk", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="of the question within the batch"),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False, comment="under which the votes are kept"),
        sa.Column("candidates", sa.JSON(), nullable=False, comment="labels that an answer may have"),
        sa.Column("had", sa.Integer(), nullable=False, comment="votes that were there before"),
        sa.ForeignKeyConstraint(
            ["batch_pk"], ["llm_batches.pk"], name=op.f("fk_llm_batch_questions_batch_pk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_pk"], ["contacts.pk"], name=op.f("fk_llm_batch_questions_contact_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_llm_batch_questions")),
        sa.UniqueConstraint("batch_pk", "contact_pk", name=op.f("uq_llm_batch_questions_batch_pk_contact_pk")),
    )
    op.create_index("ix_llm_batch_questions_contact_pk", "llm_batch_questions", ["contact_pk"])


def downgrade() -> None:
    op.drop_table("llm_batch_questions")
    op.drop_table("llm_batches")
