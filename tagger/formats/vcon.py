"""vCon, the IETF's container for conversations: text dialogs, or else a transcript among its analyses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tagger.formats.foreign import known, objects, part, speaker_of
from tagger.formats.problems import ContactError

_CUSTOMER_IDS = ("uuid", "tel", "mailto", "sip")
_CHANNELS = {"recording": "voice", "text": "chat"}


def looks_like_vcon(document: Mapping[str, Any]) -> bool:
    """True for an open vCon; also for signed and encrypted ones, which are then refused by name."""
    return ("vcon" in document and ("dialog" in document or "parties" in document)) or _sealed(document)


def from_vcon(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One contact record. A party without a role is the customer if it comes first, else an agent."""
    if _sealed(document):
        raise ContactError("sealed-vcon", "the vCon is signed or encrypted; unpack it first")
    parties = objects(document.get("parties"), "parties")
    dialogs = objects(document.get("dialog"), "dialog")
    spoken = [dialog for dialog in dialogs if dialog.get("type") != "transfer"]
    speakers = [speaker_of(party.get("role") or ("agent" if i else "customer")) for i, party in enumerate(parties)]
    turns = _typed(spoken, speakers) or _transcribed(document, speakers)
    started = min(
        (str(dialog["start"]) for dialog in spoken if dialog.get("start")), default=document.get("created_at")
    )
    yield known(
        {
            "id": document.get("uuid"),
            "customer_id": _customer(parties, speakers),
            "channel": next((_CHANNELS[str(d.get("type"))] for d in spoken if str(d.get("type")) in _CHANNELS), None),
            "started_at": started,
            "transfers": sum(dialog.get("type") == "transfer" for dialog in dialogs),
            "subject": document.get("subject"),
            "turns": turns,
        }
    )


def _sealed(document: Mapping[str, Any]) -> bool:
    return ("payload" in document and "signatures" in document) or (
        "ciphertext" in document and "recipients" in document
    )


def _typed(dialogs: Sequence[Mapping[str, Any]], speakers: list[str]) -> list[dict[str, Any]]:
    texts = [dialog for dialog in dialogs if dialog.get("type") == "text" and isinstance(dialog.get("body"), str)]
    texts.sort(key=lambda dialog: str(dialog.get("start") or ""))  # the standard does not promise an order
    return [
        known({"speaker": _speaker(_originator(d), speakers), "at": d.get("start")}) | {"text": d["body"]}
        for d in texts
    ]


def _originator(dialog: Mapping[str, Any]) -> Any:
    if dialog.get("originator") is not None:
        return dialog["originator"]
    parties = dialog.get("parties")
    first = parties[0] if isinstance(parties, list) and parties else parties
    return first[0] if isinstance(first, list) and first else first


def _transcribed(document: Mapping[str, Any], speakers: list[str]) -> list[dict[str, Any]]:
    for analysis in objects(document.get("analysis"), "analysis"):
        if "transcript" in str(analysis.get("type")):
            return [_said(item, speakers) for item in _segments(analysis)]
    return []


def _segments(analysis: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    body = analysis.get("body")
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return [{"speaker": 0, "text": body}]  # plain text, nobody told apart: all of it is what came in
    if isinstance(body, Mapping):
        body = body.get("segments") or body.get("turns") or part(body.get("transcript")).get("segments")
    return objects(body, "analysis.body")


def _said(item: Mapping[str, Any], speakers: list[str]) -> dict[str, Any]:
    who = next((item[key] for key in ("party", "speaker", "role") if item.get(key) is not None), None)
    text = next(
        (item[key] for key in ("text", "message", "content", "transcript") if isinstance(item.get(key), str)), ""
    )
    return {"speaker": _speaker(who, speakers), "text": text}


def _speaker(who: Any, speakers: list[str]) -> str:
    if isinstance(who, int) and not isinstance(who, bool):
        if 0 <= who < len(speakers):
            return speakers[who]
        raise ContactError("unknown-speaker", f"the dialog names party {who}, but there are {len(speakers)}", "dialog")
    return speaker_of(who)


def _customer(parties: Sequence[Mapping[str, Any]], speakers: list[str]) -> Any:
    for party, speaker in zip(parties, speakers, strict=True):
        if speaker == "customer":
            return next((party[key] for key in _CUSTOMER_IDS if party.get(key)), None)
    return None
