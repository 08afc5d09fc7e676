"""Headway's own contact record: a checked Contact from a JSON object, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast, get_args

from tagger.formats.fields import (
    check_nesting,
    clean,
    clean_deep,
    read_attributes,
    read_count,
    read_flag,
    read_id,
    read_mapping,
    read_number,
    read_text,
    read_texts,
    read_time,
)
from tagger.formats.problems import ContactError
from tagger.model import NONE_FITS, Contact, Labels, Speaker, Survey, Turn

MAX_TURN_LENGTH = 200_000
"""Characters of one turn; an hour of speech has about 60,000."""
MAX_TURNS = 5_000

EFFORT_SCALES: Mapping[str, tuple[float, float]] = {"ces2-7": (1, 7), "ces1-5": (1, 5), "ces2-5": (1, 5)}
"""Lowest and highest answer of each effort scale (METHODS, effort)."""

SPEAKERS: tuple[str, ...] = get_args(Speaker)

_KNOWN = frozenset(
    [
        "id",
        "turns",
        "text",
        "customer_id",
        "channel",
        "started_at",
        "ended_at",
        "segment",
        "circumstance",
        "transfers",
        "cost",
        "abandoned",
        "survey",
        "labels",
    ]
)
_SURVEY_KEYS = frozenset(("effort", "resolved", "answered_at", "scale"))
_LABEL_KEYS = frozenset(("step", "outcome"))


def parse_contact(data: Mapping[str, Any], *, now: datetime) -> Contact:
    """A checked contact. Times become UTC; unknown fields are kept in `extra`, nested ones under `survey.x`.

    Raises ContactError naming the field and a stable kind: see docs/contacts.md for the list.
    """
    check_nesting(data)
    contact_id = _contact_id(data)
    started, ended = _times(data, now)
    customer = data.get("customer_id")
    return Contact(
        id=contact_id,
        turns=_turns(data, now),
        customer_id=None if customer in (None, "") else read_id(customer, "customer_id"),
        channel=read_text(data.get("channel"), "channel"),
        started_at=started,
        ended_at=ended,
        segment=read_attributes(data.get("segment"), "segment"),
        circumstance=read_attributes(data.get("circumstance"), "circumstance"),
        transfers=read_count(data.get("transfers"), "transfers"),
        cost=read_number(data.get("cost"), "cost", low=0),
        abandoned=read_flag(data.get("abandoned"), "abandoned"),
        survey=_survey(data.get("survey"), now),
        labels=_labels(data.get("labels")),
        extra=_extra(data),
    )


def contact_to_json(contact: Contact) -> dict[str, Any]:
    """The record that `parse_contact` reads back as an equal contact; absent fields are left out."""
    record: dict[str, Any] = {
        **contact.extra,
        "id": contact.id,
        "customer_id": contact.customer_id,
        "channel": contact.channel,
        "started_at": _written(contact.started_at),
        "ended_at": _written(contact.ended_at),
        "segment": dict(contact.segment) or None,
        "circumstance": dict(contact.circumstance) or None,
        "transfers": contact.transfers,
        "cost": contact.cost,
        "abandoned": contact.abandoned,
        "survey": _survey_to_json(contact.survey),
        "turns": [_turn_to_json(turn) for turn in contact.turns],
        "labels": _labels_to_json(contact.labels),
    }
    return {key: value for key, value in record.items() if value is not None or key in contact.extra}


def _contact_id(data: Mapping[str, Any]) -> str:
    if data.get("id") is None:
        raise ContactError("missing-id", "the contact has no id", "id")
    return read_id(data["id"], "id")


def _times(data: Mapping[str, Any], now: datetime) -> tuple[datetime | None, datetime | None]:
    started = read_time(data.get("started_at"), "started_at", now=now)
    ended = read_time(data.get("ended_at"), "ended_at", now=now)
    if started and ended and ended < started:
        raise ContactError("ends-before-start", "ended_at is before started_at", "ended_at")
    return started, ended


def _turns(data: Mapping[str, Any], now: datetime) -> tuple[Turn, ...]:
    given = data.get("turns")
    if given is None and data.get("text") is not None:
        given = [{"speaker": "customer", "text": data["text"]}]
    if given is None or given == []:
        raise ContactError("missing-turns", "the contact has neither turns nor text", "turns")
    if not isinstance(given, list | tuple):
        raise ContactError("wrong-type", "turns must be a list of objects", "turns")
    if len(given) > MAX_TURNS:
        raise ContactError("too-many-turns", f"{len(given)} turns; at most {MAX_TURNS}", "turns")
    turns = tuple(_turn(item, f"turns[{i}]", now) for i, item in enumerate(given))
    spoken = [turn.text for turn in turns if turn.speaker == "customer"]
    if not spoken:
        raise ContactError("no-customer-turn", "no turn is the customer's, so there is nothing to tag", "turns")
    if not any(text.strip() for text in spoken):
        raise ContactError("empty-text", "the customer's turns are all empty", "turns")
    return turns


def _turn(item: Any, path: str, now: datetime) -> Turn:
    if not isinstance(item, Mapping):
        raise ContactError("wrong-type", f"{path} must be an object with speaker and text", path)
    speaker, text = item.get("speaker"), item.get("text")
    if speaker not in SPEAKERS:
        known = ", ".join(SPEAKERS)
        raise ContactError("unknown-speaker", f"{path}.speaker is not one of {known}", path)
    if not isinstance(text, str):
        raise ContactError("wrong-type", f"{path}.text must be a string", f"{path}.text")
    if len(text) > MAX_TURN_LENGTH:
        message = f"{path}.text has {len(text):,} characters; at most {MAX_TURN_LENGTH:,}"
        raise ContactError("turn-too-long", message, f"{path}.text")
    return Turn(cast(Speaker, speaker), clean(text), read_time(item.get("at"), f"{path}.at", now=now))


def _survey(value: Any, now: datetime) -> Survey | None:
    given = read_mapping(value, "survey")
    if all(given.get(key) is None for key in _SURVEY_KEYS - {"scale"}):
        return None
    scale = read_text(given.get("scale"), "survey.scale") or "ces2-7"
    if scale not in EFFORT_SCALES:
        known = ", ".join(EFFORT_SCALES)
        raise ContactError("bad-survey", f"survey.scale {scale[:40]!r} is not one of {known}", "survey.scale")
    effort = read_number(given.get("effort"), "survey.effort")
    low, high = EFFORT_SCALES[scale]
    if effort is not None and not low <= effort <= high:
        message = f"survey.effort {effort:g} is outside {low:g} to {high:g} ({scale})"
        raise ContactError("bad-survey", message, "survey.effort")
    resolved = read_flag(given.get("resolved"), "survey.resolved")
    return Survey(effort, resolved, read_time(given.get("answered_at"), "survey.answered_at", now=now), scale)


def _labels(value: Any) -> Labels | None:
    given = read_mapping(value, "labels")
    if not _LABEL_KEYS & given.keys():
        return None
    step, outcome = (read_text(given.get(key), f"labels.{key}") for key in ("step", "outcome"))
    return Labels(
        None if step == NONE_FITS else step,
        None if outcome == NONE_FITS else outcome,
        read_texts(given.get("secondary"), "labels.secondary"),
    )


def _extra(data: Mapping[str, Any]) -> dict[str, Any]:
    """Unknown fields; `text` counts as unknown beside `turns`, and a survey without any answer is kept whole.

    So are labels that name second steps alone.
    """
    known = _KNOWN - {"text"} if data.get("turns") is not None else _KNOWN
    extra = {clean(str(key)): clean_deep(value, str(key)) for key, value in data.items() if key not in known}
    for outer, keys in (("survey", _SURVEY_KEYS), ("labels", _LABEL_KEYS)):
        given = read_mapping(data.get(outer), outer)
        inner = keys | {"secondary"} if outer == "labels" and keys & given.keys() else keys
        extra |= {
            clean(f"{outer}.{key}"): clean_deep(item, f"{outer}.{key}")
            for key, item in given.items()
            if key not in inner
        }
    return extra


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _turn_to_json(turn: Turn) -> dict[str, Any]:
    record: dict[str, Any] = {"speaker": turn.speaker, "text": turn.text}
    return record if turn.at is None else {**record, "at": _written(turn.at)}


def _survey_to_json(survey: Survey | None) -> dict[str, Any] | None:
    if survey is None:
        return None
    answers = {"effort": survey.effort, "resolved": survey.resolved, "answered_at": _written(survey.answered_at)}
    return {**{key: value for key, value in answers.items() if value is not None}, "scale": survey.scale}


def _labels_to_json(labels: Labels | None) -> dict[str, Any] | None:
    if labels is None:
        return None
    record: dict[str, Any] = {"step": labels.step}
    if labels.outcome is not None:
        record["outcome"] = labels.outcome
    return record if labels.secondary is None else {**record, "secondary": list(labels.secondary)}
