"""What the documentation shows as requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

CONTACT: Mapping[str, Any] = {
    "id": "c-1",
    "customer_id": "u-9",
    "channel": "chat",
    "started_at": "2026-03-01T09:00:00Z",
    "ended_at": "2026-03-01T09:11:30Z",
    "segment": {"tier": "gold"},
    "circumstance": {"urgency": "high"},
    "transfers": 1,
    "cost": 4.2,
    "survey": {"effort": 5, "resolved": True, "answered_at": "2026-03-01T10:00:00Z"},
    "turns": [
        {"speaker": "customer", "text": "Hi, the tracking page says delivered but nothing came."},
        {"speaker": "agent", "text": "I will look at once."},
    ],
}
ANSWER: Mapping[str, Any] = {
    "respondent_id": "p-17",
    "answered_at": "2026-03-02T12:00:00Z",
    "outcome": "know-arrival",
    "importance": 9,
    "satisfaction": 4,
    "segment": {"tier": "gold"},
}
EVENT: Mapping[str, Any] = {
    "event_id": "e-1001",
    "customer_id": "u-9",
    "at": "2026-03-01T08:55:00Z",
    "step": "track-delivery",
    "type": "complete",
    "success": True,
}
DECISION: Mapping[str, Any] = {
    "contact_id": "c-1",
    "decision": {"step": "track-delivery", "outcome": "know-arrival", "by": "ann", "at": "2026-03-03T09:00:00Z"},
}


def as_lines(*records: Mapping[str, Any]) -> str:
    """Records as NDJSON."""
    return "".join(json.dumps(record) + "\n" for record in records)
