"""PostgreSQL's connection cut while a command works: by the administrator at any moment, by the network in a COMMIT."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from evals.faults.commands import Ended, Place, Running
from evals.faults.course import Step, Undisturbed, decide, steps_of, unfair, verdict, wait_for_database
from evals.faults.proxy import CUTS, CuttingProxy
from evals.faults.sites import PostgresSite, Say, Site

TRIES = 4
"""How often a command is cut at most before it is let through."""

COMMITS = {"ingest contacts": 3, "ingest surveys": 7, "ingest events": 10, "tag": 14, "pull": 8, "run": 24}
"""About how many commits a command of a small world makes; others fewer than `FEW`."""

FEW = 5


@dataclass
class Cutting:
    """What came of cuts so far: how often, exit codes and messages of what was cut, and what nobody could read."""

    cuts: int = 0
    committing: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, ended: Ended, what: str) -> None:
        """One command that was cut."""
        self.codes[str(ended.code)] += 1
        if not ended.well:
            self.messages[ended.message[:300]] += 1
        told = unfair(ended, what)
        self.wrong += [told] if told else []

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        told = [message for message, _ in self.messages.most_common(5)]
        return {
            "cuts": self.cuts,
            "committing": self.committing,
            "exit_codes": dict(self.codes),
            "messages": told,
            "wrong": self.wrong,
        }


Attempt = Callable[[Step, Cutting], bool]
"""Runs a command once under the fault; whether it ended well all the same."""


def terminated(site: PostgresSite, expected: Undisturbed, *, budget: int, say: Say) -> dict[str, Any]:
    """A course whose connections an administrator ends at random moments, each command up to `TRIES` times."""
    place = site.fresh("cut-terminated", warm=None)
    probe, chance = site.probe(place), random.Random("terminated")  # noqa: S311 - moments

    def attempt(step: Step, cutting: Cutting) -> bool:
        running = Running(place, step.arguments)
        if wait_for_database(running, probe) and not running.over(chance.uniform(0, expected.seconds[step.name])):
            cutting.committing += probe.doing() == "committing"
            cutting.cuts += bool(probe.cut())
        ended = running.end()
        cutting.note(ended, step.name)
        return ended.well

    return _course(site, place, expected, attempt, budget=budget, say=say)


def cut_in_commit(site: PostgresSite, expected: Undisturbed, *, budget: int, say: Say) -> dict[str, Any]:
    """A course over a proxy that cuts one COMMIT of each try, before the server has it or before its answer."""
    place = site.fresh("cut-commit", warm=None)
    proxy, chance = CuttingProxy(_socket_of(site.uri)), random.Random("in commit")  # noqa: S311 - which commit
    through = replace(place, address=_over(str(place.address), proxy.port))

    def attempt(step: Step, cutting: Cutting) -> bool:
        proxy.cut(chance.randint(1, COMMITS.get(step.name, FEW)), chance.choice(CUTS))
        ended = Running(through, step.arguments).end()
        proxy.leave_alone()
        cutting.cuts = cutting.committing = len(proxy.cuts)
        cutting.note(ended, step.name)
        return ended.well

    done = _course(site, place, expected, attempt, budget=budget, say=say)
    proxy.close()
    return {**done, "how": dict(Counter(proxy.cuts))}


def _course(
    site: PostgresSite, place: Place, expected: Undisturbed, attempt: Attempt, *, budget: int, say: Say
) -> dict[str, Any]:
    cutting = Cutting()
    for step in steps_of(site.base, place, budget=budget):
        if step.name == "review import":
            decide(site.base, place)
        _through(site, step, attempt, cutting, place)
    say(f"{place.home.name}: {cutting.cuts} connections cut")
    return {**cutting.as_json(), **verdict(site, place, expected).as_json(), "contacts": site.base.contacts}


def _through(site: Site, step: Step, attempt: Attempt, cutting: Cutting, place: Place) -> None:
    """Under the fault a few times, each of which may end well; then undisturbed, which has to."""
    probe = site.probe(place)
    for _ in range(TRIES):
        if attempt(step, cutting) or (step.once and probe.through(step.once)):
            break
    if step.once and probe.through(step.once):
        return
    last = Running(place, step.arguments).end()
    if not last.well:
        cutting.wrong.append(f"{step.name}, then undisturbed: exit {last.code}: {last.err[-800:]}")


def _socket_of(uri: str) -> Path:
    folder: Sequence[str] = parse_qs(urlsplit(uri).query)["host"]
    return Path(folder[0]) / ".s.PGSQL.5432"


def _over(address: str, port: int) -> str:
    """The address of the same database by way of a port on loopback."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.username or 'postgres'}@127.0.0.1:{port}{parts.path}"
