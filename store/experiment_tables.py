"""The table of experiments: events only, registered and finished."""

from __future__ import annotations

from sqlalchemy import JSON, Column, String, Table, UniqueConstraint

from store.columns import Key, Utc, metadata

experiment_events = Table(
    "experiment_events",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("experiment", String(80), nullable=False),
    Column("kind", String(20), nullable=False, comment="registered or finished"),
    Column("content", JSON, nullable=False),
    Column("by", String(200), nullable=False),
    Column("recorded_at", Utc, nullable=False),
    UniqueConstraint("job_id", "experiment", "kind"),
)
