"""The tables around the review queue: how much a day, known answers, bulk answers, checks of the promise."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from store.columns import Key, Utc, metadata

review_budgets = Table(
    "review_budgets",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False, index=True),
    Column("per_day", Integer, comment="reviews a day; null: as many as there are"),
    Column("drawn_share", Float, nullable=False, comment="share of a day that goes to drawn items first"),
    Column("by", String(200), nullable=False),
    Column("recorded_at", Utc, nullable=False),
)

review_gold = Table(
    "review_gold",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("contact_pk", ForeignKey("contacts.pk", ondelete="CASCADE"), nullable=False),
    Column("step", String(100), comment="null: fits no step"),
    Column("outcome", String(100)),
    Column("by", String(200), nullable=False),
    Column("note", Text),
    Column("withdrawn", Boolean, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Index("ix_review_gold_job_contact", "job_id", "contact_pk"),
)

review_bulks = Table(
    "review_bulks",
    metadata,
    Column("bulk", String(24), primary_key=True),
    Column("job_id", String(100), nullable=False, index=True),
    Column("filter", JSON, nullable=False),
    Column("step", String(100), comment="null: fits no step"),
    Column("outcome", String(100)),
    Column("by", String(200), nullable=False),
    Column("recorded_at", Utc, nullable=False),
)

review_bulk_items = Table(
    "review_bulk_items",
    metadata,
    Column("bulk", ForeignKey("review_bulks.bulk", ondelete="CASCADE"), primary_key=True),
    Column("item", ForeignKey("review_items.item", ondelete="CASCADE"), primary_key=True, index=True),
    Column("checked", Boolean, nullable=False, comment="chosen by chance for a blind check by another analyst"),
)

promise_checks = Table(
    "promise_checks",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("week", String(10), nullable=False, comment="Monday of the week in which it was checked"),
    Column("checked", Integer, nullable=False, comment="kept tags of the uniform part that were reviewed"),
    Column("wrong", Integer, nullable=False),
    Column("max_error", Float, nullable=False),
    Column("state", String(20), nullable=False, comment="holds, breach or unknown"),
    Column("floor", Float, comment="confidence under which tags are put aside from now on; null: no change"),
    Column("recorded_at", Utc, nullable=False),
    Index("ix_promise_checks_job_model", "job_id", "model_id"),
)
