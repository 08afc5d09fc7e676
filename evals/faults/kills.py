"""Random SIGKILLs over a course: of every command, at any moment from its first connection to its end."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evals.faults.commands import Place, Running
from evals.faults.course import Step, Undisturbed, decide, steps_of, unfair, verdict, wait_for_database
from evals.faults.probes import Probe, State, state_of
from evals.faults.sites import JOB, Say, Site

AIMED = 5
"""For so many random kills one more is aimed at a commit: random ones rarely meet one."""

LATEST = 15.0
"""Seconds after which at the latest a command is killed: it goes on from there, so that later parts have their turn."""

GLANCE = 0.0005
LEFT_OVER = 4
"""How often commands that do everything once more are killed, for kills that came too late for their own."""


@dataclass(frozen=True)
class Kill:
    """One kill: of which command and stage, in the middle of what, and seconds after its first connection."""

    step: str
    stage: str | None
    state: State
    aimed: bool
    seconds: float


@dataclass
class Killing:
    """Kills over one course so far."""

    site: Site
    place: Place
    expected: Undisturbed
    chance: random.Random
    kills: list[Kill] = field(default_factory=list)
    too_late: int = 0
    restarts: int = 0
    wrong: list[str] = field(default_factory=list)

    def over(self, step: Step, kills: Sequence[bool]) -> list[bool]:
        """Kill a command so often (True: aimed at a commit), then let it end; kills that came too late."""
        probe = self.site.probe(self.place)
        for done, aimed in enumerate(kills):
            if not self._killed(step, probe, aimed=aimed):
                return list(kills[done:])
            if step.once and probe.through(step.once):
                return list(kills[done + 1 :])
        self._finish(step)
        return []

    def _finish(self, step: Step) -> None:
        ended = Running(self.place, step.arguments).end()
        self._check(ended, step)

    def _check(self, ended: Any, step: Step) -> None:
        self.restarts += 1
        told = unfair(ended, step.name)
        if told or not ended.well:
            self.wrong.append(told or f"{step.name}: exit {ended.code}: {ended.message}")

    def _killed(self, step: Step, probe: Probe, *, aimed: bool) -> bool:
        """One try; False where the command ended before its moment had come."""
        before = probe.counts()
        running = Running(self.place, step.arguments)
        moment = self.chance.uniform(0.0, min(LATEST, self.expected.seconds[step.name]))
        began = time.monotonic()
        if wait_for_database(running, probe):
            began = time.monotonic()
            if not running.over(moment) and not (aimed and _missed_commit(running, probe)) and running.stop():
                kill = Kill(
                    step.name, probe.stage(), state_of(before, probe), aimed, round(time.monotonic() - began, 2)
                )
                running.kill()
                running.end()
                self.kills.append(kill)
                self.restarts += 1
                return True
        self.too_late += 1
        self._check(running.end(), step)
        return False


def _missed_commit(running: Running, probe: Probe) -> bool:
    """Wait for a commit to be under way; True where the command ended without another."""
    while not running.over(GLANCE):
        if probe.doing() == "committing":
            return False
    return True


@dataclass
class Book:
    """How far a killed course is, kept beside its home: a course that was stopped goes on with its next command."""

    file: Path
    next: int = 0
    seconds: float = 0.0
    too_late: int = 0
    restarts: int = 0
    unspent: list[bool] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kills: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, site: Site, name: str) -> Book:
        """The book of a course, new where there is none."""
        file = site.base.folder / "homes" / f"{name}-{site.base.contacts}-kills.json"
        return cls(file, **json.loads(file.read_text("utf-8"))) if file.exists() else cls(file)

    def save(self) -> None:
        """Keep it."""
        plain = {name: value for name, value in vars(self).items() if name != "file"}
        self.file.write_text(json.dumps(plain), "utf-8")


@dataclass(frozen=True)
class Course:
    """A course to be killed: its name, random kills, contacts to review, whether sentence vectors are at hand."""

    name: str
    kills: int
    budget: int
    warm: bool


def killed_course(
    site: Site, expected: Undisturbed, course: Course, *, over: Callable[[], bool], say: Say
) -> dict[str, Any] | None:
    """One course with its random kills and some aimed ones, against the undisturbed run, as plain values.

    Between two commands it stops where time is `over`, and returns None: called again it goes on.
    """
    book = Book.of(site, course.name)
    place = _place(site, course, new=book.next == 0)
    steps = steps_of(site.base, place, budget=course.budget)
    plan = _planned(steps, course.kills, random.Random(course.name))  # noqa: S311 - moments of kills
    while book.next < len(steps):
        if over():
            return None
        step = steps[book.next]
        if step.name == "review import":
            decide(site.base, place)
        _one_step(site, place, expected, book, steps=[step], kills=[*plan[book.next], *book.unspent])
        say(f"{course.name}: {step.name}, {len(book.kills)} kills, {book.seconds:.0f} s")
    again = (Step("measure", ("measure", "--job", JOB, "--full"), 1), Step("run", ("run", "--job", JOB), 1))
    if book.unspent:
        _one_step(site, place, expected, book, steps=again * LEFT_OVER, kills=book.unspent)
    return {**_told(book), **verdict(site, place, expected).as_json(), "contacts": site.base.contacts}


def _place(site: Site, course: Course, *, new: bool) -> Place:
    """The home of a course: made anew, or as it was left."""
    if new:
        return site.fresh(course.name, warm=site.undisturbed if course.warm else None)
    home = site.base.folder / "homes" / course.name
    return Place(home, site.named_address(course.name))


def _one_step(
    site: Site, place: Place, expected: Undisturbed, book: Book, *, steps: Sequence[Step], kills: Sequence[bool]
) -> None:
    """Kill one command of a course, or while kills are left several, and write down what came of it."""
    began, left = time.monotonic(), list(kills)
    killing = Killing(site, place, expected, random.Random(f"{place.home.name} {book.next}"))  # noqa: S311 - moments
    for number, step in enumerate(steps):
        if left or not number:
            left = killing.over(step, left)
    book.kills += [asdict(kill) for kill in killing.kills]
    book.wrong += killing.wrong
    book.too_late, book.restarts = book.too_late + killing.too_late, book.restarts + killing.restarts
    book.unspent, book.next = left, book.next + 1
    book.seconds = round(book.seconds + time.monotonic() - began, 1)
    book.save()


def _planned(steps: Sequence[Step], kills: int, chance: random.Random) -> list[list[bool]]:
    """The kills of each step, shared out by weight."""
    plan: list[list[bool]] = [[] for _ in steps]
    weights = [step.weight for step in steps]
    for number in range(kills + kills // AIMED):
        plan[chance.choices(range(len(steps)), weights)[0]].append(number >= kills)
    for one in plan:
        chance.shuffle(one)
    return plan


def _told(book: Book) -> dict[str, Any]:
    aimed = sum(kill["aimed"] for kill in book.kills)
    return {
        "kills": len(book.kills) - aimed,
        "aimed": aimed,
        "too_late": book.too_late,
        "restarts": book.restarts,
        "seconds": round(book.seconds),
        "by_state": dict(Counter(kill["state"] for kill in book.kills)),
        "by_stage": dict(Counter(kill["stage"] or kill["step"] for kill in book.kills)),
        "each": book.kills,
        "wrong": book.wrong,
    }
