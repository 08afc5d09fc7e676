"""The tables of alerts: what was raised, everything said of it since, and when was looked."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from store.columns import Key, Utc, metadata

alerts = Table(
    "alerts",
    metadata,
    Column("alert", String(40), primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("kind", String(20), nullable=False, comment="figure or data"),
    Column("measure", String(40), nullable=False),
    Column("step", String(100), comment="null: the whole job"),
    Column("first", Date, nullable=False, comment="where the past begins that was left"),
    Column("since", Date, nullable=False, comment="first suspected day"),
    Column("at", Date, nullable=False, comment="the look that raised it"),
    Column("strength", Float, nullable=False, comment="the statistic over its limit"),
    Column("content", JSON, nullable=False, comment="verdict and figures when it was raised"),
    Column("raised_at", Utc, nullable=False),
    Index("ix_alerts_job_at", "job_id", "at"),
)

alert_events = Table(
    "alert_events",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("alert", ForeignKey("alerts.alert", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(20), nullable=False, comment="verdict, acknowledge, true, false or over"),
    Column("content", JSON, nullable=False, comment="a later verdict"),
    Column("by", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    UniqueConstraint("alert", "number"),
)

alert_looks = Table(
    "alert_looks",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("closed_to", Date, nullable=False, comment="the end of the last week that was looked at"),
    Column("series", Integer, nullable=False),
    Column("limit", Float, nullable=False),
    Column("looked_at", Utc, nullable=False),
    UniqueConstraint("job_id", "job_version", "model_id", "closed_to"),
)
