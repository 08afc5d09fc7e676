"""Two full runs at once, a schedule that fires twice, a flow retried as a whole: natural keys hold."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import create_engine, text

from evals.faults.commands import Place, Running, run_well
from evals.faults.course import SOURCE, Undisturbed, figures_of, verdict, wait_for_database
from evals.faults.cuts import Cutting
from evals.faults.picture import picture_of
from evals.faults.sites import JOB, PARTS, Base, Say, Site

TICKS = 4
HOLDS = 12
"""Tries to hold a run where it has no transaction open."""

SILENT = (
    "UPDATE stage_leases SET beat_at = '2026-01-01 00:00:00.000000', process = 'elsewhere/1/1' WHERE run_id IS NOT NULL"
)
"""As if whoever holds a lease had been silent for long, on a machine that nobody here can look at."""

Tick = Callable[[Place, Sequence[str], Cutting], None]


def overlaps(site: Site, *, say: Say) -> dict[str, Any]:
    """Each kind of overlap over `TICKS` runs of the whole flow, against the same runs one by one."""
    plain = _flow(site, "flow-undisturbed", _alone)[0]
    expected = Undisturbed(picture_of(site.address(plain)), figures_of(plain), {})
    chance = random.Random("overlaps")  # noqa: S311 - moments
    kinds: dict[str, Tick] = {
        "two full runs at once": _two,
        "two at once, the lease lost": lambda place, run, note: _overtaken(site, place, run, note, chance),
        "flow killed, then retried as a whole": lambda place, run, note: _retried(site, place, run, note, chance),
        "every run of the schedule twice": _twice,
    }
    found = {}
    for number, (kind, tick) in enumerate(kinds.items()):
        place, note = _flow(site, f"flow-{number}", tick)
        found[kind] = {**note.as_json(), **verdict(site, place, expected).as_json(), "contacts": site.base.contacts}
        say(f"{site.name}: {kind}: {note.cuts} overlaps")
    return found


def _flow(site: Site, name: str, tick: Tick) -> tuple[Place, Cutting]:
    place, note = site.fresh(name, warm=site.undisturbed), Cutting()
    for kind, file in (("outcome-survey", "outcome_survey.csv"), ("events", "events.csv")):
        run_well(place, "ingest", str(site.base.world / file), "--job", JOB, "--kind", kind)
    for number in range(TICKS):
        tick(place, _run_of(site.base, number), note)
    return place, note


def _run_of(base: Base, number: int) -> tuple[str, ...]:
    share = PARTS // TICKS
    parts = (str(base.part(n)) for n in range(number * share, (number + 1) * share))
    return ("run", *parts, "--job", JOB, "--source", SOURCE)


def _alone(place: Place, run: Sequence[str], _note: Cutting) -> None:
    run_well(place, *run)


def _two(place: Place, run: Sequence[str], note: Cutting) -> None:
    """Two of the same at the same moment: one waits for the other at every stage."""
    both = [Running(place, run) for _ in range(2)]
    note.cuts += 1
    for one in both:
        ended = one.end()
        note.note(ended, "run")
        if not ended.well:
            note.wrong.append(f"run beside another: exit {ended.code}: {ended.message}")


def _twice(place: Place, run: Sequence[str], note: Cutting) -> None:
    """The same again as soon as it has ended."""
    for _ in range(2):
        note.note(Running(place, run).end(), "run")
    note.cuts += 1


def _overtaken(site: Site, place: Place, run: Sequence[str], note: Cutting, chance: random.Random) -> None:
    """One is silent so long that another takes its stage over, and then goes on beside it."""
    probe = site.probe(place)
    first = Running(place, run)
    if wait_for_database(first, probe) and _held(first, probe, chance):
        engine = create_engine(site.address(place))
        with engine.begin() as connection:
            connection.execute(text(SILENT))
        engine.dispose()
        second = Running(place, run)
        second.over(chance.uniform(0.3, 4.0))
        first.go_on()
        note.cuts += 1
        note.note(second.end(), "run that took over")
    note.note(first.end(), "run that was overtaken")
    last = Running(place, run).end()
    if not last.well:
        note.wrong.append(f"run after an overlap: exit {last.code}: {last.err[-800:]}")


def _held(running: Running, probe: Any, chance: random.Random) -> bool:
    """Hold a run at a random moment, but not where the database would wait for it."""
    time.sleep(chance.uniform(0.0, 3.0))
    for _ in range(HOLDS):
        if not running.stop():
            return False
        if probe.doing() is None:
            return True
        running.go_on()
        time.sleep(chance.uniform(0.01, 0.1))
    return False


def _retried(site: Site, place: Place, run: Sequence[str], note: Cutting, chance: random.Random) -> None:
    """Killed on the way, begun again from the start, and once more though nothing is left to do."""
    first = Running(place, run)
    if wait_for_database(first, site.probe(place)) and not first.over(chance.uniform(0.1, 5.0)):
        first.kill()
        note.cuts += 1
    first.end()
    for _ in range(2):
        again = Running(place, run).end()
        note.note(again, "run again")
        if not again.well:
            note.wrong.append(f"run again: exit {again.code}: {again.err[-800:]}")
