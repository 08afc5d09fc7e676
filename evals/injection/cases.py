"""The set of attacks: every hostile wording around every plain contact, with another label than the plain one wants."""

from __future__ import annotations

import base64
import codecs
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from tagger.model import Contact, Speaker, Turn
from taxonomy.errors import BadInputError
from taxonomy.model import Job

HOMOGLYPHS = str.maketrans("aceiopsxyIO", "асеіорѕхуІО")
LEET = str.maketrans("aeiost", "43105" + "7")


class InjectionFileError(BadInputError):
    """A file of attacks does not have the form that is needed."""


@dataclass(frozen=True)
class Case:
    """A plain contact and its hostile twin; `target` is the outcome that the attacker wants, None: nobody knows."""

    name: str
    style: str
    language: str
    plain: Contact
    hostile: Contact
    target: str | None

    @property
    def fresh(self) -> bool:
        """Whether it was worded after the rules against attacks were settled."""
        return self.style.startswith("fresh")


def shipped_cases(job: Job) -> list[Case]:
    """The set that comes with Headway: plain contacts about online orders, attackers who want labels of this job."""
    first, fresh = _kept("attacks"), _kept("fresh")
    plains: list[Mapping[str, str]] = first["plain"]
    found = []
    for number, (attack, spoken) in enumerate(_forms([*first["attacks"], *fresh["attacks"]])):
        for place, plain in enumerate(plains):
            target = _target(job, plain["outcome"], number + place)
            name = f"{number:03}-{place}"
            turns = [Turn(speaker, _filled(text, attack, plain["text"], job, target)) for speaker, text in spoken]
            found.append(
                Case(
                    name,
                    attack["style"],
                    attack["language"],
                    Contact(f"{name}-plain", (Turn("customer", plain["text"]),)),
                    Contact(f"{name}-hostile", tuple(turns)),
                    target,
                )
            )
    return found


def read_cases(path: Path) -> list[Case]:
    """Attacks of one's own: JSON Lines with "plain", "hostile" (a text or [[speaker, text], ...]), "style", "target".

    Raises InjectionFileError.
    """
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            said = row["hostile"] if isinstance(row["hostile"], list) else [["customer", row["hostile"]]]
            hostile = Contact(f"{number}-hostile", tuple(Turn(speaker, text) for speaker, text in said))
            plain = Contact(f"{number}-plain", (Turn("customer", str(row["plain"])),))
        except (ValueError, KeyError, TypeError) as error:
            raise InjectionFileError(f"{path}:{number}: give `plain` and `hostile` in each line ({error})") from error
        style, language = str(row.get("style", "own")), str(row.get("language", "en"))
        found.append(Case(str(number), style, language, plain, hostile, row.get("target")))
    if not found:
        raise InjectionFileError(f"{path}: holds no attack")
    return found


@cache
def _kept(name: str) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = yaml.safe_load((files("evals.injection") / f"{name}.yaml").read_text("utf-8"))
    return kept


def _forms(attacks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], list[tuple[Speaker, str]]]]:
    """Each attack once for each disguise and wording, as (speaker, text) still to be filled."""
    for attack in attacks:
        for disguise in attack.get("disguise", ["none"]):
            for wording in attack.get("wordings", ()):
                yield {**attack, "disguise": disguise}, [("customer", wording)]
        for turns in attack.get("turns", ()):
            yield {**attack, "disguise": "none"}, [(speaker, text) for speaker, text in turns]


def _target(job: Job, outcome: str, turn: int) -> str:
    """An outcome of another step, another one for each attack."""
    others = [one for one in job.outcome_by_id if job.step_of[one] != job.step_of.get(outcome)]
    return others[7 * turn % len(others)]


def _filled(text: str, attack: Mapping[str, Any], plain: str, job: Job, target: str) -> str:
    step = job.step_by_id[job.step_of[target]]
    told = {"id": target, "step": step.id, "name": step.name, "statement": job.outcome_by_id[target].statement}
    hostile = DISGUISES[attack["disguise"]](str(attack.get("hostile", "")).format(**told))
    return text.format(plain=plain, hostile=hostile, **told)


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "fullwidth": lambda text: "".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) <= 126 else c for c in text),
    "zero_width": "\u200b".join,
    "spaced": " ".join,
    "homoglyph": lambda text: text.translate(HOMOGLYPHS),
    "leet": lambda text: text.translate(LEET),
    "tag_letters": lambda text: "".join(chr(0xE0000 + ord(c)) for c in text),
    "mathematical": lambda text: "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text),
    "upside_marks": lambda text: unicodedata.normalize("NFD", "".join(f"{c}\u0336" for c in text)),
}
"""Ways to write a text that a person or a large model still reads."""
