"""What is found in data that nobody here wrote: by type, against the labels of others, and samples for the eye."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from evals.redaction.score import Found, Share, Tally
from tagger.model import Contact, Turn
from tagger.redact import redact_turns
from taxonomy.errors import BadInputError

PERSONAL_SLOTS = frozenset(
    (
        "name",
        "ssn",
        "email_address",
        "phonenumber",
        "phone_number",
        "card_number",
        "address",
        "current_zipcode",
        "new_zipcode",
        "account_number",
        "account_id",
        "target_account_number",
        "booking_confirmation_number",
        "claimid",
        "policyid",
        "password",
        "username",
    )
)
"""Slots of MultiDoGO that hold personal data."""


class NoPublicDataError(BadInputError):
    """The folder holds no data that could be read."""


@dataclass(frozen=True)
class PublicSet:
    """One file: its messages, how many were changed, findings by type, messages a second, and others' labels.

    `slots` is the share of each labelled slot that was taken out whole; `labelled` the share of findings that meet a
    slot with personal data (a finding that does not may be a label that was forgotten). `found` and `left` are samples.
    """

    name: str
    messages: int
    changed: int
    kinds: Mapping[str, int]
    per_second: float
    slots: Mapping[str, Share]
    labelled: Share | None
    found: tuple[str, ...]
    left: tuple[str, ...]


def read_public(folder: Path, *, sample: int = 0, seed: int = 0) -> list[PublicSet]:
    """Every set of a folder, with `sample` findings and messages left alone. Raises NoPublicDataError."""
    files = sorted(folder.glob("*.jsonl.gz"))
    if not files:
        raise NoPublicDataError(f"{folder}: no *.jsonl.gz there; give the folder of the public data")
    return [_read_set(path, sample, Random(seed)) for path in files]  # noqa: S311 - nothing secret


def _read_set(path: Path, sample: int, rng: Random) -> PublicSet:
    kinds: Counter[str] = Counter()
    slots: dict[str, Tally] = defaultdict(Tally)
    labelled = Tally()
    found, left = list[str](), list[str]()
    messages = changed = 0
    seconds = 0.0
    for record, contact in _contacts(path):
        start = time.process_time()
        turns = redact_turns(contact)
        seconds += time.process_time() - start
        messages += len(turns)
        for number, (turn, redacted) in enumerate(zip(contact.turns, turns, strict=True)):
            changed += bool(redacted.spans)
            kinds.update(span.kind for span in redacted.spans)
            found += [_shown(turn.text, (span.kind, span.start, span.end)) for span in redacted.spans]
            left += [] if redacted.spans else [turn.text]
            if labels := _slots(record, number, turn.text):
                _compare(turn.text, labels, [(s.kind, s.start, s.end) for s in redacted.spans], slots, labelled)
    return PublicSet(
        path.name.removesuffix(".jsonl.gz"),
        messages,
        changed,
        dict(sorted(kinds.items())),
        messages / seconds if seconds else 0.0,
        {name: tally.share() for name, tally in sorted(slots.items())},
        labelled.share() if labelled.by_form else None,
        tuple(rng.sample(found, min(sample, len(found)))),
        tuple(rng.sample(left, min(sample, len(left)))),
    )


def _contacts(path: Path) -> Iterator[tuple[Mapping[str, Any], Contact]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            given = record.get("turns") or [{"speaker": "customer", "text": record["text"]}]
            turns = tuple(Turn(turn["speaker"], turn["text"]) for turn in given)
            yield record, Contact(id=str(record["id"]), turns=turns)


def _slots(record: Mapping[str, Any], number: int, text: str) -> list[tuple[str, int, int]]:
    """The labelled stretches of a turn, where its labels fit its words."""
    turns = record.get("turns")
    labels = str(turns[number].get("slots", "")).split() if turns else []
    words = text.split()
    if not labels or len(labels) != len(words):
        return []
    found: list[tuple[str, int, int]] = []
    at, before = 0, ""
    for label, word in zip(labels, words, strict=True):
        start = text.index(word, at)
        at = start + len(word)
        if label == before and found:
            found[-1] = (label, found[-1][1], at)
        else:
            found.append((label, start, at))
        before = label
    return found


def _compare(
    text: str,
    labels: Sequence[tuple[str, int, int]],
    spans: Sequence[Found],
    slots: dict[str, Tally],
    labelled: Tally,
) -> None:
    personal = [entry for entry in labels if entry[0] in PERSONAL_SLOTS]
    for label, start, end in personal:
        inside = (at for at in range(start, end) if text[at].isalnum())
        slots[label].add(0, hits=all(any(low <= at < high for _, low, high in spans) for at in inside))
    for _, low, high in spans:
        labelled.add(0, hits=any(low < end and start < high for _, start, end in personal))


def _shown(text: str, found: Found) -> str:
    kind, start, end = found
    return f"{kind}: {text[max(0, start - 60) : start]}<<{text[start:end]}>>{text[end : end + 40]}"
