"""Random SIGKILLs over a course: of every command, at any moment from its first connection to its end."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
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
LEFT_OVER = 3
"""How many more commands are tried for each kill that came too late for its own."""


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


def killed_course(
    site: Site, expected: Undisturbed, *, name: str, kills: int, budget: int, warm: bool, say: Say
) -> dict[str, Any]:
    """One course with so many random kills and some aimed ones, against the undisturbed run, as plain values."""
    began = time.monotonic()
    place = site.fresh(name, warm=site.undisturbed if warm else None)
    killing = Killing(site, place, expected, random.Random(name))  # noqa: S311 - moments of kills
    steps = steps_of(site.base, place, budget=budget)
    unspent: list[bool] = []
    for step, planned in zip(steps, _planned(steps, kills, killing.chance), strict=True):
        if step.name == "review import":
            decide(site.base, place)
        unspent = killing.over(step, [*planned, *unspent])
        say(f"{name}: {step.name}, {len(killing.kills)} kills, {time.monotonic() - began:.0f} s")
    _spend(killing, unspent)
    found = verdict(site, place, expected).as_json()
    return {**_told(killing), **found, "contacts": site.base.contacts, "seconds": round(time.monotonic() - began)}


def _planned(steps: Sequence[Step], kills: int, chance: random.Random) -> list[list[bool]]:
    """The kills of each step, shared out by weight."""
    plan: list[list[bool]] = [[] for _ in steps]
    weights = [step.weight for step in steps]
    for number in range(kills + kills // AIMED):
        plan[chance.choices(range(len(steps)), weights)[0]].append(number >= kills)
    for one in plan:
        chance.shuffle(one)
    return plan


def _spend(killing: Killing, unspent: list[bool]) -> None:
    """What came too late falls on commands that do everything, or fold everything, once more."""
    again = (Step("measure", ("measure", "--job", JOB, "--full"), 1), Step("run", ("run", "--job", JOB), 1))
    for number in range(LEFT_OVER * len(unspent)):
        if not unspent:
            return
        unspent = killing.over(again[number % 2], unspent)


def _told(killing: Killing) -> dict[str, Any]:
    random_kills = [kill for kill in killing.kills if not kill.aimed]
    return {
        "kills": len(random_kills),
        "aimed": len(killing.kills) - len(random_kills),
        "too_late": killing.too_late,
        "restarts": killing.restarts,
        "by_state": dict(Counter(kill.state for kill in killing.kills)),
        "by_stage": dict(Counter(kill.stage or kill.step for kill in killing.kills)),
        "each": [asdict(kill) for kill in killing.kills],
        "wrong": killing.wrong,
    }
