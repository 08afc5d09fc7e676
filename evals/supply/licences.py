"""Licences of the run-time set against an allow list; what is not on it needs a note.

`python -m evals.supply.licences` prints them.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.resources import files
from typing import Any

from evals.supply.lock import LOCK, plain_name, read_lock

_PARTS = re.compile(r"\s+(?:AND|OR)\s+|[()]")


@dataclass(frozen=True)
class Licence:
    """What a package says of its licence, as an SPDX expression where it can be read as one."""

    package: str
    version: str
    said: str


@dataclass(frozen=True)
class Rules:
    """Licences that may be used, words that stand for them, and notes for packages under others."""

    allowed: frozenset[str]
    words: Mapping[str, str]
    notes: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, text: str | None = None) -> Rules:
        """The rules of licences.toml."""
        content = text or (files("evals.supply") / "licences.toml").read_text("utf-8")
        given: dict[str, Any] = tomllib.loads(content)
        return cls(frozenset(given["allowed"]), given["words"], given.get("notes", {}))

    def spdx(self, said: str) -> str:
        """An expression as it is, well-known words as what they stand for."""
        return self.words.get(said.strip().lower(), said.strip())

    def fits(self, expression: str) -> bool:
        """Whether every licence of an AND, or one of an OR, may be used."""
        if " OR " in expression and " AND " not in expression:
            return any(self.fits(part.strip("() ")) for part in expression.split(" OR "))
        parts = [part.strip() for part in _PARTS.split(expression) if part.strip()]
        return bool(parts) and all(part in self.allowed for part in parts)

    def problem(self, licence: Licence) -> str | None:
        """Why a package may not be used as it is, None where it may."""
        note = self.notes.get(plain_name(licence.package))
        if self.fits(licence.said) and note is None:
            return None
        if note is None:
            return f"{licence.package} {licence.version}: {licence.said or 'no licence'} is not allowed and has no note"
        if note.get("licence") != licence.said:
            return f"{licence.package}: its note is about {note.get('licence')!r}, but it says {licence.said!r}"
        return None


def licence_of(package: str, rules: Rules) -> Licence:
    """The licence of an installed package: its expression, else its words, else its classifiers (all of them meant)."""
    about = metadata.metadata(package)
    expression = next(iter(about.get_all("License-Expression") or []), None)
    words = next(iter(about.get_all("License") or []), "").strip().partition("\n")[0].strip()  # at times its whole text
    known = rules.spdx(words) if len(words) < 60 else ""
    if expression is None and rules.fits(known):
        expression = known
    if expression is None:
        names = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
        expression = " AND ".join(sorted({rules.spdx(name) for name in names if name != "OSI Approved"})) or known
    return Licence(package, metadata.version(package), expression)


def licences(packages: Sequence[str], rules: Rules) -> list[Licence]:
    """Those of the packages that are installed here."""
    return [licence_of(package, rules) for package in packages]


def main() -> None:
    """Print every licence with its packages and every note (--quiet: only what is wrong); fail where one is missing."""
    rules = Rules.read()
    found = licences([one.name for one in read_lock(LOCK.read_text("utf-8")).values()], rules)
    by_licence: dict[str, list[str]] = {}
    for one in found:
        by_licence.setdefault(one.said, []).append(one.package)
    lines = [f"{said} ({len(names)}): {', '.join(names)}" for said, names in sorted(by_licence.items())]
    lines += [f"note: {name}: {note['licence']}: {note['why']}" for name, note in sorted(rules.notes.items())]
    problems = [problem for one in found if (problem := rules.problem(one))]
    shown = problems if "--quiet" in sys.argv[1:] else [*lines, *problems]
    sys.stdout.write(
        "".join(f"{line}\n" for line in shown) + f"{len(found)} packages, licences of {len(problems)} to be settled\n"
    )
    raise SystemExit(1 if problems else 0)


if __name__ == "__main__":
    main()
