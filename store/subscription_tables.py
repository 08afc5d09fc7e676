"""The tables of alert subscriptions: who is told, and what has to be sent to whom."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from store.columns import Key, Utc, metadata

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscription", String(40), primary_key=True, comment="hash of job, channel and address"),
    Column("job_id", String(100), nullable=False),
    Column("channel", String(20), nullable=False, comment="email, webhook or slack"),
    Column("address", Text, nullable=False, comment="never shown whole: a web address may be a secret"),
    Column("kinds", String(20), nullable=False, comment="all, figure or data"),
    Column("nonce", String(40), nullable=False, comment="goes into the key that signs what a webhook is sent"),
    Column("added_by", String(200), nullable=False),
    Column("added_at", Utc, nullable=False),
    Column("removed_by", String(200)),
    Column("removed_at", Utc),
    Index("ix_subscriptions_job_id", "job_id"),
)

alert_notices = Table(
    "alert_notices",
    metadata,
    Column("pk", Key, primary_key=True),
    Column("subscription", ForeignKey("subscriptions.subscription", ondelete="CASCADE"), nullable=False),
    Column("alert", ForeignKey("alerts.alert", ondelete="CASCADE"), nullable=False),
    Column("queued_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Utc, comment="when to try next; null: nothing more to do"),
    Column("claimed_until", Utc, comment="somebody is sending it now; past: they died"),
    Column("sent_at", Utc),
    Column("given_up_at", Utc),
    Column("failure", Text, comment="why the last attempt failed"),
    UniqueConstraint("subscription", "alert"),
    Index("ix_alert_notices_due_at", "due_at"),
)
