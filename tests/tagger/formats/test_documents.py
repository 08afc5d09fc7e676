"""Other people's formats: vCon, Contact Lens, Transcribe Call Analytics, Zendesk, WebVTT."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.formats.reading import Accepted, Rejected, read_contacts, read_line
from tagger.model import Contact

NOW = datetime(2026, 6, 1, tzinfo=UTC)

VCON: dict[str, Any] = {
    "vcon": "0.3.0",
    "uuid": "0190-a",
    "created_at": "2026-03-01T10:00:00Z",
    "subject": "Late parcel",
    "parties": [{"tel": "+15550001111", "name": "Jo", "role": "customer"}, {"name": "Sam", "role": "agent"}],
    "dialog": [
        {"type": "text", "start": "2026-03-01T09:01:00Z", "parties": [1, 0], "originator": 1, "body": "Let me look."},
        {"type": "text", "start": "2026-03-01T09:00:00Z", "parties": [0, 1], "body": "Where is my parcel?"},
        {"type": "transfer", "start": "2026-03-01T09:02:00Z"},
    ],
}
LENS: dict[str, Any] = {
    "Version": "1.1.0",
    "Channel": "VOICE",
    "LanguageCode": "en-US",
    "Participants": [
        {"ParticipantId": "p1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p2", "ParticipantRole": "CUSTOMER"},
    ],
    "CustomerMetadata": {"ContactId": "k-1", "InputS3Uri": "s3://b/2026/k-1_20260301T09:00_UTC.wav"},
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 60_000},
    "Categories": {"MatchedCategories": ["delivery"]},
    "Transcript": [
        {"ParticipantId": "p1", "Content": "How can I help?", "BeginOffsetMillis": 0},
        {"ParticipantId": "p2", "Content": "My parcel is late.", "BeginOffsetMillis": 4000},
    ],
}
CALL: dict[str, Any] = {
    "JobName": "call-7",
    "Channel": "VOICE",
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 60_000},
    "Transcript": [{"ParticipantRole": "CUSTOMER", "Content": "Hello", "BeginOffsetMillis": 10}],
}
TICKET: dict[str, Any] = {
    "id": 35436,
    "subject": "Refund",
    "description": "Where is my refund?",
    "status": "solved",
    "priority": "high",
    "created_at": "2026-03-01T09:00:00Z",
    "updated_at": "2026-03-02T09:00:00Z",
    "requester_id": 11,
    "via": {"channel": "email"},
    "satisfaction_rating": {"score": "good"},
    "comments": [
        {"author_id": 11, "body": "Where is my refund?", "public": True, "created_at": "2026-03-01T09:00:00Z"},
        {"author_id": 22, "body": "Ask Tom about him", "public": False},
        {"author_id": 22, "body": "It left today.", "public": True},
    ],
}


def contacts(path: Path) -> list[Contact]:
    reads = list(read_contacts(path, now=NOW))
    assert all(isinstance(item, Accepted) for item in reads), reads
    return [item.contact for item in reads if isinstance(item, Accepted)]


def one(document: dict[str, Any], folder: Path) -> Contact:
    path = folder / "document.json"
    path.write_text(json.dumps(document, indent=1))
    (contact,) = contacts(path)
    return contact


def said(contact: Contact) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in contact.turns]


def test_a_vcon_of_text_messages_is_put_in_order_of_time(tmp_path: Path) -> None:
    contact = one(VCON, tmp_path)
    assert said(contact) == [("customer", "Where is my parcel?"), ("agent", "Let me look.")]
    assert (contact.id, contact.customer_id, contact.channel, contact.transfers) == (
        "0190-a",
        "+15550001111",
        "chat",
        1,
    )
    assert contact.started_at == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_a_recorded_vcon_is_read_from_its_transcript(tmp_path: Path) -> None:
    body = [{"speaker": 0, "text": "Hello"}, {"speaker": "agent", "message": "Hi"}]
    document = {
        **VCON,
        "dialog": [{"type": "recording", "start": "2026-03-01T09:00:00Z", "parties": [0, 1]}],
        "analysis": [{"type": "summary", "body": "short"}, {"type": "transcript", "body": json.dumps(body)}],
    }
    contact = one(document, tmp_path)
    assert said(contact) == [("customer", "Hello"), ("agent", "Hi")]
    assert contact.channel == "voice"


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"payload": "x", "signatures": []}, "sealed-vcon"),
        ({**VCON, "dialog": []}, "missing-turns"),
        ({**VCON, "dialog": "none"}, "wrong-type"),
        ({**VCON, "dialog": [{"type": "text", "originator": 5, "body": "x"}]}, "unknown-speaker"),
        ({**LENS, "Transcript": [{"ParticipantId": "p9", "Content": "x"}]}, "unknown-speaker"),
        ({**TICKET, "comments": 5}, "wrong-type"),
    ],
)
def test_a_document_that_cannot_be_used_is_refused_by_name(document: dict[str, Any], kind: str) -> None:
    (item,) = read_line(json.dumps(document), now=NOW)
    assert isinstance(item, Rejected)
    assert item.kind == kind


def test_contact_lens_gives_roles_times_and_categories(tmp_path: Path) -> None:
    contact = one(LENS, tmp_path)
    assert said(contact) == [("agent", "How can I help?"), ("customer", "My parcel is late.")]
    assert (contact.id, contact.channel, contact.extra["categories"]) == ("k-1", "voice", ["delivery"])
    assert contact.turns[1].at == datetime(2026, 3, 1, 9, 0, 4, tzinfo=UTC)
    assert contact.ended_at == datetime(2026, 3, 1, 9, 1, tzinfo=UTC)


def test_a_contact_lens_chat_has_absolute_times_and_events_without_text(tmp_path: Path) -> None:
    items = [
        {"ParticipantId": "p2", "Type": "EVENT", "AbsoluteTime": "2026-03-01T09:00:00Z"},
        {"ParticipantId": "p2", "Content": "Hi", "AbsoluteTime": "2026-03-01T09:00:05Z"},
    ]
    contact = one({**LENS, "Channel": "CHAT", "CustomerMetadata": {"ContactId": "k-2"}, "Transcript": items}, tmp_path)
    assert said(contact) == [("customer", "Hi")]
    assert contact.started_at == datetime(2026, 3, 1, 9, 0, 5, tzinfo=UTC)


def test_call_analytics_has_a_name_and_no_date(tmp_path: Path) -> None:
    contact = one(CALL, tmp_path)
    assert (contact.id, contact.started_at, said(contact)) == ("call-7", None, [("customer", "Hello")])


def test_a_zendesk_ticket_leaves_out_what_colleagues_wrote_to_each_other(tmp_path: Path) -> None:
    contact = one(TICKET, tmp_path)
    assert said(contact) == [("customer", "Where is my refund?"), ("agent", "It left today.")]
    assert (contact.id, contact.customer_id, contact.channel) == ("35436", "11", "email")
    assert contact.ended_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert contact.survey is None
    assert contact.extra["satisfaction_rating"] == "good"


def test_a_page_of_tickets_and_an_export_by_lines_give_one_contact_each(tmp_path: Path) -> None:
    other = {**TICKET, "id": 2, "comments": []}
    page = tmp_path / "page.json"
    page.write_text(json.dumps({"tickets": [TICKET, other], "count": 2}))
    export = tmp_path / "export.json"
    export.write_text(json.dumps(TICKET) + "\n" + json.dumps(other) + "\n")
    assert [contact.id for contact in contacts(page)] == [contact.id for contact in contacts(export)] == ["35436", "2"]


def test_webvtt_joins_captions_of_one_speaker(tmp_path: Path) -> None:
    path = tmp_path / "call-12.vtt"
    path.write_text(
        "WEBVTT\n\nNOTE made by hand\n\n1\n00:00:00.000 --> 00:00:02.000\n<v Agent 2>How can I help?</v>\n\n"
        "00:00:02.000 --> 00:00:04.000\n<v Customer>My <i>parcel</i>\n\n00:04.000 --> 00:06.000\nis late &amp; wet\n\n"
        "00:06.000 --> 00:07.000\nAgent: Sorry: truly.\n"
    )
    (contact,) = contacts(path)
    assert contact.id == "call-12"
    assert said(contact) == [
        ("agent", "How can I help?"),
        ("customer", "My parcel is late & wet"),
        ("agent", "Sorry: truly."),
    ]


def test_a_file_that_only_claims_to_be_webvtt_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "call.vtt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n")
    (item,) = read_contacts(path, now=NOW)
    assert isinstance(item, Rejected)
    assert item.kind == "bad-webvtt"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=6,
)
PLACES = [(document, key) for document in (VCON, LENS, CALL, TICKET) for key in document]


@given(st.sampled_from(PLACES), VALUES)
def test_a_document_with_anything_in_a_field_is_read_or_refused(place: tuple[dict[str, Any], str], value: Any) -> None:
    document, key = place
    for item in read_line(json.dumps({**document, key: value}), now=NOW):
        assert isinstance(item, Accepted | Rejected)


@given(st.sampled_from(("dialog", "parties", "analysis", "Transcript", "Participants", "comments", "users")), VALUES)
def test_a_list_of_anything_inside_a_document_is_read_or_refused(key: str, value: Any) -> None:
    inner = {
        "type": "text",
        "body": value,
        "Content": value,
        "originator": value,
        "author_id": value,
        "id": value,
        "ParticipantId": value,
    }
    for document in (VCON, LENS, TICKET):
        for item in read_line(json.dumps({**document, key: [inner, value]}), now=NOW):
            assert isinstance(item, Accepted | Rejected)
