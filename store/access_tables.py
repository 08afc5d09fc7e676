"""The tables of access: keys, stored hashed, and logins that ended before their time."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, String, Table

from store.columns import Utc, metadata

access_keys = Table(
    "access_keys",
    metadata,
    Column("key_id", String(20), primary_key=True, comment="first part of the key; no secret"),
    Column("name", String(100), nullable=False, comment="who or what uses it; stands in the audit log"),
    Column("role", String(20), nullable=False),
    Column("jobs", JSON, comment="ids of the only jobs it is for; null: all"),
    Column("hash", String(200), nullable=False, comment="argon2id of the secret part"),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", Utc, comment="null: never"),
    Column("revoked_at", Utc),
    Column("replaces", String(20), comment="the key that it was rotated from"),
    Column("used_on", Date, comment="the last day (UTC) on which it was used"),
)

login_ends = Table(
    "login_ends",
    metadata,
    Column("what", String(20), primary_key=True, comment="session, name or state"),
    Column("value", String(200), primary_key=True, comment="which: all logins of a name, or one login by its id"),
    Column("at", Utc, nullable=False, comment="logins made before this moment are over"),
    Column("keep_until", Utc, nullable=False, comment="when the login would have been over anyway"),
)
