"""Amazon Transcribe Call Analytics: one JSON document a call, named after its job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tagger.formats.contact_lens import transcript_record


def looks_like_transcribe(document: Mapping[str, Any]) -> bool:
    """True for the output of a call analytics job."""
    return "Transcript" in document and "JobName" in document and "ConversationCharacteristics" in document


def from_transcribe(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One contact record; the job's name is its id. Such files carry no date."""
    yield transcript_record(document, contact_id=document.get("JobName"), start=None)
