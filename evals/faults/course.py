"""A course: everything that becomes of a world of contacts, one command after the other, from files to the index."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evals.faults.commands import Ended, Place, Running, run_well
from evals.faults.picture import Compared, Figures, Picture, compare, compare_figures, picture_of
from evals.faults.probes import Probe
from evals.faults.sites import JOB, PARTS, Base, Site

SOURCE = "sample"
READ_FIRST = PARTS - 2
"""Parts that `headway ingest` reads; of the last two one is pulled from an inbox and one read by `headway run`."""

LOOK = 0.01
MOST_ODD = 10
FIGURES = ("index", "friction", "outcomes", "scorecard")


@dataclass(frozen=True)
class Step:
    """One command of a course; `weight` is its share of the kills.

    `once` names the stage of a command that does more when it is given again: whether it is through is looked up first,
    as a person does.
    """

    name: str
    arguments: tuple[str, ...]
    weight: float
    once: str | None = None


def steps_of(base: Base, place: Place, *, budget: int) -> tuple[Step, ...]:
    """The commands of a course, in order."""
    job = ("--job", JOB)
    parts = [("ingest", str(base.part(n)), *job, "--source", SOURCE) for n in range(READ_FIRST)]
    asked = ("ingest", str(base.world / "outcome_survey.csv"), *job, "--kind", "outcome-survey")
    events = ("ingest", str(base.world / "events.csv"), *job, "--kind", "events")
    return (
        *(Step("ingest contacts", one, 6) for one in parts),
        Step("ingest surveys", asked, 4),
        Step("ingest events", events, 4),
        Step("tag", ("tag", *job), 20),
        Step("review sample", ("review", "sample", *job, "--budget", str(budget)), 4, once="draw"),
        Step("review import", ("review", "import", str(place.home / "decided.jsonl"), *job), 4),
        Step("measure", ("measure", *job), 8),
        Step("publish", ("publish", *job), 6),
        Step("pull", ("pull", *job), 7),
        Step("run", ("run", str(base.part(PARTS - 1)), *job, "--source", SOURCE), 14),
    )


def decide(base: Base, place: Place) -> None:
    """Write the analyst's decisions on what was drawn to `decided.jsonl` in the home folder."""
    exported = run_well(place, "review", "export", "--job", JOB).out
    lines = base.decisions(exported.splitlines())
    (place.home / "decided.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


@dataclass(frozen=True)
class Undisturbed:
    """What a course leaves behind where nobody disturbs it, and seconds of each command once it is connected."""

    picture: Picture
    figures: Mapping[str, Any]
    seconds: Mapping[str, float]


def undisturbed(site: Site, place: Place, *, budget: int) -> Undisturbed:
    """The course once, from start to end. Raises BrokenSetUpError where a command fails."""
    seconds, probe = {}, site.probe(place)
    for step in steps_of(site.base, place, budget=budget):
        if step.name == "review import":
            decide(site.base, place)
        running = Running(place, step.arguments)
        wait_for_database(running, probe)
        began = time.monotonic()
        done = running.end()
        if not done.well:
            run_well(place, *step.arguments)
        seconds[step.name] = round(time.monotonic() - began, 2)
    return Undisturbed(picture_of(site.address(place)), figures_of(place), seconds)


def wait_for_database(running: Running, probe: Probe) -> bool:
    """Until the command has opened its database; False where it ended before."""
    while not running.over(LOOK):
        if probe.connected(running.pid):
            return True
    return False


def figures_of(place: Place) -> dict[str, Any]:
    """The figures as programs read them."""
    return {name: json.loads(run_well(place, name, "--job", JOB, "--json").out) for name in FIGURES}


@dataclass(frozen=True)
class Verdict:
    """A place against the undisturbed run: rows by table, and figures by command."""

    tables: tuple[Compared, ...]
    figures: tuple[Figures, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing is lost, doubled or different."""
        return all(table.equal for table in self.tables) and all(one.equal for one in self.figures)

    def as_json(self) -> dict[str, Any]:
        """As plain values: sums, and the tables that differ."""
        odd: list[Any] = [table.as_json() for table in self.tables if not table.equal]
        odd += [where for one in self.figures for where in one.odd][:MOST_ODD]
        sums = {
            name: sum(getattr(table, name) for table in self.tables)
            for name in ("rows", "lost", "doubled", "different")
        }
        return {
            **sums,
            "figures_differ_by": max(one.differ_by for one in self.figures),
            "equal": self.equal,
            "odd": odd,
        }


def verdict(site: Site, place: Place, expected: Undisturbed) -> Verdict:
    """Compare a place with the undisturbed run."""
    figures = figures_of(place)
    compared = tuple(compare_figures(expected.figures[name], figures[name]) for name in FIGURES)
    return Verdict(tuple(compare(expected.picture, picture_of(site.address(place)))), compared)


def unfair(ended: Ended, what: str) -> str | None:
    """What is wrong with how a command ended, None if a person can make something of it."""
    return None if ended.fair else f"{what}: exit {ended.code}: {ended.err[-1500:]}"
