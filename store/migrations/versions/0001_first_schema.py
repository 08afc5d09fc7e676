"""First schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("contact_id", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "job_id",
            sa.String(length=100),
            nullable=True,
            comment="the job the sender named; null: every job may read it",
        ),
        sa.Column("customer", sa.String(length=64), nullable=True, comment="keyed hash of the customer's id"),
        sa.Column("channel", sa.String(length=100), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transfers", sa.Integer(), nullable=True),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("abandoned", sa.Boolean(), nullable=True),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column("circumstance", sa.JSON(), nullable=False),
        sa.Column("effort", sa.Float(), nullable=True),
        sa.Column("effort_scale", sa.String(length=40), nullable=True),
        sa.Column("survey_resolved", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("u", sa.Float(), nullable=False, comment="permanent random number of the review draws"),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_contacts")),
        sa.UniqueConstraint("source", "contact_id", name=op.f("uq_contacts_source_contact_id")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index("ix_contacts_contact_id", ["contact_id"], unique=False)
        batch_op.create_index("ix_contacts_customer_started_at", ["customer", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_contacts_job_id"), ["job_id"], unique=False)

    op.create_table(
        "formulas",
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "version", name=op.f("pk_formulas")),
    )
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("stamp", sa.String(length=60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="the job file as it was read"),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "stamp", name=op.f("pk_jobs")),
    )
    op.create_table(
        "label_spaces",
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False, comment="[[label, group], ...] in the order of tags.scores"),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_label_spaces")),
    )
    op.create_table(
        "moments",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("slice_key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=100), nullable=True),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column("circumstance", sa.JSON(), nullable=False),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="hash of `sums`: an unchanged slice is not written again",
        ),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_moments")),
    )
    with op.batch_alter_table("moments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_moments_job_model_slice",
            ["job_id", "job_version", "model_id", "slice_key", "recorded_at"],
            unique=False,
        )

    op.create_table(
        "outcome_answers",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("respondent", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=100), nullable=False),
        sa.Column("importance", sa.Float(), nullable=False),
        sa.Column("satisfaction", sa.Float(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column("circumstance", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_outcome_answers")),
        sa.UniqueConstraint(
            "job_id",
            "respondent",
            "outcome",
            "answered_at",
            name=op.f("uq_outcome_answers_job_id_respondent_outcome_answered_at"),
        ),
    )
    op.create_table(
        "product_events",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=True),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_product_events")),
        sa.UniqueConstraint("job_id", "event_id", name=op.f("uq_product_events_job_id_event_id")),
    )
    op.create_table(
        "published",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("formula", sa.String(length=60), nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_published")),
        sa.UniqueConstraint("digest", name=op.f("uq_published_digest")),
    )
    with op.batch_alter_table("published", schema=None) as batch_op:
        batch_op.create_index("ix_published_job_as_of", ["job_id", "as_of"], unique=False)

    op.create_table(
        "quarantine",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("input_kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False, comment="redacted; cut where `truncated`"),
        sa.Column("truncated", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("digest", name=op.f("uq_quarantine_digest")),
    )
    op.create_table(
        "review_draws",
        sa.Column(
            "policy", sa.String(length=60), nullable=False, comment="hash of job, model, budget, tau and population"
        ),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("tau", sa.Float(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("policy", name=op.f("pk_review_draws")),
    )
    op.create_table(
        "stage_runs",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_stage_runs")),
    )
    op.create_table(
        "review_items",
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("contact_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("u", sa.Float(), nullable=True),
        sa.Column("pi", sa.Float(), nullable=True),
        sa.Column("policy", sa.String(length=60), nullable=True),
        sa.Column("suggested", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_pk"], ["contacts.pk"], name=op.f("fk_review_items_contact_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_review_items")),
        sa.UniqueConstraint("job_id", "contact_pk", "drawn", name=op.f("uq_review_items_job_id_contact_pk_drawn")),
    )
    op.create_table(
        "review_probabilities",
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("contact_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "pi", sa.Float(), nullable=False, comment="largest drawing probability so far; later draws only raise it"
        ),
        sa.Column("policy", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_pk"], ["contacts.pk"], name=op.f("fk_review_probabilities_contact_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "contact_pk", name=op.f("pk_review_probabilities")),
    )
    op.create_table(
        "tags",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=False),
        sa.Column("job_version", sa.String(length=60), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=True),
        sa.Column("outcome", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("deferred", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column(
            "scores", sa.LargeBinary(), nullable=False, comment="float32 probabilities over the labels, in their order"
        ),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("novelty", sa.Float(), nullable=False),
        sa.Column("tagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_pk"], ["contacts.pk"], name=op.f("fk_tags_contact_pk"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_tags")),
        sa.UniqueConstraint(
            "contact_pk",
            "job_id",
            "job_version",
            "model_id",
            name=op.f("uq_tags_contact_pk_job_id_job_version_model_id"),
        ),
    )
    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tags_job_model_step", ["job_id", "job_version", "model_id", "step", "outcome"], unique=False
        )

    op.create_table(
        "transcripts",
        sa.Column("contact_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False, comment="[[speaker, redacted text, at], ...]"),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_pk"], ["contacts.pk"], name=op.f("fk_transcripts_contact_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_pk", name=op.f("pk_transcripts")),
    )
    op.create_table(
        "review_decisions",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=True, comment="null: fits no step"),
        sa.Column("outcome", sa.String(length=100), nullable=True),
        sa.Column("secondary", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("suggestion_hidden", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item"], ["review_items.item"], name=op.f("fk_review_decisions_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_review_decisions")),
        sa.UniqueConstraint("item", "by", "at", name=op.f("uq_review_decisions_item_by_at")),
    )
    with op.batch_alter_table("review_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_decisions_item"), ["item"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("review_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_decisions_item"))

    op.drop_table("review_decisions")
    op.drop_table("transcripts")
    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.drop_index("ix_tags_job_model_step")

    op.drop_table("tags")
    op.drop_table("review_probabilities")
    op.drop_table("review_items")
    op.drop_table("stage_runs")
    op.drop_table("review_draws")
    op.drop_table("quarantine")
    with op.batch_alter_table("published", schema=None) as batch_op:
        batch_op.drop_index("ix_published_job_as_of")

    op.drop_table("published")
    op.drop_table("product_events")
    op.drop_table("outcome_answers")
    with op.batch_alter_table("moments", schema=None) as batch_op:
        batch_op.drop_index("ix_moments_job_model_slice")

    op.drop_table("moments")
    op.drop_table("label_spaces")
    op.drop_table("jobs")
    op.drop_table("formulas")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_job_id"))
        batch_op.drop_index("ix_contacts_customer_started_at")
        batch_op.drop_index("ix_contacts_contact_id")

    op.drop_table("contacts")
