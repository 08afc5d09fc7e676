"""Many contacts from file to index, stage by stage: contacts a second, memory, bytes, two workers, one more day.

Every stage is a command run from outside, and its result is kept in `results.json` of the bench's folder: killed, or
stopped after some stages, the bench goes on with the first that is not there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from evals.watched import watch_command
from taxonomy.errors import BadInputError

JOB = "online-order"
DAYS = 180
START = date(2026, 3, 1)
BUDGET = 400
Say = Callable[[str], None]


class OtherBenchError(BadInputError):
    """The folder holds results of another size."""


@dataclass(frozen=True)
class Step:
    """One stage: the command, how many contacts it is about, the home it works on, and its settings."""

    name: str
    arguments: tuple[str, ...]
    contacts: int
    home: str = "home"
    settings: tuple[tuple[str, str], ...] = ()


def million(
    folder: Path, *, contacts: int, scaling: int, database_url: str | None = None, most: int | None = None, say: Say
) -> dict[str, Any]:
    """Do the stages that are not done yet, at most `most` of them; everything that is known.

    `scaling` contacts are tagged three times besides: in one process, by one worker and by two. Raises OtherBenchError
    where the folder holds results of other sizes.
    """
    book = _Book(folder / "results.json", {"contacts": contacts, "scaling": scaling, "days": DAYS})
    waiting = [step for step in _steps(folder, contacts, scaling) if step.name not in book.stages()]
    for step in waiting if most is None else waiting[:most]:
        say(f"{step.name}: headway {' '.join(step.arguments)}")
        _prepare(folder, step)
        settings = dict(step.settings)
        if database_url is not None and step.home == "home":
            settings["HEADWAY_DATABASE_URL"] = database_url
        done = watch_command(step.arguments, home=folder / step.home, settings=settings)
        size = _database_bytes(folder / step.home)
        book.add(step.name, {**asdict(done), "contacts": step.contacts, "database_bytes": size})
    return book.known


@dataclass(frozen=True)
class _Book:
    """The results so far, in a file."""

    path: Path
    sizes: Mapping[str, int]

    @property
    def known(self) -> dict[str, Any]:
        """Everything that is in the file. Raises OtherBenchError."""
        if not self.path.is_file():
            return {**self.sizes, "stages": {}}
        found: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        if any(found.get(name) != size for name, size in self.sizes.items()):
            raise OtherBenchError(f"{self.path} is of other sizes: name another --folder, or delete it")
        return found

    def stages(self) -> set[str]:
        """Names of the stages that are done."""
        return set(self.known["stages"])

    def add(self, name: str, result: Mapping[str, Any]) -> None:
        """Keep the result of a stage."""
        known = self.known
        known["stages"][name] = result
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(known, indent=1), encoding="utf-8")
        draft.replace(self.path)


def _steps(folder: Path, contacts: int, scaling: int) -> Iterator[Step]:
    """From file to index, the same with nothing new, one more day, and the scaling."""
    world, day = folder / "world", folder / "day"
    job = ("--job", JOB)
    more = max(1, contacts // DAYS)
    after = str(START + timedelta(days=DAYS))
    yield Step("world", _world(world, contacts, str(START), DAYS), contacts)
    yield Step("train", ("train", *job, "--data", str(world / "labelled.jsonl.gz"), "--fast", "--json"), 0)
    yield Step("ingest", ("ingest", str(world / "contacts.jsonl.gz"), *job, "--json"), contacts)
    yield Step("survey", _rows(world / "outcome_survey.csv", "outcome-survey"), 0)
    yield Step("events", _rows(world / "events.csv", "events"), 0)
    yield from _stages("", contacts)
    yield from _stages(" again", 0)
    yield Step("world of a day", _world(day, more, after, 1), more)
    source = ("--source", "day")
    yield Step("ingest of a day", ("ingest", str(day / "contacts.jsonl.gz"), *job, *source, "--json"), more)
    yield from _stages(" of a day", more)
    yield Step("world of the scaling", _world(folder / "few", scaling, str(START), DAYS), scaling)
    few = ("ingest", str(folder / "few" / "contacts.jsonl.gz"), *job, "--json")
    yield Step("ingest of the scaling", few, scaling, home="few-home")
    for name, cluster in (("in one process", ""), ("by one worker", "local:1"), ("by two workers", "local:2")):
        settings = (("HEADWAY_CLUSTER", cluster),) if cluster else ()
        yield Step(f"tag {name}", ("tag", *job, "--json"), scaling, home=name.replace(" ", "-"), settings=settings)


def _stages(when: str, contacts: int) -> Iterator[Step]:
    job = ("--job", JOB, "--json")
    yield Step(f"tag{when}", ("tag", *job), contacts)
    if not when:
        yield Step("draw", ("review", "sample", "--budget", str(BUDGET), *job), contacts)
    yield Step(f"measure{when}", ("measure", *job), contacts)
    yield Step(f"publish{when}", ("publish", *job), contacts)


def _world(folder: Path, contacts: int, start: str, days: int) -> tuple[str, ...]:
    sizes = ("--contacts", str(contacts), "--words", "40", "--start", start, "--days", str(days))
    return ("world", "--job", JOB, *sizes, "--out", str(folder), "--json")


def _rows(path: Path, kind: str) -> tuple[str, ...]:
    return ("ingest", str(path), "--kind", kind, "--job", JOB, "--json")


def _prepare(folder: Path, step: Step) -> None:
    """The scaling's homes: models and encoders of the trained one, and a database that is read anew each time."""
    home, trained, filled = folder / step.home, folder / "home", folder / "few-home"
    if step.home == "home" or home.exists():
        return
    home.mkdir(parents=True)
    for part in ("models", "encoders"):
        shutil.copytree(trained / part, home / part)
    shutil.copy(trained / "secret", home / "secret")
    if home != filled:
        for path in filled.glob("headway.db*"):
            shutil.copy(path, home / path.name)


def _database_bytes(home: Path) -> int:
    return sum(path.stat().st_size for path in home.glob("headway.db*"))
