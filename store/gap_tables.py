"""The tables of taxonomy gaps: groups of contacts that fit no step, and what people propose for them, as events."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from store.columns import Key, Utc, metadata

gap_runs = Table(
    "gap_runs",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("encoder", String(200), nullable=False),
    Column("decided", Integer, nullable=False, comment="contacts that an analyst said fit no step"),
    Column("novel", Integer, nullable=False, comment="others that the model finds strange, or fitting no step"),
    Column("alone", Integer, nullable=False, comment="of both, those in no group"),
    Column("made_at", Utc, nullable=False),
    Index("ix_gap_runs_job_made", "job_id", "made_at"),
)

gap_clusters = Table(
    "gap_clusters",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("run", ForeignKey("gap_runs.pk", ondelete="CASCADE"), nullable=False),
    Column("gap", String(20), nullable=False, comment="the name that a group keeps from run to run"),
    Column("terms", JSON, nullable=False),
    Column("size", Integer, nullable=False),
    Column("decided", Integer, nullable=False),
    Column("share", JSON, nullable=False, comment="an estimate: its share of all contacts"),
    Column("first_at", Utc),
    Column("last_at", Utc),
    Column("centre", LargeBinary, nullable=False, comment="float32, length 1"),
    UniqueConstraint("run", "gap"),
)

gap_members = Table(
    "gap_members",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("cluster", ForeignKey("gap_clusters.pk", ondelete="CASCADE"), nullable=False),
    Column("contact_pk", ForeignKey("contacts.pk", ondelete="CASCADE"), nullable=False, index=True),
    Column("place", Integer, nullable=False, comment="0: nearest to the centre"),
    Column("turn", Integer, nullable=False, comment="number of the customer's most telling turn"),
    UniqueConstraint("cluster", "contact_pk"),
)

gap_proposals = Table(
    "gap_proposals",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("proposal", String(20), nullable=False),
    Column("number", Integer, nullable=False, comment="0 proposed, 1 approved or rejected"),
    Column("kind", String(20), nullable=False, comment="proposed, approved or rejected"),
    Column("content", JSON, nullable=False, comment="the outcome, or the new version with its diff"),
    Column("by", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    UniqueConstraint("job_id", "proposal", "number"),
)
