"""A database to which things happen day by day, for tests of what is measured of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from flows.measure import Measured, measure
from flows.workspace import Workspace
from store.contacts import _add_survey
from store.reviews import add_decisions, draw, export_items
from store.session import insert_new
from store.settings import Settings
from store.tables import contacts, tags
from store.tags import save_label_space
from tagger.labels import label_space
from tagger.model import Survey
from tagger.review import Decision
from taxonomy.loader import find_job

JOB = find_job("online-order")
SPACE = label_space(JOB)
STEPS = tuple(JOB.step_by_id)
CUSTOMERS = 15


@dataclass
class History:
    """A database to which things happen; its clock runs ahead of the real one, so that all records are in its past."""

    workspace: Workspace
    rng: np.random.Generator
    now: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(hours=1))
    model: str = "m1"
    tagged: set[int] = field(default_factory=set)

    def day(self, count: int = 25, *, late: bool = False) -> None:
        """A batch of contacts of the last day, or of any day of the last 40, and their tags."""
        back = self.rng.uniform(0, 40 if late else 1, count)
        with self.workspace.database.session() as session:
            first = (session.scalar(select(func.max(contacts.c.pk))) or 0) + 1
            rows = [self._contact(first + n, self.now - timedelta(days=float(d))) for n, d in enumerate(back)]
            insert_new(session, contacts, rows)
        self.tag(range(first, first + count - 2))  # two are not read yet

    def late(self) -> None:
        self.day(6, late=True)

    def tag(self, keys: object) -> None:
        keys = [key for key in keys if key not in self.tagged]  # type: ignore[attr-defined]
        scores = self.rng.dirichlet(np.full(len(SPACE.labels), 0.05), len(keys)).astype("<f4")
        facts = {"step": None, "outcome": None, "confidence": 0.5, "deferred": False, "source": "model"}
        names = {"job_id": JOB.id, "job_version": JOB.stamp, "model_id": self.model, "evidence": [], "novelty": 0.0}
        with self.workspace.database.session() as session:
            save_label_space(session, self.model, SPACE)
            at = {"tagged_at": datetime.now(UTC)}
            rows = [
                {"contact_pk": key, "scores": row.tobytes(), **facts, **names, **at}
                for key, row in zip(keys, scores, strict=True)
            ]
            insert_new(session, tags, rows)
        self.tagged |= set(keys)

    def read_the_rest(self) -> None:
        with self.workspace.database.session() as session:
            keys = list(session.scalars(select(contacts.c.pk)))
        self.tag(keys)

    def retag(self) -> None:
        """Another model reads half of the contacts; from now on it reads all new ones."""
        self.model, self.tagged = f"{self.model}x", set()
        with self.workspace.database.session() as session:
            keys = list(session.scalars(select(contacts.c.pk)))
        self.tag([key for key in keys if self.rng.random() < 0.5])

    def answer(self) -> None:
        with self.workspace.database.session() as session:
            silent = list(session.scalars(select(contacts.c.pk).where(contacts.c.effort.is_(None))))
            for key in self.rng.choice(silent, size=min(3, len(silent)), replace=False) if silent else []:
                moment = self.now + timedelta(hours=float(self.rng.uniform(-48, 24)))
                _add_survey(session, int(key), Survey(float(self.rng.integers(1, 8)), None, moment, "ces2-7"))

    def draw(self) -> None:
        with self.workspace.database.session() as session:
            if self.tagged:
                draw(session, job_id=JOB.id, job_version=JOB.stamp, model_id=self.model, budget=12)

    def decide(self) -> None:
        """Some items of the queue, decided anew where they were already."""
        with self.workspace.database.session() as session:
            items = [item for item in export_items(session, JOB.id) if item.drawn][: int(self.rng.integers(1, 30))]
            at = datetime.now(UTC)
            chosen = [item for item in items if item.decision is None or self.rng.random() < 0.2]
            steps = [STEPS[self.rng.integers(len(STEPS))] for _ in chosen]
            made = [Decision(step, JOB.step_by_id[step].outcomes[0].id, "a", at) for step in steps]
            add_decisions(session, [(item.item, one) for item, one in zip(chosen, made, strict=True)])

    def time(self) -> None:
        self.now += timedelta(days=float(self.rng.uniform(0.5, 9)))

    def measure(self) -> Measured:
        return measure(self.workspace, as_of=self.now)

    def _contact(self, key: int, start: datetime) -> dict[str, object]:
        rng = self.rng
        answered = rng.random() < 0.4
        return {
            "pk": key,
            "source": "s",
            "contact_id": f"c{key}",
            "content_hash": "h",
            "customer": None if rng.random() < 0.1 else f"u{rng.integers(CUSTOMERS)}",
            "channel": ("chat", "phone", None)[rng.integers(3)],
            "started_at": None if rng.random() < 0.05 else start,
            "ended_at": None if rng.random() < 0.1 else start + timedelta(minutes=float(rng.uniform(-5, 200))),
            "transfers": int(rng.integers(3)),
            "segment": {"tier": ("gold", "free")[rng.integers(2)]},
            "circumstance": {},
            "effort": float(rng.integers(1, 8)) if answered else None,
            "effort_scale": "ces2-7" if answered else None,
            "u": float(rng.random()),
            "ingested_at": datetime.now(UTC),
        }


def history_in(folder: Path, empty: Path, seed: int) -> History:
    shutil.copy(empty, folder / "headway.db")
    return History(Workspace(Settings(home=folder), JOB), np.random.default_rng(seed))
