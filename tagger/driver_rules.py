"""Reads `drivers.yaml`: the words by which people say what made a contact hard work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, get_args

import yaml

from tagger.model import Speaker

TRANSFER, REPEATING, SWITCHED, RETURNED, GENERIC = DRIVERS = (
    "transfer",
    "had-to-repeat",
    "switched-channel",
    "repeat-contact",
    "generic-answer",
)

PIECE = re.compile(r"\{([A-Z_]+)\}")


@dataclass(frozen=True)
class Rule:
    """What says one driver, by one kind of speaker. `hint` is a quick look whether it is worth a closer one."""

    driver: str
    speaker: Speaker
    hint: re.Pattern[str]
    pattern: re.Pattern[str]


@cache
def rules() -> Mapping[Speaker, tuple[Rule, ...]]:
    """The rules for what each kind of speaker says, in the order of DRIVERS."""
    text = (resources.files("tagger") / "drivers.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    every = [_rule(entry, document["pieces"]) for entry in document["rules"]]
    return {speaker: tuple(rule for rule in every if rule.speaker == speaker) for speaker in get_args(Speaker)}


def _rule(entry: Mapping[str, str], pieces: Mapping[str, str]) -> Rule:
    patterns = [_expanded(line.strip(), pieces) for line in entry["says"].splitlines()]
    every = "|".join(f"(?:{pattern})" for pattern in patterns)
    return Rule(
        entry["driver"],
        entry["speaker"],  # type: ignore[arg-type]
        re.compile(entry["hint"]),
        re.compile(rf"\b(?:{every})\b"),
    )


def _expanded(pattern: str, pieces: Mapping[str, str]) -> str:
    """The pattern with its pieces put in, which may hold others."""
    while (filled := PIECE.sub(lambda name: pieces[name[1]], pattern)) != pattern:
        pattern = filled
    return pattern
