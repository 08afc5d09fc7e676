"""The table of effort drivers: what made each contact hard work, once per job, as the rules of one version found it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table

from store.columns import Utc, metadata

contact_drivers = Table(
    "contact_drivers",
    metadata,
    Column("job_id", String(100), primary_key=True),
    Column("contact_pk", ForeignKey("contacts.pk", ondelete="CASCADE"), primary_key=True),
    Column(
        "reader", String(40), nullable=False, comment="version of the rules and the job's window; others are redone"
    ),
    Column("drivers", String(200), nullable=False, comment="their ids in order, joined by commas; empty: none"),
    Column(
        "found", JSON, nullable=False, comment="[[driver, source, turn, start, end], ...], no place where data say it"
    ),
    Column("read_at", Utc, nullable=False),
    Index("ix_contact_drivers_contact", "contact_pk"),
)
