"""The database's tables. Natural keys are unique constraints: they, not callers, make writes idempotent."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.access_tables import access_keys, login_ends
from store.alert_tables import alert_events, alert_looks, alerts
from store.annotation_tables import annotation_events
from store.audit_tables import audit_events, audit_head
from store.columns import Key, Utc, metadata
from store.driver_tables import contact_drivers
from store.erasure_tables import erased_keys, erasures, frozen_figures
from store.experiment_tables import experiment_events
from store.gap_tables import gap_clusters, gap_members, gap_proposals, gap_runs
from store.llm_batch_tables import llm_batch_questions, llm_batches
from store.mark_tables import read_marks, removals
from store.measure_tables import measurements, replicates, response_models
from store.model_tables import learned_models, models_in_force
from store.original_tables import originals
from store.quarantine_tables import quarantine_people
from store.review_plan_tables import promise_checks, review_budgets, review_bulk_items, review_bulks, review_gold
from store.review_tables import (
    review_decisions,
    review_draws,
    review_events,
    review_items,
    review_leases,
    review_probabilities,
)
from store.run_tables import pulled_files, stage_leases, stage_runs
from store.subscription_tables import alert_notices, subscriptions

__all__ = [
    "Utc",
    "access_keys",
    "alert_events",
    "alert_looks",
    "alert_notices",
    "alerts",
    "annotation_events",
    "audit_events",
    "audit_head",
    "contact_drivers",
    "contacts",
    "erased_keys",
    "erasures",
    "experiment_events",
    "formulas",
    "frozen_figures",
    "gap_clusters",
    "gap_members",
    "gap_proposals",
    "gap_runs",
    "jobs",
    "label_spaces",
    "learned_models",
    "llm_batch_questions",
    "llm_batches",
    "login_ends",
    "measurements",
    "metadata",
    "models_in_force",
    "moments",
    "originals",
    "outcome_answers",
    "product_events",
    "promise_checks",
    "published",
    "pulled_files",
    "quarantine",
    "quarantine_people",
    "read_marks",
    "removals",
    "replicates",
    "response_models",
    "review_budgets",
    "review_bulk_items",
    "review_bulks",
    "review_decisions",
    "review_draws",
    "review_events",
    "review_gold",
    "review_items",
    "review_leases",
    "review_probabilities",
    "stage_leases",
    "stage_runs",
    "subscriptions",
    "tags",
    "transcripts",
]

ANSWERED = text("answered_at IS NOT NULL")  # most contacts have no answer: a small index

contacts = Table(
    "contacts",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("source", String(100), nullable=False),
    Column("contact_id", String(200), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("job_id", String(100), index=True, comment="the job the sender named; null: every job may read it"),
    Column("customer", String(64), comment="keyed hash of the customer's id"),
    Column("channel", String(100)),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Column("transfers", Integer),
    Column("cost", Float),
    Column("abandoned", Boolean),
    Column("segment", JSON, nullable=False),
    Column("circumstance", JSON, nullable=False),
    Column("effort", Float),
    Column("effort_scale", String(40)),
    Column("survey_resolved", Boolean),
    Column("answered_at", Utc),
    Column("survey_recorded_at", Utc, comment="when the answer came in, where it came after the contact"),
    Column("u", Float, nullable=False, comment="permanent random number of the review draws"),
    Column("ingested_at", Utc, nullable=False),
    UniqueConstraint("source", "contact_id"),
    Index("ix_contacts_contact_id", "contact_id"),
    Index("ix_contacts_customer_started_at", "customer", "started_at"),
    Index("ix_contacts_started_at", "started_at"),
    Index("ix_contacts_ended_at", "ended_at"),
    Index("ix_contacts_ingested_at", "ingested_at"),
    Index("ix_contacts_survey_recorded_at", "survey_recorded_at"),
    Index("ix_contacts_answered_at", "answered_at", sqlite_where=ANSWERED, postgresql_where=ANSWERED),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("contact_pk", ForeignKey("contacts.pk", ondelete="CASCADE"), primary_key=True),
    Column("turns", JSON, nullable=False, comment="[[speaker, redacted text, at], ...]"),
    Column("extra", JSON, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", String(100), primary_key=True),
    Column("stamp", String(60), primary_key=True),
    Column("content", Text, nullable=False, comment="the job file as it was read"),
    Column("loaded_at", Utc, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("contact_pk", ForeignKey("contacts.pk", ondelete="CASCADE"), nullable=False),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("step", String(100)),
    Column("outcome", String(100)),
    Column("confidence", Float, nullable=False),
    Column("deferred", Boolean, nullable=False),
    Column("source", String(20), nullable=False),
    Column("scores", LargeBinary, nullable=False, comment="float32 probabilities over the labels, in their order"),
    Column("evidence", JSON, nullable=False),
    Column("secondary", JSON, comment="[[step, outcome, confidence], ...]; null: not asked"),
    Column("prompt", String(40), comment="version of the prompt that an LLM answered"),
    Column("novelty", Float, nullable=False),
    Column("tagged_at", Utc, nullable=False),
    UniqueConstraint("contact_pk", "job_id", "job_version", "model_id"),
    Index("ix_tags_job_model_step", "job_id", "job_version", "model_id", "step", "outcome"),
    Index("ix_tags_tagged_at", "tagged_at"),
)

label_spaces = Table(
    "label_spaces",
    metadata,
    Column("model_id", String(100), primary_key=True),
    Column("labels", JSON, nullable=False, comment="[[label, group], ...] in the order of tags.scores"),
)

outcome_answers = Table(
    "outcome_answers",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("respondent", String(64), nullable=False),
    Column("answered_at", Utc, nullable=False),
    Column("outcome", String(100), nullable=False),
    Column("importance", Float, nullable=False),
    Column("satisfaction", Float, nullable=False),
    Column(
        "scale",
        String(20),
        nullable=False,
        server_default="1-10",
        comment="how it was asked, and mapped: 1-10, 1-5-top-two or 1-5-linear",
    ),
    Column("weight", Float, nullable=False),
    Column("segment", JSON, nullable=False),
    Column("circumstance", JSON, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    UniqueConstraint("job_id", "respondent", "outcome", "answered_at"),
)

product_events = Table(
    "product_events",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("customer", String(64)),
    Column("at", Utc, nullable=False),
    Column("step", String(100), nullable=False),
    Column("type", String(40), nullable=False),
    Column("success", Boolean),
    Column("segment", JSON, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    UniqueConstraint("job_id", "event_id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("input_kind", String(40), nullable=False),
    Column("source", String(100), nullable=False),
    Column("job_id", String(100)),
    Column("path", Text, nullable=False),
    Column("line", Integer),
    Column("reason", String(60), nullable=False),
    Column("message", Text, nullable=False),
    Column("raw", Text, nullable=False, comment="redacted; cut where `truncated`"),
    Column("truncated", Boolean, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("resolved_at", Utc),
)

moments = Table(
    "moments",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("slice_key", String(64), nullable=False),
    Column("day", Date),
    Column("channel", String(100)),
    Column("segment", JSON, nullable=False),
    Column("circumstance", JSON, nullable=False),
    Column("digest", String(64), nullable=False, comment="hash of `sums`: an unchanged slice is not written again"),
    Column("sums", LargeBinary, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Index("ix_moments_job_model_slice", "job_id", "job_version", "model_id", "slice_key", "recorded_at"),
)

formulas = Table(
    "formulas",
    metadata,
    Column("job_id", String(100), primary_key=True),
    Column("version", String(60), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("by", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
)

published = Table(
    "published",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("formula", String(60), nullable=False),
    Column("start", Date),
    Column("end", Date),
    Column("digest", String(64), nullable=False, unique=True),
    Column("content", JSON, nullable=False),
    Column("as_of", Utc, nullable=False),
    Index("ix_published_job_as_of", "job_id", "as_of"),
)
