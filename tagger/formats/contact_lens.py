"""Amazon Connect Contact Lens: analysed calls and chats, one JSON document a contact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tagger.formats.foreign import at_offset, known, objects, part, speaker_of

_START_IN_NAME = re.compile(r"_(\d{8}T\d{2}:\d{2})_UTC")


def looks_like_contact_lens(document: Mapping[str, Any]) -> bool:
    """True where a transcript comes with Connect's contact id."""
    return "Transcript" in document and "ContactId" in part(document.get("CustomerMetadata"))


def from_contact_lens(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One contact record. A call's start is read from its recording's name, where Connect writes it."""
    metadata = part(document.get("CustomerMetadata"))
    yield transcript_record(document, contact_id=metadata.get("ContactId"), start=_recording_start(metadata))


def transcript_record(document: Mapping[str, Any], *, contact_id: Any, start: str | None) -> dict[str, Any]:
    """The record that Contact Lens and Transcribe Call Analytics share; `start` is ISO 8601 where known."""
    roles = {
        str(item.get("ParticipantId")): item.get("ParticipantRole")
        for item in objects(document.get("Participants"), "Participants")
    }
    items = [item for item in objects(document.get("Transcript"), "Transcript") if item.get("Content") is not None]
    turns = [_turn(item, roles, start) for item in items]
    times = [turn["at"] for turn in turns if turn.get("at")]
    length = part(document.get("ConversationCharacteristics")).get("TotalConversationDurationMillis")
    channel = document.get("Channel")
    return known(
        {
            "id": contact_id,
            "channel": channel.lower() if isinstance(channel, str) else None,
            "started_at": start or (times[0] if times else None),
            "ended_at": at_offset(start, length) or (times[-1] if times else None),
            "language": document.get("LanguageCode"),
            "categories": part(document.get("Categories")).get("MatchedCategories"),
            "turns": turns,
        }
    )


def _turn(item: Mapping[str, Any], roles: Mapping[str, Any], start: str | None) -> dict[str, Any]:
    participant = item.get("ParticipantId")
    role = item.get("ParticipantRole") or roles.get(str(participant)) or participant
    at = item.get("AbsoluteTime") or at_offset(start, item.get("BeginOffsetMillis"))
    return known({"speaker": speaker_of(role), "at": at}) | {"text": item.get("Content")}


def _recording_start(metadata: Mapping[str, Any]) -> str | None:
    match = _START_IN_NAME.search(str(metadata.get("InputS3Uri", "")))
    return match[1] if match else None
