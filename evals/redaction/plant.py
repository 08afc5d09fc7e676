"""Contacts with personal data planted in known places, and decoys without any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random
from typing import Literal, get_args

from evals.redaction.decoy_values import DECOYS
from evals.redaction.values import MAKERS
from tagger.model import Contact, Speaker, Turn

Style = Literal["typed", "lower", "asr"]
Writing = Literal["first", "second", "third", "fourth"]

_HEADING = re.compile(r"# (?P<name>\w+) writing")
_WRITINGS: dict[str, Writing] = {name: name for name in get_args(Writing)}
_SLOT = re.compile(r"\{(?:(?P<kind>[A-Z]+):)?(?P<maker>[a-z_]+?\d*(?:_[a-z]+)*)\}")
_SPEAKERS: dict[str, Speaker] = {"A": "agent", "S": "system"}
_STYLES: dict[str, Style] = {style: style for style in get_args(Style)}
_FILLERS = ("um", "uh", "er", "you know", "like", "so")
_FILLER_SHARE = 0.08


@dataclass(frozen=True)
class Form:
    """One way of saying things: turns with slots. `number` is its place in the file, from 1."""

    number: int
    style: Style
    turns: tuple[tuple[Speaker, str], ...]
    writing: Writing

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types of personal data in it, in order."""
        return tuple(match["kind"] for _, text in self.turns for match in _SLOT.finditer(text) if match["kind"])


@dataclass(frozen=True)
class Item:
    """Personal data at characters `start` to `end` of turn number `turn`."""

    kind: str
    turn: int
    start: int
    end: int


@dataclass(frozen=True)
class Planted:
    """A contact, what was planted in it, and the form it was made from."""

    contact: Contact
    items: tuple[Item, ...]
    form: Form


@cache
def read_forms(name: Literal["forms", "decoys"] = "forms") -> tuple[Form, ...]:
    """The forms of a file, by when they were written; docs/privacy.md says which were looked at, and when."""
    lines = resources.files("evals.redaction").joinpath(f"{name}.txt").read_text("utf-8").splitlines()
    forms: list[Form] = []
    writing: Writing = "first"
    for number, line in enumerate(lines, 1):
        if heading := _HEADING.match(line):
            writing = _WRITINGS[heading["name"]]
        elif line and line[0] != "#":
            forms.append(_form(number, line, writing))
    return tuple(forms)


def plant(form: Form, *, seed: int) -> Planted:
    """One contact of a form. The same form and seed give the same contact."""
    rng = Random(f"{form.number}-{form.style}-{seed}")  # noqa: S311 - nothing secret
    turns: list[Turn] = []
    items: list[Item] = []
    for speaker, text in form.turns:
        written, found = _write(text, form.style, rng, turn=len(turns))
        turns.append(Turn(speaker, written))
        items += found
    return Planted(Contact(id=f"f{form.number}-{seed}", turns=tuple(turns)), tuple(items), form)


def draw(name: Literal["forms", "decoys"], *, wanted: int, seed: int = 0) -> list[Planted]:
    """Contacts of all forms alike, until at least `wanted` items (of decoys: contacts) are there."""
    forms = read_forms(name)
    a_round = sum(len(form.kinds) or 1 for form in forms)
    rounds = -(-wanted // a_round)
    return [plant(form, seed=seed * 10_000 + number) for number in range(rounds) for form in forms]


def _form(number: int, line: str, writing: Writing) -> Form:
    style, _, text = (part.strip() for part in line.partition("|"))
    if style not in _STYLES:
        raise ValueError(f"line {number}: unknown style {style!r}")
    turns: list[tuple[Speaker, str]] = []
    for part in text.replace("\\n", "\n").split(" / "):
        name, _, rest = part.partition(": ")
        turns.append((_SPEAKERS[name], rest) if name in _SPEAKERS else ("customer", part))
    return Form(number, _STYLES[style], tuple(turns), writing)


def _write(text: str, style: Style, rng: Random, *, turn: int) -> tuple[str, list[Item]]:
    written, items = "", []
    for kind, piece in _pieces(text, rng):
        styled = _styled(piece, style, rng, planted=bool(kind))
        if kind:
            items.append(Item(kind, turn, len(written), len(written) + len(styled)))
        written += styled
    return written, items


def _pieces(text: str, rng: Random) -> Iterator[tuple[str, str]]:
    """The text in parts: planted values with their kind, and what stands between them with ''."""
    at = 0
    for match in _SLOT.finditer(text):
        yield "", text[at : match.start()]
        name = match["maker"]
        if match["kind"]:
            yield match["kind"], MAKERS[name](rng)
        else:
            yield "", DECOYS[name if name in DECOYS else name.rstrip("0123456789")](rng)
        at = match.end()
    yield "", text[at:]


def _styled(piece: str, style: Style, rng: Random, *, planted: bool) -> str:
    if style == "typed":
        return piece
    lowered = piece.lower()
    if style == "lower":
        return lowered
    spoken = re.sub(r"[,.!?;:\"-]+(?=\s|$)|(?<=\w)-(?=\w)", lambda m: " " if m[0] == "-" else "", lowered)
    if planted or not spoken.strip():
        return spoken
    words = re.split(r"(?<=\s)", spoken)
    return "".join(
        f"{rng.choice(_FILLERS)} {word}" if word.strip() and rng.random() < _FILLER_SHARE else word for word in words
    )
