"""All faults on both databases, part by part; parts that are done stay in a file, so that a stopped run goes on."""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evals.faults.commands import Place
from evals.faults.course import Undisturbed, undisturbed
from evals.faults.cuts import cut_in_commit, terminated
from evals.faults.disks import file_limit, small_disk
from evals.faults.kills import Course, killed_course
from evals.faults.llms import FAULTS, llm_fault
from evals.faults.overlaps import overlaps
from evals.faults.picture import picture_of
from evals.faults.sites import POSTGRES, Base, PostgresSite, Say, Site, SqliteSite, make_base, postgres_server

KINDS = ("kills", "cuts", "disk", "llm", "overlaps")
DATABASES = ("SQLite", "PostgreSQL")
RESULTS = "results.jsonl"
SMALL = 800
"""Contacts of a world for everything but the kills."""

BUDGET_SHARE = 0.02
LEAST_BUDGET = 100


@dataclass(frozen=True)
class Sizes:
    """Contacts of a killed course, kills and courses per database, and how many courses go side by side."""

    contacts: int = SMALL
    kills: int = 20
    courses: int = 1
    side_by_side: int = 2
    minutes: float | None = None


@dataclass(frozen=True)
class Part:
    """A piece of the proof; its work gives None where it stopped for want of time and goes on another time."""

    name: str
    work: Callable[[], dict[str, Any] | None]


class Results:
    """The file of what is done, a line each."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / RESULTS

    def done(self) -> dict[str, dict[str, Any]]:
        """By name; the last of a name counts."""
        lines = self._file.read_text("utf-8").splitlines() if self._file.exists() else []
        return {found["name"]: found for found in map(json.loads, lines)}

    def add(self, name: str, found: Mapping[str, Any]) -> None:
        """Keep one part."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"name": name, "at": now, "machine": machine(), **found}) + "\n")


def machine() -> str:
    """What this was run on."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def fault_runs(
    folder: Path,
    *,
    sizes: Sizes,
    kinds: Sequence[str],
    databases: Sequence[str],
    encoders: Path | None,
    say: Say,
) -> dict[str, Any]:
    """Every part that is asked for and not done yet; all results of these sizes, and how many parts are left over.

    Nothing is begun after `sizes.minutes`: the same command goes on.
    """
    folder, results = folder.absolute(), Results(folder)
    end = time.monotonic() + 60 * sizes.minutes if sizes.minutes else None
    names: list[str] = []

    def over() -> bool:
        return end is not None and time.monotonic() > end

    with ExitStack() as stack:
        for database in databases:
            for contacts, wanted in ((sizes.contacts, {"kills"}), (SMALL, set(KINDS) - {"kills"})):
                if not wanted & set(kinds):
                    continue
                setting = _Setting(folder, database, contacts, encoders, stack, say, over)
                parts = [part for kind in kinds if kind in wanted for part in setting.parts(kind, sizes)]
                names += [part.name for part in parts]
                _work(parts, results, over=over, at_once=sizes.side_by_side if "kills" in wanted else 1)
    done = results.done()
    return {
        "parts": [done[name] for name in names if name in done],
        "left": [name for name in names if name not in done],
    }


def _work(parts: Sequence[Part], results: Results, *, over: Callable[[], bool], at_once: int) -> None:
    left = [part for part in parts if part.name not in results.done()]

    def one(part: Part) -> tuple[str, dict[str, Any] | None]:
        return part.name, None if over() else part.work()

    with ThreadPoolExecutor(max_workers=at_once) as pool:
        for future in as_completed([pool.submit(one, part) for part in left]):
            name, found = future.result()
            if found is not None:
                results.add(name, found)


@dataclass
class _Setting:
    """One database with a world of one size; set up when a part of it is worked on."""

    folder: Path
    database: str
    contacts: int
    encoders: Path | None
    stack: ExitStack
    say: Say
    over: Callable[[], bool]
    _site: Site | None = None
    _expected: Undisturbed | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def budget(self) -> int:
        """Contacts to review."""
        return max(LEAST_BUDGET, int(BUDGET_SHARE * self.contacts))

    def parts(self, kind: str, sizes: Sizes) -> list[Part]:
        """The parts of a kind of fault on this database."""
        head, sqlite = f"{kind}/{self.database}/{self.contacts}", self.database == "SQLite"
        match kind:
            case "kills":
                share = -(-sizes.kills // sizes.courses)
                numbers = range(sizes.courses)
                return [Part(f"{head}/{share}/{number}", partial(self._killed, number, share)) for number in numbers]
            case "cuts":
                return [] if sqlite else [Part(f"{head}/{how}", partial(self._cut, how)) for how in CUTTERS]
            case "disk":
                hows = FILLERS if sqlite else ("small disk",)
                return [Part(f"{head}/{how}", partial(self._full, how)) for how in hows]
            case "llm":
                return [Part(f"{head}/{fault}", partial(self._llm, fault)) for fault in FAULTS] if sqlite else []
        return [Part(head, lambda: overlaps(self._made(), say=self.say))]

    def _killed(self, number: int, kills: int) -> dict[str, Any] | None:
        # the first course begins without sentence vectors, as a new home does
        course = Course(f"{self.database.lower()}-killed-{number}", kills, self.budget, warm=number > 0)
        site, expected = self._made(), self._known()
        return killed_course(site, expected, course, over=self.over, say=self.say)

    def _cut(self, how: str) -> dict[str, Any]:
        site, expected = self._made(), self._known()
        if not isinstance(site, PostgresSite):
            raise TypeError("connections are cut to a server")
        return CUTTERS[how](site, expected, budget=self.budget, say=self.say)

    def _full(self, how: str) -> dict[str, Any]:
        site, expected = self._made(), self._known()
        if how == "file limit" and isinstance(site, SqliteSite):
            return file_limit(site, expected, budget=self.budget, say=self.say)
        return small_disk(site, expected, budget=self.budget, say=self.say)

    def _llm(self, fault: str) -> dict[str, Any]:
        return llm_fault(SqliteSite(self._base()), fault, say=self.say)

    def _base(self) -> Base:
        return make_base(self.folder, contacts=self.contacts, encoders=self.encoders, say=self.say)

    def _made(self) -> Site:
        with self._lock:
            if self._site is None:
                self._site = self._new_site()
            return self._site

    def _new_site(self) -> Site:
        base = self._base()
        if self.database == "SQLite":
            return SqliteSite(base)
        server = self.folder / "postgres"
        return PostgresSite(base, self.stack.enter_context(postgres_server(server)), server)

    def _known(self) -> Undisturbed:
        """What the undisturbed course came to; run once, and read again from its database after that."""
        site = self._made()
        with self._lock:
            if self._expected is None:
                self._expected = _undisturbed(site, budget=self.budget, say=self.say)
            return self._expected


CUTTERS = {"terminated": terminated, "in commit": cut_in_commit}
FILLERS = ("file limit", "small disk")


def _undisturbed(site: Site, *, budget: int, say: Say) -> Undisturbed:
    name = site.undisturbed.name
    kept = site.base.folder / f"{name}.json"
    if kept.exists():
        place = Place(site.undisturbed, site.named_address(name))
        return Undisturbed(picture_of(site.address(place)), **json.loads(kept.read_text("utf-8")))
    say(f"{site.name}: {site.base.contacts:,} contacts, undisturbed")
    # the sentence vectors of the other database's course are the same
    other = next(iter(sorted(site.undisturbed.parent.glob(f"*-undisturbed-{site.base.contacts}"))), None)
    place = site.fresh(name, warm=other)
    found = undisturbed(site, place, budget=budget)
    kept.write_text(json.dumps({"figures": found.figures, "seconds": found.seconds}), "utf-8")
    return found


def databases_here() -> tuple[str, ...]:
    """SQLite, and PostgreSQL where pip has brought one."""
    return DATABASES if find_spec(POSTGRES) is not None else DATABASES[:1]
