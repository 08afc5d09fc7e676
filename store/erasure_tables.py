"""The tables of erasure: receipts without a person in them, and keys of what may not come back."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, String, Table

from store.columns import Key, Utc, metadata

erasures = Table(
    "erasures",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("receipt", String(32), nullable=False, unique=True, comment="random; names nobody"),
    Column("scope", String(20), nullable=False, comment="customer, contact or retention"),
    Column("by", String(200), nullable=False, comment="who asked for it"),
    Column("asked_at", Utc, nullable=False),
    Column("work", JSON, comment="rows still to erase; null as soon as it is done"),
    Column("counts", JSON, nullable=False, comment="how much was removed, by kind"),
    Column("finished_at", Utc),
)

erased_keys = Table(
    "erased_keys",
    metadata,
    Column("digest", String(64), primary_key=True, comment="keyed hash of what was erased: it is refused from now on"),
    Column("kind", String(20), nullable=False, comment="contact, answer or event"),
    Column("erased_at", Utc, nullable=False),
)

frozen_figures = Table(
    "frozen_figures",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("before", Date, nullable=False, comment="a Monday: figures of earlier days are never folded again"),
    Column("recorded_at", Utc, nullable=False),
)
