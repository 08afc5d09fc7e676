"""The tables of review: draws, items, decisions, who holds what just now, and everything that ever happened."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from store.columns import Key, Utc, metadata

review_draws = Table(
    "review_draws",
    metadata,
    Column("policy", String(60), primary_key=True, comment="hash of job, model, budget, tau and population"),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("budget", Integer, nullable=False),
    Column("tau", Float, nullable=False),
    Column("population", Integer, nullable=False),
    Column("drawn_at", Utc, nullable=False),
)

review_probabilities = Table(
    "review_probabilities",
    metadata,
    Column("job_id", String(100), primary_key=True),
    Column("contact_pk", ForeignKey("contacts.pk", ondelete="CASCADE"), primary_key=True),
    Column("pi", Float, nullable=False, comment="largest drawing probability so far; later draws only raise it"),
    Column("policy", String(60), nullable=False),
)

review_items = Table(
    "review_items",
    metadata,
    Column("item", String(64), primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("contact_pk", ForeignKey("contacts.pk", ondelete="CASCADE"), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("drawn", Boolean, nullable=False),
    Column("u", Float),
    Column("pi", Float),
    Column("policy", String(60)),
    Column("suggested", JSON),
    Column("created_at", Utc, nullable=False),
    Column("waits_for", String(20), nullable=False, server_default="first", comment="first, second, adjudicated, done"),
    Column("place", Float, nullable=False, server_default="0", comment="order of work: u / pi, else a hash"),
    UniqueConstraint("job_id", "contact_pk", "reason"),
    Index("ix_review_items_job_waits", "job_id", "waits_for"),
    Index("ix_review_items_work", "job_id", "waits_for", "reason", "place", "item"),
)

review_decisions = Table(
    "review_decisions",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("item", ForeignKey("review_items.item", ondelete="CASCADE"), nullable=False, index=True),
    Column("step", String(100), comment="null: fits no step"),
    Column("outcome", String(100)),
    Column("secondary", JSON, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Utc, nullable=False),
    Column("seconds", Float),
    Column("suggestion_hidden", Boolean, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Column("read", String(20), nullable=False, server_default="first", comment="first, second or adjudicated"),
    UniqueConstraint("item", "by", "at"),
    Index("ix_review_decisions_recorded", "recorded_at"),
    Index("ix_review_decisions_by", "by"),
    Index("ix_review_decisions_step", "step"),
)

review_leases = Table(
    "review_leases",
    metadata,
    Column("item", ForeignKey("review_items.item", ondelete="CASCADE"), primary_key=True),
    Column("by", String(200), nullable=False, index=True),
    Column("previous", String(200), comment="who held it before, until the lease ran out"),
    Column("taken_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

review_events = Table(
    "review_events",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("item", ForeignKey("review_items.item", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False, comment="decide, undo, skip or flag"),
    Column("by", String(200), nullable=False),
    Column("decision", Key, comment="review_decisions.pk that was made or undone"),
    Column("read", String(20), comment="first, second or adjudicated"),
    Column("seconds", Float),
    Column("suggestion_hidden", Boolean),
    Column("before", JSON),
    Column("after", JSON),
    Column("note", Text),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Index("ix_review_events_decision", "decision"),
)
