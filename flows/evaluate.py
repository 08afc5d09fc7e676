"""Measure a tagger on labelled contacts."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.accuracy import AccuracyReport
from evals.accuracy import evaluate as grade
from flows.labelled import Labelled, read_labelled
from flows.predict import Predictor
from store.settings import Settings
from tagger.model import Tag
from tagger.tag import tag_contacts
from taxonomy.model import Job

BATCH = 2000


@dataclass(frozen=True)
class Evaluation:
    """The figures, and the lines of the file that could not be used, by reason."""

    report: AccuracyReport
    unused: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """`headway eval --json`."""
        return {**self.report.as_json(), "unused": dict(self.unused)}

    def text(self) -> str:
        """The figures for people."""
        return self.report.text()

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
    return Evaluation(report, labelled.unused)


def _tags(predictor: Predictor, labelled: Labelled) -> list[Tag]:
    found: list[Tag] = []
    for start in range(0, len(labelled.contacts), BATCH):
        batch = labelled.contacts[start : start + BATCH]
        found += tag_contacts(predictor.job, predictor.reader, batch).tags
    return found
