"""Batches of questions that an LLM's endpoint was given, and which contact waits for which answer; never a word."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, Integer, String, Table, UniqueConstraint

from store.columns import Key, Utc, metadata

llm_batches = Table(
    "llm_batches",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("name", String(40), nullable=False, unique=True, comment="ours: finds it at the endpoint after a crash"),
    Column("job_id", String(100), nullable=False, index=True),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("llm", String(300), nullable=False, comment="the LLM with its address"),
    Column("prompt", String(20), nullable=False),
    Column("samples", Integer, nullable=False),
    Column("state", String(20), nullable=False, comment="prepared, uploaded, started or ended"),
    Column("file_id", String(200)),
    Column("batch_id", String(200)),
    Column("day", Date, nullable=False, comment="whose budget pays for it (UTC)"),
    Column("requests", Integer, nullable=False),
    Column("most_usd", Float, comment="the most it may cost; null: the price is not known"),
    Column("usd", Float, comment="what it did cost"),
    Column("outcome", String(20), comment="the endpoint's word for how it ended, or lost"),
    Column("answered", Integer, comment="requests with an answer that was charged"),
    Column("created_at", Utc, nullable=False),
    Column("ended_at", Utc),
)

llm_batch_questions = Table(
    "llm_batch_questions",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("batch_pk", Key, ForeignKey("llm_batches.pk", ondelete="CASCADE"), nullable=False),
    Column("contact_pk", Key, ForeignKey("contacts.pk", ondelete="CASCADE"), nullable=False, index=True),
    Column("number", Integer, nullable=False, comment="of the question within the batch"),
    Column("text_hash", String(64), nullable=False),
    Column("key", String(64), nullable=False, comment="under which the votes are kept"),
    Column("candidates", JSON, nullable=False, comment="labels that an answer may have"),
    Column("had", Integer, nullable=False, comment="votes that were there before"),
    UniqueConstraint("batch_pk", "contact_pk"),
)
