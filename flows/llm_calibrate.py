"""Measure an LLM on labelled contacts that the tagger would hand over, and believe it accordingly from then on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.artifact import load
from classifiers.llm import LlmStage
from classifiers.llm_agreement import Calibration, Measured, assumed_chance, fit_calibration, save_calibration
from classifiers.llm_prompt import text_hash
from classifiers.model import Model
from flows.labelled import Labelled, read_labelled
from flows.llm_examples import reviewed_examples
from store.job_version import check_version
from store.llm import CALIBRATION, WITH_EXAMPLES, names, open_stage
from store.models import ModelShelf
from store.settings import Settings
from taxonomy.errors import BadInputError
from taxonomy.model import Job

HELD_OUT, HASH_DIGITS = "held_out.json", 20
"""Where the training keeps hashes of the contacts that it learned from, and their length."""


class NoLlmError(BadInputError):
    """An LLM is needed and none is configured."""


class NothingToMeasureError(BadInputError):
    """No labelled contact can measure the LLM."""


@dataclass(frozen=True)
class CalibrationReport:
    """What a calibration came to.

    `contacts` were labelled, `learned_from` of them trained the model and cannot measure, `deferred` are left by it,
    `answered` have a usable answer of the LLM, `right` of them with the label that people gave.
    """

    model: str
    llm: str
    contacts: int
    learned_from: int
    deferred: int
    answered: int
    right: int
    refused: Mapping[str, int]
    calibration: Calibration
    usd: float | None

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return {**vars(self), "refused": dict(self.refused), "calibration": self.calibration.as_json()}

    def text(self) -> str:
        """The report for people."""
        found = self.calibration
        kept = (
            f"accepted from now on: {100 * found.accepted_share:.0f} % of its answers, at most "
            f"{100 * found.bound:.1f} % of these wrong"
            if found.accepted_share
            else "accepted from now on: none; too few examples, or too many mistakes, for the job's promise"
        )
        return (
            f"{self.llm} behind model {self.model}: of {self.contacts:,} labelled contacts {self.learned_from:,} "
            f"trained the model, it defers {self.deferred:,} of the rest; the LLM answered {self.answered:,}, "
            f"{self.right:,} of them right\n{kept}"
        )


def calibrate(job: Job, data: Path, *, settings: Settings, model: str | None = None) -> CalibrationReport:
    """Ask the LLM all its samples about what the model defers, and keep how far it can be believed.

    The promise is the job's (`max_error`), tested at half of its delta, as each trained stage is.
    Raises NoLlmError, NothingToMeasureError, NoModelError, or BadInputError for an unusable file.
    """
    if not settings.llm_configured:
        raise NoLlmError("no LLM is configured: set HEADWAY_LLM_MODEL and HEADWAY_LLM_BASE_URL or OPENAI_API_KEY")
    folder = ModelShelf(settings.models, job.id).path(model)
    used = load(folder, home=settings.home)
    check_version(used, job)
    labelled = read_labelled(job, data)
    fresh = _fresh(labelled, folder)
    if not fresh:
        raise NothingToMeasureError(f"{data}: every labelled contact trained model {used.id}; give others")
    examples = reviewed_examples(job, used, settings=settings)
    stage = open_stage(used, job, settings=settings, folder=folder, examples=examples)
    measured, deferred, refused = _measured(stage, used, labelled, fresh)
    if not measured:
        raise NothingToMeasureError(f"{data}: no answer of the LLM to measure ({deferred} deferred, refused {refused})")
    found = fit_calibration(measured, max_error=job.tagging.max_error, delta=job.tagging.delta / 2)
    kept = folder / (CALIBRATION if examples is None else WITH_EXAMPLES)
    save_calibration(found, kept, names=names(used, settings))
    return CalibrationReport(
        model=used.id,
        llm=stage.reader.name,
        contacts=len(labelled.contacts),
        learned_from=len(labelled.contacts) - len(fresh),
        deferred=deferred,
        answered=len(measured),
        right=sum(one.right for one in measured),
        refused=refused,
        calibration=found,
        usd=stage.reader.tally.as_counts()["usd"],
    )


def _fresh(labelled: Labelled, folder: Path) -> list[int]:
    """Rows of the contacts that did not train the model; the training kept hashes of those that did."""
    path = folder / HELD_OUT
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return [row for row, document in enumerate(labelled.documents) if text_hash(document)[:HASH_DIGITS] not in known]


def _measured(
    stage: LlmStage, model: Model, labelled: Labelled, rows: list[int]
) -> tuple[list[Measured], int, dict[str, int]]:
    documents = [labelled.documents[row] for row in rows]
    answers = model.answer(documents)
    left: NDArray[np.int64] = np.flatnonzero(answers.deferred)
    scores = answers.scores.rows(left)
    readings = stage.readings([documents[row] for row in left], scores, everything=True)
    found, refused = [], Counter[str]()
    for reading, row, chances in zip(readings, left, scores.probabilities, strict=True):
        if reading.label is None:
            refused[str(reading.refused)] += 1
            continue
        column = model.space.labels.index(reading.label)
        right = reading.label == labelled.names[rows[row]]
        found.append(Measured(assumed_chance(chances, column, reading.agreement), right))
    return found, len(left), dict(refused)
