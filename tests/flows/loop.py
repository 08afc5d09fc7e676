"""The learning loop driven end to end on generated contacts, with an analyst who knows the truth."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.draw import draw_reviews
from flows.ingest import ingest
from flows.measure import measure
from flows.retag import Retagged, retag
from flows.tag import tag
from flows.train import train
from flows.training_report import Training
from flows.workspace import Workspace
from store.reviews import add_decisions, export_items
from tagger.review import Decision

JOB = "online-order"


@dataclass(frozen=True)
class Loop:
    """A workspace with generated contacts, and what is true of each."""

    workspace: Workspace
    sample: Path

    def start_weak(self, *, labels: int) -> None:
        """A tagger from so many labels, put in use; everything tagged."""
        few = self.workspace.settings.home / "few.jsonl"
        with gzip.open(self.sample / "labelled.jsonl.gz", "rt", encoding="utf-8") as lines:
            few.write_text("".join(line for line, _ in zip(lines, range(labels), strict=False)))
        ingest(self.workspace, [self.sample / "contacts.jsonl.gz"], job=self.workspace.job, source="sample")
        train(self.workspace.job, few, settings=self.workspace.settings)
        tag(self.workspace)

    def review(self, *, drawn: int, unsure: int, by: str = "ann") -> int:
        """Draw contacts, decide them and some of the unsure ones as they truly are; how many were decided now."""
        draw_reviews(self.workspace, budget=drawn)
        known = {row["id"]: row for row in map(json.loads, (self.sample / "truth.jsonl").read_text().splitlines())}
        now, decisions, left = datetime.now(UTC), [], unsure
        with self.workspace.database.session() as session:
            for item in export_items(session, JOB):
                if item.decision is not None or (not item.drawn and left == 0):
                    continue
                left -= not item.drawn
                row = known[item.contact_id]
                decisions.append((item.item, Decision(row["step"], row["outcome"], by, now)))
            add_decisions(session, decisions)
        measure(self.workspace)
        return len(decisions)

    def learn(self) -> tuple[Training, Retagged]:
        """Train from decisions and read everything again."""
        done = train(self.workspace.job, None, settings=self.workspace.settings)
        return done, retag(self.workspace)

    def truths(self) -> dict[str, dict[str, float]]:
        """The true figures of every step, by name."""
        return json.loads((self.sample / "truth.json").read_text())
