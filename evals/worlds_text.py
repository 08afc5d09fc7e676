"""Says what was drawn: the turns of one contact, made from its number and nothing around it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evals.worlds_drivers import Chances, DriverWordings, Line, drawn_lines, load_driver_wordings, put_in
from evals.worlds_facts import PERSONAL, Facts, fill
from evals.worlds_noise import spoken, typed
from evals.worlds_spec import Talk
from evals.worlds_wordings import Families, FamilySplit, Template, Wordings
from tagger.model import NONE_FITS

Split = Literal["train", "heldout", "mixed"]

_STRIDE = 1_000_003  # contacts of neighbouring seeds share no random stream


@dataclass(frozen=True)
class Brief:
    """What a contact's text must tell: ids of the step and outcomes (None = fits no step) and how it went."""

    number: int
    channel: str
    step: str | None
    outcome: str | None
    secondary: str | None = None
    resolved: bool = True
    abandoned: bool = False
    transfers: int = 0
    again: bool = False
    hard: float = 0.5


@dataclass(frozen=True)
class Said:
    """The turns of a contact as (speaker, text), and what they were made of.

    `family` is the first wording's family (None = a vague wording); `personal` holds the personal
    facts that the text tells, which redaction must remove. `matter` are the sentences that tell what the contact is
    about, `second` those of its second matter, `drivers` what the text says that made it hard work.
    """

    turns: tuple[tuple[str, str], ...]
    family: str | None
    personal: Mapping[str, str]
    matter: tuple[str, ...] = ()
    second: str | None = None
    drivers: frozenset[str] = frozenset()


@dataclass
class Voice:
    """Speaks for one contact: draws wordings, fills them with its facts, and roughens the customer's."""

    wordings: Wordings
    facts: Facts
    channel: str
    noise: float
    tells: DriverWordings = field(default_factory=load_driver_wordings)
    told: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Use the random stream of the contact's facts."""
        self.rng = self.facts.rng

    def say(self, name: str) -> str:
        """A customer's sentence that belongs to every job, such as a greeting."""
        template = self.rng.choice(self.wordings.common[name])
        return self._noted(name, template, self.rough(fill(template, self.facts)))

    def plain(self, name: str) -> str:
        """A sentence as it stands in the wordings, such as an agent's."""
        template = self.rng.choice(self.wordings.common[name])
        return self._noted(name, template, fill(template, self.facts))

    def line(self, line: Line) -> str:
        """A sentence that says a driver, or looks like one."""
        text = fill(line.template, self.facts)
        text = self.rough(text) if line.speaker == "customer" else text
        if line.driver is not None:
            self.told.append((text, frozenset((line.driver,))))
        return text

    def _noted(self, name: str, template: Template, text: str) -> str:
        """The text; what it says of drivers is remembered."""
        drivers = self.tells.told_by(name, template)
        if drivers:
            self.told.append((text, drivers))
        return text

    def rough(self, text: str) -> str:
        """A customer's sentence as it arrives over this channel."""
        if self.noise <= 0:
            return text
        if self.channel == "phone":
            return spoken(text, self.rng, tuple(self.wordings.slots["spoken"]))
        return typed(text, self.rng, noise=self.noise)


class Teller:
    """Makes the text of contacts. Contact `number` under one seed is the same whatever else is made."""

    def __init__(self, wordings: Wordings, split: FamilySplit, talk: Talk, *, seed: int) -> None:
        self.wordings = wordings
        self.split = split
        self.talk = talk
        self.seed = seed
        self._rng = random.Random()  # noqa: S311 - made-up text, not a secret

    def tell(self, brief: Brief, *, split: Split) -> Said:
        """The turns of a contact. `split` names the families to draw from; "mixed" takes either kind."""
        rng = self._rng
        rng.seed(self.seed * _STRIDE + brief.number)
        held = split == "heldout" or (split == "mixed" and rng.random() < self.talk.heldout)
        voice = Voice(self.wordings, Facts(self.wordings.slots, rng), brief.channel, self.talk.noise)
        families, pool = self._pool(brief, rng, held=held)
        core = first = voice.rough(fill(rng.choice(pool), voice.facts))
        second = None
        if brief.secondary:
            core, second = self._with_second(core, brief.secondary, voice, held=held)
        matter = self._matter(brief, families, voice)
        turns = self._exchange(brief, core, matter, voice)
        drivers = self._with_drivers(turns, brief, voice, split=split)
        personal = {name: voice.facts[name] for name in PERSONAL if name in voice.facts}
        return Said(tuple(turns), families[0] if families else None, personal, (first, *matter), second, drivers)

    def _with_drivers(
        self, turns: list[tuple[str, str]], brief: Brief, voice: Voice, *, split: Split
    ) -> frozenset[str]:
        """Put in what made the contact hard work, in place; which drivers the turns now say.

        The sentences have a random stream of their own, so that everything else is said as without them.
        """
        rng = random.Random(f"drivers:{self.seed}:{brief.number}")  # noqa: S311 - made-up text, not a secret
        aside = Voice(self.wordings, Facts(self.wordings.slots, rng), brief.channel, self.talk.noise, told=voice.told)
        already = {"transfer": brief.transfers > 0, "repeat-contact": brief.again}
        chances = Chances(
            {name: 2 * share * brief.hard for name, share in self.talk.drivers.items()},
            self.talk.lookalikes,
            {"train": 0.0, "heldout": 1.0, "mixed": self.talk.heldout}[split],
            frozenset(name for name, true in already.items() if true),
        )
        for line in drawn_lines(voice.tells, chances, rng):
            put_in(turns, line.speaker, aside.line(line), rng)
        everything = "\n".join(text for _, text in turns)
        return frozenset(driver for text, drivers in voice.told if text in everything for driver in drivers)

    def _pool(self, brief: Brief, rng: random.Random, *, held: bool) -> tuple[tuple[str, ...], tuple[Template, ...]]:
        """The families that this contact speaks in (none if it is vague), and its first wordings."""
        if rng.random() < self.talk.vague:
            fitting = [entry.wordings for entry in self.wordings.vague if brief.outcome in entry.outcomes]
            if fitting:
                return (), rng.choice(fitting)
        names = self._families(brief.outcome, held=held)
        families = tuple(rng.sample(names, k=min(2, len(names))))
        return families, self._of(brief.outcome)[families[0]]

    def _families(self, outcome: str | None, *, held: bool) -> tuple[str, ...]:
        return (self.split.heldout if held else self.split.train)[outcome or NONE_FITS]

    def _of(self, outcome: str | None) -> Families:
        return self.wordings.families[outcome] if outcome else self.wordings.none

    def _with_second(self, core: str, outcome: str, voice: Voice, *, held: bool) -> tuple[str, str]:
        """The core with a second matter, usually after it, sometimes before; and that matter alone."""
        family = voice.rng.choice(self._families(outcome, held=held))
        other = voice.rough(fill(voice.rng.choice(self.wordings.families[outcome][family]), voice.facts))
        if voice.rng.random() < 0.2:
            return f"{voice.plain('first_though')} {other} {voice.plain('main_point')} {core}", other
        return f"{core} {voice.plain('also')} {other}", other

    def _matter(self, brief: Brief, families: tuple[str, ...], voice: Voice) -> list[str]:
        """What the customer adds on the same matter: its name, or the need in the words of another family."""
        if brief.outcome is None or not families:
            return []
        said, rng = [], voice.rng
        if rng.random() < self.talk.topic:
            voice.facts["topic"] = fill(rng.choice(self.wordings.topics[brief.outcome]), voice.facts)
            said.append(voice.say("about"))
        if rng.random() < self.talk.rephrased:
            again = self.wordings.families[brief.outcome][families[-1]]
            said.append(voice.rough(fill(rng.choice(again), voice.facts)))
        return said

    def _exchange(self, brief: Brief, core: str, matter: list[str], voice: Voice) -> list[tuple[str, str]]:
        """The turns around the core: a letter for e-mail and forms, a conversation otherwise."""
        rng = voice.rng
        opening = [voice.say("openings")] if rng.random() < 0.8 else []
        if brief.again and rng.random() < 0.6:
            opening.append(voice.say("again"))
        first = " ".join([*opening, core])
        details = voice.plain("identifiers") if brief.outcome or rng.random() < 0.4 else ""
        closing = voice.say("closings_resolved" if brief.resolved else "closings_unresolved")
        count = len(" ".join([first, *matter, details, closing]).split())
        extras = [*matter, *self._digressions(self.talk.words - 8 - count, voice)]
        agents = self._agent_lines(brief, voice)
        if brief.channel in ("email", "web"):
            letter = " ".join(piece for piece in (first, *extras, details) if piece)
            return self._letter(brief, letter, agents, closing, rng)
        second = " ".join(piece for piece in (details, *extras) if piece)
        return self._conversation(brief, [first, second, closing], agents, voice)

    @staticmethod
    def _digressions(missing: int, voice: Voice) -> list[str]:
        """Beside the point, until about the wanted number of words."""
        said: list[str] = []
        while missing > 0 and len(said) < 8:
            said.append(voice.say("digressions"))
            missing -= said[-1].count(" ") + 1
        return said

    def _agent_lines(self, brief: Brief, voice: Voice) -> list[str]:
        """What agents say after the customer's details: transfers, the step's matter, how it ends."""
        lines = [voice.plain("agent_transfer") for _ in range(min(brief.transfers, 2))]
        ending = voice.plain("agent_resolved" if brief.resolved else "agent_unresolved")
        if brief.step is None or voice.rng.random() < 0.4:
            return [*lines, ending]
        return [*lines, f"{fill(voice.rng.choice(self.wordings.agents[brief.step]), voice.facts)} {ending}"]

    @staticmethod
    def _letter(
        brief: Brief, letter: str, agents: list[str], closing: str, rng: random.Random
    ) -> list[tuple[str, str]]:
        turns = [("customer", letter)]
        if brief.abandoned:
            return turns
        turns += [("agent", line) for line in agents]
        return [*turns, ("customer", closing)] if rng.random() < 0.5 else turns

    @staticmethod
    def _conversation(brief: Brief, customer: list[str], agents: list[str], voice: Voice) -> list[tuple[str, str]]:
        first, second, closing = customer
        turns = [("customer", first), ("agent", voice.plain("agent_openings"))]
        if brief.channel == "chat" and voice.rng.random() < 0.3:
            turns.insert(0, ("system", f"{voice.facts['agent']} has joined the chat."))
        if brief.abandoned:
            return turns
        if second:
            turns.append(("customer", second))
        turns += [("agent", line) for line in agents]
        return [*turns, ("customer", closing)]
