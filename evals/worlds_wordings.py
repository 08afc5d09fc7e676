"""The wordings that generated contacts are made of: read, checked against the job, split by family."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

import yaml

from taxonomy.errors import BadInputError
from taxonomy.model import Job

Part: TypeAlias = "str | Slot | tuple[Template, ...]"
Template: TypeAlias = tuple[Part, ...]
Families: TypeAlias = Mapping[str, tuple[Template, ...]]

_PIECE = re.compile(r"\(([^()]*\|[^()]*)\)|\{(\w+)\}")


class WordingsError(BadInputError):
    """There are no wordings for a job, or they do not cover it."""


@dataclass(frozen=True)
class Slot:
    """A place in a wording that is filled with a fact of the contact, such as `{item}`."""

    name: str


@dataclass(frozen=True)
class StepProfile:
    """What contacts on a step are like before any change.

    `share` of contacts, mean `effort` (1 to 7), `resolved` probability, `transfers` and `minutes`
    per contact; `success` is the task success in the product, None where it is not measured.
    """

    share: float
    effort: float
    resolved: float
    transfers: float
    minutes: float
    success: float | None = None


@dataclass(frozen=True)
class OutcomeProfile:
    """How much an outcome matters (1 to 10) and which part of its step's contacts it has (sum 1)."""

    importance: float
    part: float


@dataclass(frozen=True)
class Vague:
    """Wordings that could stand for any of several outcomes."""

    outcomes: frozenset[str]
    wordings: tuple[Template, ...]


@dataclass(frozen=True)
class Wordings:
    """Everything that is said in a job's contacts, and what its steps are like.

    `families` holds the wordings per outcome and family, `none` those that fit no step, `topics` what
    each outcome's matter is called in a few words, `agents` what agents say per step, `common` what is
    said whatever the job is.
    """

    steps: Mapping[str, StepProfile]
    outcomes: Mapping[str, OutcomeProfile]
    families: Mapping[str, Families]
    none: Families
    vague: tuple[Vague, ...]
    topics: Mapping[str, tuple[Template, ...]]
    agents: Mapping[str, tuple[Template, ...]]
    common: Mapping[str, tuple[Template, ...]]
    slots: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class FamilySplit:
    """Which families of each outcome (`_none` included) are for training and which are held out."""

    train: Mapping[str, tuple[str, ...]]
    heldout: Mapping[str, tuple[str, ...]]


@cache
def _document(name: str) -> dict[str, Any]:
    path = resources.files("evals") / "wordings" / f"{name}.yaml"
    if not path.is_file():
        shipped = sorted(
            entry.name.removesuffix(".yaml")
            for entry in (resources.files("evals") / "wordings").iterdir()
            if entry.name.endswith(".yaml") and entry.name != "common.yaml"
        )
        raise WordingsError(f"no wordings are shipped for the job '{name}'; a world can be made for {shipped}")
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def load_wordings(job: Job) -> Wordings:
    """Read the wordings shipped for `job`. Raises WordingsError if there are none or they do not fit it."""
    own = _document(job.id)
    common = {**_document("common"), **own.get("common", {})}
    wordings = Wordings(
        steps={step: StepProfile(**values) for step, values in own["steps"].items()},
        outcomes={outcome: OutcomeProfile(**values) for outcome, values in own["outcomes"].items()},
        families={outcome: _families(families) for outcome, families in own["wordings"].items()},
        none=_families({**common["none"], **own.get("none", {})}),
        vague=tuple(Vague(frozenset(v["outcomes"]), _templates(v["wordings"])) for v in own["vague"].values()),
        topics={outcome: _templates(lines) for outcome, lines in own["topics"].items()},
        agents={step: _templates(lines) for step, lines in own["agents"].items()},
        common={name: _templates(lines) for name, lines in common.items() if isinstance(lines, str)},
        slots={name: tuple(_lines(lines)) for name, lines in {**common["slots"], **own["slots"]}.items()},
    )
    _check(job, wordings)
    return wordings


def _check(job: Job, wordings: Wordings) -> None:
    outcomes = set(job.outcome_by_id)
    for section, found in (
        ("outcomes", set(wordings.outcomes)),
        ("wordings", set(wordings.families)),
        ("topics", set(wordings.topics)),
    ):
        if found != outcomes:
            raise WordingsError(
                f"wordings of the job '{job.id}', {section}: missing {sorted(outcomes - found)}, "
                f"unknown {sorted(found - outcomes)}; name the same outcomes as the job file"
            )
    for section, found in (("steps", set(wordings.steps)), ("agents", set(wordings.agents))):
        if found != set(job.step_by_id):
            raise WordingsError(
                f"wordings of the job '{job.id}', {section}: name exactly the steps {sorted(job.step_by_id)}"
            )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _templates(text: str) -> tuple[Template, ...]:
    return tuple(parse_template(line) for line in _lines(text))


def _families(families: Mapping[str, str]) -> Families:
    return {name: _templates(text) for name, text in families.items()}


def parse_template(line: str) -> Template:
    """Read one wording: plain text, choices `(a|b)` and slots `{name}`; a choice may hold slots."""
    parts: list[Part] = []
    end = 0
    for match in _PIECE.finditer(line):
        if match.start() > end:
            parts.append(line[end : match.start()])
        choices, slot = match.groups()
        parts.append(Slot(slot) if slot else tuple(parse_template(choice) for choice in choices.split("|")))
        end = match.end()
    if end < len(line):
        parts.append(line[end:])
    return tuple(parts)


def split_families(wordings: Wordings, *, heldout: int, seed: int) -> FamilySplit:
    """Hold out `heldout` whole families of each outcome (and of what fits no step), by `seed`."""
    train: dict[str, tuple[str, ...]] = {}
    held: dict[str, tuple[str, ...]] = {}
    for outcome, families in {**wordings.families, "_none": wordings.none}.items():
        names = sorted(families)
        random.Random(f"{seed}:{outcome}").shuffle(names)  # noqa: S311 - a split, not a secret
        held[outcome], train[outcome] = tuple(names[:heldout]), tuple(names[heldout:])
    return FamilySplit(train, held)
