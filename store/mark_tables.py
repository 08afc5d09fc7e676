"""Tables that spare reading every row: up to where all was read, and how often rows went."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from store.columns import Key, metadata

read_marks = Table(
    "read_marks",
    metadata,
    Column("job_id", String(100), primary_key=True),
    Column("reader", String(200), primary_key=True, comment="job version and model, or version of the driver rules"),
    Column("upto", Key, nullable=False, comment="every contact of the job up to this row was read"),
    Column("removals", BigInteger, nullable=False, comment="the sum of removals.times for which that holds"),
)

removals = Table(
    "removals",
    metadata,
    Column("token", String(60), primary_key=True, comment="the transaction, on PostgreSQL; one row on SQLite"),
    Column("times", Integer, nullable=False, comment="written by triggers, whoever deletes contacts or tags"),
)
