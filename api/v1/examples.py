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
BODIES: Mapping[str, Mapping[str, Any]] = {
    "/v1/jobs/{job}/alerts/{alert}": {"by": "ann", "said": "true", "note": "the carrier's strike"},
    "/v1/jobs/{job}/annotations": {"at": "2026-09-01T08:00:00Z", "text": "tracking page rebuilt", "by": "ann"},
    "/v1/jobs/{job}/annotations/{annotation}": {"by": "ann", "text": "tracking page rebuilt, for half of the visitors"},
    "/v1/erasures": {"customer_id": "u-9"},
    "/v1/jobs/{job}/experiments": {
        "id": "tracking-map",
        "title": "Map on tracking",
        "step": "track-delivery",
        "arms": [{"name": "old", "weight": 1}, {"name": "map", "weight": 1}],
        "start": "2026-09-01",
        "by": "field",
        "segment": "variant",
    },
    "/v1/jobs/{job}/experiments/{experiment}/finish": {"end": "2026-10-01", "note": "map kept"},
    "/v1/review/claim": {"n": 5, "by": "ann"},
    "/v1/review/ask": {"contacts": ["c-1"], "by": "ann", "why": "a complaint of the regulator"},
    "/v1/review/{item}/decision": {"by": "ann", "step": "track-delivery", "outcome": "know-arrival"},
    "/v1/review/{item}/skip": {"by": "ann", "note": "another language"},
    "/v1/review/{item}/undo": {"by": "ann"},
    "/v1/jobs/{job}/subscriptions": {"channel": "email", "address": "ann@example.com", "kinds": "all"},
}
"""What is sent to operations that take one object, by path."""


def as_lines(*records: Mapping[str, Any]) -> str:
    """Records as NDJSON."""
    return "".join(json.dumps(record) + "\n" for record in records)
