"""What makes a contact hard work: said in some contacts of a world, so that its finding can be measured.

The sentences are put into a finished conversation by a random stream of their own: everything else that a contact
says and is stays as it was.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from evals.worlds_wordings import Template, parse_template

Turns = list[tuple[str, str]]
Families = Mapping[str, Mapping[str, Sequence[Template]]]

KNOWN, UNSEEN = "known", "unseen"
SAID_OF_TRANSFERS = 0.3
SAID_OF_REPEATS = 0.5


@dataclass(frozen=True)
class DriverWordings:
    """Wordings per driver and speaker, known and unseen ones apart; `tells` are common lines that say a driver too.

    `lookalikes` look like a driver and are none.
    """

    lines: Mapping[str, Mapping[str, Families]]
    lookalikes: Families
    tells: Mapping[str, Mapping[Template | None, frozenset[str]]]

    def told_by(self, section: str, template: Template) -> frozenset[str]:
        """The drivers that one of the common wordings says."""
        known = self.tells.get(section, {})
        return known.get(template, known.get(None, frozenset()))


@dataclass(frozen=True)
class Line:
    """A sentence to be put in: which driver it says (None: a lookalike) and who says it."""

    driver: str | None
    speaker: str
    template: Template


@cache
def load_driver_wordings() -> DriverWordings:
    """The wordings that are shipped for every job."""
    path = resources.files("evals") / "wordings" / "drivers.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = {
        driver: {speaker: _families(families) for speaker, families in speakers.items()}
        for driver, speakers in document["drivers"].items()
    }
    tells = {section: dict(_tell(entry) for entry in entries) for section, entries in document["tells"].items()}
    return DriverWordings(lines, _families(document["lookalikes"]), tells)


def _families(document: Mapping[str, Mapping[str, str]]) -> Families:
    return {
        side: {name: tuple(parse_template(line.strip()) for line in text.splitlines()) for name, text in group.items()}
        for side, group in document.items()
    }


def _tell(entry: Mapping[str, Any]) -> tuple[Template | None, frozenset[str]]:
    if "all" in entry:
        return None, frozenset(entry["all"])
    return parse_template(entry["line"]), frozenset(entry["drivers"])


@dataclass(frozen=True)
class Chances:
    """How likely a contact is to have each driver that only words tell, and a lookalike.

    `unseen` is the chance that a sentence is of a family that the rules were not written with; `already` are the
    drivers that the contact has by itself.
    """

    shares: Mapping[str, float]
    lookalike: float
    unseen: float
    already: frozenset[str]


def drawn_lines(wordings: DriverWordings, chances: Chances, rng: random.Random) -> list[Line]:
    """The sentences of one contact."""
    side = UNSEEN if rng.random() < chances.unseen else KNOWN
    shares = {
        **chances.shares,
        "transfer": SAID_OF_TRANSFERS * ("transfer" in chances.already),
        "repeat-contact": SAID_OF_REPEATS * ("repeat-contact" in chances.already),
    }
    lines = [_line(wordings, driver, side, rng) for driver, share in shares.items() if rng.random() < share]
    if rng.random() < chances.lookalike:
        lines.append(Line(None, "customer", _one_of(wordings.lookalikes, side, rng)))
    return lines


def _line(wordings: DriverWordings, driver: str, side: str, rng: random.Random) -> Line:
    speakers = wordings.lines[driver]
    speaker = rng.choice(sorted(speakers))
    return Line(driver, speaker, _one_of(speakers[speaker], side, rng))


def _one_of(families: Families, side: str, rng: random.Random) -> Template:
    family = rng.choice(sorted(families[side]))
    return rng.choice(families[side][family])


def put_in(turns: Turns, speaker: str, text: str, rng: random.Random) -> None:
    """Add a sentence to one of its speaker's first turns, in place; nothing where the speaker says nothing at all."""
    places = [place for place, (who, _) in enumerate(turns) if who == speaker]
    # Nobody greets with a stock answer: agents' sentences come after their opening.
    places = places[1:] if speaker == "agent" else places
    if not places:
        return
    place = rng.choice(places[:2])
    said = turns[place][1]
    turns[place] = (speaker, f"{said} {text}" if rng.random() < 0.8 else f"{text} {said}")
