"""The table of originals: contacts as they came in, encrypted, where this is switched on."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from store.columns import Utc, metadata

originals = Table(
    "originals",
    metadata,
    # with its transcript an original goes too, whoever removes it: erasure, retention or the contact's end
    Column("contact_pk", ForeignKey("transcripts.contact_pk", ondelete="CASCADE"), primary_key=True),
    Column("key_id", String(40), nullable=False, comment="which key it is encrypted with"),
    Column("nonce", LargeBinary, nullable=False, comment="12 bytes, never used twice with one key"),
    Column("sealed", LargeBinary, nullable=False, comment="AES-256-GCM of JSON; bound to source and id of the contact"),
    Column("kept_at", Utc, nullable=False),
    Index("ix_originals_key_id", "key_id"),
)
