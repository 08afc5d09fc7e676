"""What ran when, who is at work on what, and which files were read already."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint

from store.columns import Key, Utc, metadata

stage_runs = Table(
    "stage_runs",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("run_id", String(64), nullable=False),
    Column("stage", String(40), nullable=False),
    Column("job_id", String(100)),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("status", String(20), nullable=False),
    Column("counts", JSON, nullable=False),
    Column("process", String(200), comment="machine, process and its start, so that its death can be seen"),
    Column("beat_at", Utc, comment="when the run last said that it lives"),
    Index("ix_stage_runs_job_id_stage", "job_id", "stage"),
)

stage_leases = Table(
    "stage_leases",
    metadata,
    Column("name", String(200), primary_key=True, comment="stage:job"),
    Column("token", Integer, nullable=False, comment="one more with each holder"),
    Column("run_id", String(64), comment="null: nobody holds it"),
    Column("process", String(200)),
    Column("taken_at", Utc, nullable=False),
    Column("beat_at", Utc, nullable=False),
)

pulled_files = Table(
    "pulled_files",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("job_id", String(100), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("source", String(100), nullable=False),
    Column("path", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False, comment="size and time of the last change"),
    Column("counts", JSON, nullable=False),
    Column("pulled_at", Utc, nullable=False),
    UniqueConstraint("job_id", "kind", "source", "path", "fingerprint"),
)
