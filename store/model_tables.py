"""Which model the figures come from, and what each model learned from reviews."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, String, Table

from store.columns import Key, Utc, metadata

models_in_force = Table(
    "models_in_force",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("job_version", String(60), nullable=False),
    Column("model_id", String(100), nullable=False),
    Column("recorded_at", Utc, nullable=False, comment="from now on figures come from this model's tags"),
    Index("ix_models_in_force_job", "job_id", "pk"),
)

learned_models = Table(
    "learned_models",
    metadata,
    Column("model_id", String(100), primary_key=True),
    Column("until", Utc, nullable=False, comment="decisions recorded later taught it nothing"),
    Column("share", Float, nullable=False, comment="share h of customers whose reviews it never learned from"),
)
