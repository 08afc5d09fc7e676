"""The tables of the audit log: rows that are only ever added, and where their chain ends."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from store.columns import Key, Utc, metadata

audit_events = Table(
    "audit_events",
    metadata,
    Column("number", Key, primary_key=True, autoincrement=False, comment="1, 2, 3 ... without a gap"),
    Column("at", Utc, nullable=False),
    Column("who", String(200), nullable=False),
    Column("action", String(60), nullable=False),
    Column("object", String(300), nullable=False, comment="kind/id; contacts by row number, which says nothing alone"),
    Column("detail", Text, nullable=False, comment="canonical JSON"),
    Column("previous", String(64), nullable=False, comment="hash of the row before"),
    Column("hash", String(64), nullable=False, unique=True),
    Index("ix_audit_events_at", "at"),
    Index("ix_audit_events_object", "object"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("pk", Integer, primary_key=True, autoincrement=False, comment="always 1"),
    Column("number", Key, nullable=False, comment="number of the last row"),
    Column("hash", String(64), nullable=False, comment="its hash"),
)
