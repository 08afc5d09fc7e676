"""Measure a tagger on labelled contacts."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.deferral import price_table as kept_shares
from evals.accuracy import AccuracyReport, sureness
from evals.accuracy import evaluate as grade
from flows.labelled import Labelled, read_labelled
from flows.prices import PriceTable, price_table
from store.predictor import Predictor
from store.settings import Settings
from tagger.model import Tag
from tagger.tag import tag_contacts
from taxonomy.model import Job

BATCH = 2000


@dataclass(frozen=True)
class Evaluation:
    """The figures, what promises would cost on these contacts, and the lines that could not be used, by reason."""

    report: AccuracyReport
    prices: PriceTable
    unused: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """`headway eval --json`."""
        return {**self.report.as_json(), "prices": self.prices.as_json(), "unused": dict(self.unused)}

    def text(self) -> str:
        """The figures for people."""
        return f"{self.report.text()}\n{self.prices.text()}"

    def write(self, folder: Path) -> None:
        """`report.json` and `report.md` in `folder`, which is made if it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(json.dumps(self.as_json(), indent=1), "utf-8")
        lines = "\n".join(f"- {line}" for line in self.text().splitlines())
        (folder / "report.md").write_text(f"# Tagger evaluation\n\n{lines}\n", "utf-8")


def evaluate(job: Job, data: Path, *, settings: Settings, model: str | None = None) -> Evaluation:
    """Tag the labelled contacts of a file and grade the tags; the clock runs for the tagging alone.

    Raises NothingLabelledError, NoModelError, JobVersionError, or BadInputError for an unusable file.
    """
    labelled = read_labelled(job, data)
    predictor = Predictor.open(job, settings=settings, model=model)
    tag_contacts(job, predictor.model, labelled.contacts[:1])  # what is made on first use is not speed
    began = time.perf_counter()
    tags = _tags(predictor, labelled)
    seconds = time.perf_counter() - began
    report = grade(labelled.labels, tags, max_error=job.tagging.max_error, seconds=seconds)
    return Evaluation(report, _prices(job, labelled, tags, settings), labelled.unused)


def _prices(job: Job, labelled: Labelled, tags: Sequence[Tag], settings: Settings) -> PriceTable:
    """The share of these contacts that each promise would keep, by the probability of the answer alone."""
    confidence, right = sureness(labelled.labels, tags)
    kept = {one.max_error: one.accepted_share for one in kept_shares(confidence, right, delta=job.tagging.delta)}
    return price_table(kept, job, labelled.documents, settings=settings)


def _tags(predictor: Predictor, labelled: Labelled) -> list[Tag]:
    found: list[Tag] = []
    for start in range(0, len(labelled.contacts), BATCH):
        batch = labelled.contacts[start : start + BATCH]
        found += tag_contacts(predictor.job, predictor.reader, batch).tags
    return found
