"""The table of whom refused input names, so that it is found when one of them is erased."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from store.columns import metadata

quarantine_people = Table(
    "quarantine_people",
    metadata,
    Column("quarantine_pk", ForeignKey("quarantine.pk", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(20), primary_key=True, comment="customer or contact"),
    Column("digest", String(64), primary_key=True, comment="keyed hash of an id that the input names"),
    Index("ix_quarantine_people_digest", "digest"),
)
