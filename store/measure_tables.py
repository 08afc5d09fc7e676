"""What a measurement leaves behind: how far it had read, who it thought would answer, replicates of its sums."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from store.columns import Key, Utc, metadata

measurements = Table(
    "measurements",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("number", Integer, nullable=False, comment="1, 2, ...: of two that run at once only one can be the next"),
    Column("as_of", Utc, nullable=False, comment="the moment that windows were closed at"),
    Column("content", JSON, nullable=False, comment="how far contacts and tags were read, and the reviews used"),
    Column("recorded_at", Utc, nullable=False),
    UniqueConstraint("job_id", "job_version", "model_id", "number"),
)

response_models = Table(
    "response_models",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("period", String(20), nullable=False, comment="a calendar month, or `undated`"),
    Column("version", String(20), nullable=False),
    Column("content", JSON, nullable=False, comment="coefficients of the propensity to answer"),
    Column("final", Integer, nullable=False, comment="1: fitted after the period had ended"),
    Column("recorded_at", Utc, nullable=False),
    Index("ix_response_models_job_period", "job_id", "job_version", "model_id", "period", "pk"),
)

replicates = Table(
    "replicates",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("week", Date, comment="its Monday; null: contacts without a date"),
    Column("sums", LargeBinary, nullable=False, comment="float32 bootstrap replicates of the week's linear sums"),
    Column("recorded_at", Utc, nullable=False),
    Index("ix_replicates_job_model_week", "job_id", "job_version", "model_id", "week", "pk"),
)
