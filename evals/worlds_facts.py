"""The facts that a contact's wordings ask for, such as names and numbers, and wordings with these filled in."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from evals.worlds_wordings import Part, Slot, Template

PERSONAL = ("first", "last", "email", "phone", "street", "number", "four", "user", "order")


class Facts(dict[str, str]):
    """The facts of one contact: each drawn when a wording first asks for it, then kept."""

    def __init__(self, slots: Mapping[str, tuple[str, ...]], rng: random.Random) -> None:
        super().__init__()
        self.slots = slots
        self.rng = rng

    def __missing__(self, name: str) -> str:
        made = _MADE.get(name)
        value = made(self) if made else self.rng.choice(self.slots[name])
        self[name] = value
        return value


def _digits(facts: Facts, count: int) -> str:
    return str(facts.rng.randrange(10 ** (count - 1), 10**count))


def _email(facts: Facts) -> str:
    first, last = facts["first"].lower(), facts["last"].lower()
    name = facts.rng.choice((f"{first}.{last}", f"{first[0]}{last}", f"{last}{_digits(facts, 2)}", f"{first}_{last}"))
    return f"{name}@{facts['mail']}"


def _phone(facts: Facts) -> str:
    # Only ranges that are set aside for stories, so that nobody is ever called.
    tail = f"01{_digits(facts, 2)}"
    return facts.rng.choice(
        (f"(415) 555-{tail}", f"212-555-{tail}", f"+1 303 555 {tail}", f"07700 900{_digits(facts, 3)}", f"555-{tail}")
    )


def _order(facts: Facts) -> str:
    return facts.rng.choice((f"#{_digits(facts, 7)}", _digits(facts, 8), f"AB-{_digits(facts, 5)}"))


_MADE: Mapping[str, Callable[[Facts], str]] = {
    "email": _email,
    "phone": _phone,
    "order": _order,
    "user": lambda facts: f"{facts['first'].lower()}{_digits(facts, 2)}",
    "agent": lambda facts: facts.rng.choice(facts.slots["agent_names"]),
    "number": lambda facts: _digits(facts, 2),
    "four": lambda facts: _digits(facts, 4),
    "count": lambda facts: facts.rng.choice(("two", "3", "three", "four", "5", "six")),
}


def fill(template: Template, facts: Facts) -> str:
    """The text of a wording, with choices made and slots filled."""
    text = "".join([part if type(part) is str else _filled(part, facts) for part in template])
    return text if type(template[0]) is str else text[:1].upper() + text[1:]


def _filled(part: Part, facts: Facts) -> str:
    if isinstance(part, Slot):
        return facts[part.name]
    if isinstance(part, tuple):
        choice = facts.rng.choice(part)
        return "".join([piece if type(piece) is str else _filled(piece, facts) for piece in choice])
    return part
