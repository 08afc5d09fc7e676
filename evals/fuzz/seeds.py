"""One honest record of every format that Headway reads: what mutations start from."""

from __future__ import annotations

import json
from typing import Any

CONTACT: dict[str, Any] = {
    "id": "c-1",
    "customer_id": "k-1",
    "channel": "chat",
    "started_at": "2026-02-01T10:00:00Z",
    "ended_at": "2026-02-01T10:09:00Z",
    "turns": [
        {"speaker": "customer", "text": "where is my order", "at": "2026-02-01T10:00:00Z"},
        {"speaker": "agent", "text": "one moment"},
    ],
    "segment": {"tier": "gold"},
    "circumstance": {"device": "phone"},
    "transfers": 1,
    "cost": 2.5,
    "abandoned": False,
    "survey": {"effort": 5, "resolved": True, "answered_at": "2026-02-02T08:00:00Z", "scale": "ces2-7"},
    "labels": {"step": "find-item", "outcome": "judge-item"},
    "queue": {"name": "first line", "numbers": [1, 2.5]},
}

VCON: dict[str, Any] = {
    "vcon": "0.0.1",
    "uuid": "018e-1",
    "created_at": "2026-02-01T10:00:00Z",
    "subject": "order",
    "parties": [{"tel": "+4915112345678", "role": "customer"}, {"mailto": "a@example.org", "role": "agent"}],
    "dialog": [
        {
            "type": "text",
            "start": "2026-02-01T10:00:00Z",
            "parties": [0, 1],
            "originator": 0,
            "body": "where is my order",
        },
        {"type": "transfer", "start": "2026-02-01T10:05:00Z", "parties": [1]},
    ],
    "analysis": [{"type": "transcript", "dialog": 0, "body": {"segments": [{"party": 0, "text": "where is it"}]}}],
}

CONTACT_LENS: dict[str, Any] = {
    "Channel": "VOICE",
    "LanguageCode": "en-US",
    "CustomerMetadata": {"ContactId": "l-1", "InputS3Uri": "s3://b/x_20260201T10:00_UTC.wav"},
    "Participants": [
        {"ParticipantId": "p1", "ParticipantRole": "CUSTOMER"},
        {"ParticipantId": "p2", "ParticipantRole": "AGENT"},
    ],
    "Transcript": [
        {"ParticipantId": "p1", "BeginOffsetMillis": 10, "Content": "where is my order"},
        {"ParticipantId": "p2", "Content": "hm"},
    ],
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 60000},
    "Categories": {"MatchedCategories": ["late"]},
}

TRANSCRIBE: dict[str, Any] = {
    "JobName": "t-1",
    "Participants": CONTACT_LENS["Participants"],
    "Transcript": CONTACT_LENS["Transcript"],
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 60000},
    "LanguageCode": "en-US",
}

ZENDESK: dict[str, Any] = {
    "id": 7,
    "subject": "order",
    "description": "where is it",
    "status": "solved",
    "created_at": "2026-02-01T10:00:00Z",
    "priority": "high",
    "updated_at": "2026-02-02T10:00:00Z",
    "requester_id": 11,
    "via": {"channel": "email"},
    "satisfaction_rating": {"score": "good"},
    "tags": ["a"],
    "comments": [
        {"author_id": 11, "body": "where is it", "public": True},
        {"author_id": 12, "plain_body": "here", "created_at": "2026-02-01T11:00:00Z"},
    ],
    "requester": {"id": 11, "name": "J"},
    "type": "question",
}

WEBVTT = """WEBVTT

1
00:00:01.000 --> 00:00:03.000
<v Customer>Where is <b>my</b> order?

2
00:00:03.500 --> 00:00:05.000 align:start
<v.loud Agent 2>One moment &amp; thanks.

Customer: fine
"""

ANSWER: dict[str, Any] = {
    "respondent_id": "r-1",
    "answered_at": "2026-02-01",
    "outcome": "judge-item",
    "importance": 9,
    "satisfaction": 4,
    "weight": 1.0,
    "segment": {"tier": "gold"},
    "scale": "1-10",
}

EVENT: dict[str, Any] = {
    "event_id": "e-1",
    "customer_id": "k-1",
    "at": "2026-02-01T10:00:00Z",
    "step": "find-item",
    "type": "start",
    "success": True,
    "segment": {"tier": "gold"},
}

DECISION: dict[str, Any] = {
    "item": "i-1",
    "contact_id": "c-1",
    "pi": 0.25,
    "drawn": True,
    "decision": {
        "step": "find-item",
        "outcome": "judge-item",
        "secondary": ["learn-terms"],
        "by": "ana",
        "at": "2026-02-01T10:00:00Z",
        "seconds": 9.5,
        "suggestion_hidden": False,
    },
}

_SAID = {"step": "find-item", "outcome": "judge-item", "secondary": [], "by": "ana", "at": "2026-02-01T10:00:00+00:00"}

LABEL_STUDIO: dict[str, Any] = {
    "id": 1,
    "data": {"item": "i-1", "contact_id": "c-1", "pi": 0.25, "answers": [_SAID], "suggestion_hidden": True},
    "annotations": [
        {
            "id": 3,
            "completed_by": {"id": 1, "email": "ana@example.org"},
            "was_cancelled": False,
            "created_at": "2026-02-01T10:00:00Z",
            "lead_time": 9.5,
            "result": [
                {"id": "x-0", "from_name": "step", "type": "choices", "value": {"choices": ["find-item"]}},
                {"id": "x-1", "from_name": "outcome-find-item", "value": {"choices": ["judge-item"]}},
            ],
        }
    ],
}

ARGILLA: dict[str, Any] = {
    "id": "i-1",
    "metadata": {"contact_id": "c-1", "pi": 0.25, "answers": json.dumps([_SAID])},
    "status": "completed",
    "responses": {
        "step": [{"value": "find-item", "user_id": "u1"}],
        "secondary": [{"value": ["learn-terms"], "user_id": "u1"}],
    },
}

JOB = """id: fuzz-job
version: 1
statement: Get what was ordered
steps:
  - id: find-item
    stage: locate
    name: Locate the parcel
    outcomes:
      - {id: judge-item, statement: Minimize the time it takes to know when the order arrives}
  - {id: learn-terms, stage: conclude, name: Pay}
"""
