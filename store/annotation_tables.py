"""The table of annotations: events only, the newest of each annotation is what holds."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from store.columns import Key, Utc, metadata

annotation_events = Table(
    "annotation_events",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("annotation", String(80), nullable=False),
    Column("number", Integer, nullable=False, comment="0 added, then one more for each edit"),
    Column("kind", String(20), nullable=False),
    Column("at", Utc, nullable=False, comment="when it took effect"),
    Column("step", String(100), comment="null: the whole job"),
    Column("text", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("by", String(200), nullable=False),
    Column("recorded_at", Utc, nullable=False),
    UniqueConstraint("job_id", "annotation", "number"),
    Index("ix_annotation_events_job_recorded", "job_id", "recorded_at"),
)
