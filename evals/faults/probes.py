"""What a database is in the middle of for a process that was just held: seen from outside, not asked of the process."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import Engine, create_engine, text

State = Literal["before its first write", "between commits", "writing", "committing"]
STATES: tuple[State, ...] = ("before its first write", "writing", "committing", "between commits")

TABLES = (
    "contacts",
    "outcome_answers",
    "product_events",
    "tags",
    "contact_drivers",
    "review_items",
    "review_decisions",
    "moments",
    "replicates",
    "published",
)
COUNTED = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)  # noqa: S608 - our own names
THROUGH = "SELECT count(*) FROM stage_runs WHERE status = 'done' AND stage = '{}'"
AT_WORK = "SELECT stage FROM stage_runs WHERE status = 'running' ORDER BY pk DESC LIMIT 1"

WRITE_LOCK = 120
"""Byte of SQLite's `-shm` file that whoever writes has locked (its documented WAL locking)."""

FRAME = 24
"""Bytes of the head of a page in the log; 32 of the log's own."""


class Probe(Protocol):
    """A look at one database."""

    def connected(self, pid: int) -> bool:
        """Whether the process has opened the database."""

    def counts(self) -> tuple[int, ...]:
        """Rows of `TABLES`, as committed."""

    def stage(self) -> str | None:
        """The stage that says it is at work."""

    def through(self, stage: str) -> bool:
        """Whether a run of the stage has ended well."""

    def doing(self) -> Literal["writing", "committing"] | None:
        """What somebody else's transaction is in the middle of; None where nothing is written."""


def state_of(before: tuple[int, ...], probe: Probe) -> State:
    """What was killed: a transaction under way, else whether anything was committed since `before`."""
    doing = probe.doing()
    if doing is not None:
        return doing
    return "before its first write" if probe.counts() == before else "between commits"


class SqliteProbe:
    """SQLite: the lock of the writer in /proc/locks, and pages in the log that no commit has made valid yet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before = b""

    def connected(self, pid: int) -> bool:
        """Whether the process holds the file open; remembers what lies beyond the last commit from before."""
        try:
            held = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
        except OSError:  # the process has ended, or closed a file just now
            return False
        if str(self._file) not in held:
            return False
        self._before = self._beyond()
        return True

    def counts(self) -> tuple[int, ...]:
        """Rows, as committed."""
        return tuple(self._row(COUNTED) or ())

    def stage(self) -> str | None:
        """The stage that says it is at work."""
        found = self._row(AT_WORK)
        return None if found is None else str(found[0])

    def through(self, stage: str) -> bool:
        """Whether a run of the stage has ended well."""
        return bool((self._row(THROUGH.format(stage)) or (0,))[0])

    def doing(self) -> Literal["writing", "committing"] | None:
        """`committing` where pages of this transaction are in the log and the commit that makes them valid is not."""
        if not self._locked():
            return None
        beyond = self._beyond()
        return "committing" if beyond and beyond != self._before else "writing"

    def _row(self, query: str) -> tuple[int, ...] | None:
        with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=ro", uri=True, timeout=30)) as opened:
            found: tuple[int, ...] | None = opened.execute(query).fetchone()
            return found

    def _locked(self) -> bool:
        shared = self._file.with_name(f"{self._file.name}-shm")
        if not shared.exists():
            return False
        inode = shared.stat().st_ino
        for line in Path("/proc/locks").read_text("ascii").splitlines():
            fields = line.replace("-> ", "").split()
            here = fields[5].rpartition(":")[2] == str(inode) and fields[3] == "WRITE"
            if here and int(fields[6]) <= WRITE_LOCK <= (WRITE_LOCK if fields[7] == "EOF" else int(fields[7])):
                return True
        return False

    def _beyond(self) -> bytes:
        """The head of the first page in the log behind the last commit; empty where there is none of this log."""
        log, shared = (self._file.with_name(f"{self._file.name}-{end}") for end in ("wal", "shm"))
        try:
            with log.open("rb") as pages, shared.open("rb") as index:
                head, known = pages.read(32), index.read(40)
                size = int.from_bytes(head[8:12], "big")
                valid = int.from_bytes(known[16:20], "little")
                pages.seek(32 + valid * (FRAME + size))
                found = pages.read(FRAME)
        except FileNotFoundError:
            return b""
        return found if len(found) == FRAME and found[8:16] == head[16:24] else b""


class PostgresProbe:
    """PostgreSQL: what the server says its other connections to this database are doing."""

    COMMITS = "bool_or(state = 'active' AND query ILIKE 'commit%')"
    NAME = "headway-fault-probe"
    OTHERS = f"FROM pg_stat_activity WHERE datname = current_database() AND application_name <> '{NAME}'"

    def __init__(self, address: str) -> None:
        self.engine: Engine = create_engine(
            address, isolation_level="AUTOCOMMIT", pool_size=1, connect_args={"application_name": self.NAME}
        )

    def connected(self, pid: int) -> bool:
        """Whether anybody else is connected: a database has one user at a time here."""
        return bool(self._row(f"SELECT count(*) {self.OTHERS}")[0])

    def counts(self) -> tuple[int, ...]:
        """Rows, as committed."""
        return tuple(self._row(COUNTED))

    def stage(self) -> str | None:
        """The stage that says it is at work."""
        found = self._row(AT_WORK)
        return str(found[0]) if found else None

    def through(self, stage: str) -> bool:
        """Whether a run of the stage has ended well."""
        return bool(self._row(THROUGH.format(stage))[0])

    def doing(self) -> Literal["writing", "committing"] | None:
        """`committing` where a backend works on a COMMIT; `writing` where a transaction has written."""
        query = f"SELECT {self.COMMITS}, bool_or(backend_xid IS NOT NULL) {self.OTHERS}"
        committing, writing = self._row(query)
        return "committing" if committing else "writing" if writing else None

    def cut(self) -> int:
        """End every other connection to this database, as an administrator does; how many there were."""
        return int(self._row(f"SELECT count(pg_terminate_backend(pid)) {self.OTHERS}")[0])

    def close(self) -> None:
        """Close the connection."""
        self.engine.dispose()

    def _row(self, query: str) -> tuple[int, ...]:
        with self.engine.connect() as connection:
            return tuple(connection.execute(text(query)).fetchone() or ())
