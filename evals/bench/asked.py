"""The LLM alone: every outcome of the job with its meaning, the transcript, and no classifier."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from classifiers.llm_prompt import Question
from classifiers.llm_reader import LlmReader, Reading
from classifiers.scores import NONE_LABEL
from evals.bench.answered import Answered
from evals.bench.split import Line, Split
from tagger.redact import redact


@dataclass(frozen=True)
class LlmAlone:
    """Asks the LLM of the settings about each contact, without labels or examples.

    An answer that cannot be used counts as wrong and as deferred; agreement over samples is the confidence.
    """

    reader: LlmReader
    concurrency: int

    def __call__(self, split: Split) -> Answered:
        """Ask about every measured contact, several at once."""
        spent = self.reader.tally.usd
        began = time.perf_counter()
        with ThreadPoolExecutor(self.concurrency) as pool:
            readings = list(pool.map(lambda line: self._read(split, line), split.test))
        seconds = time.perf_counter() - began
        return self._answered(split, readings, seconds=seconds, spent=spent)

    def _read(self, split: Split, line: Line) -> Reading:
        outcomes = split.job.outcome_by_id
        names = {step.id: step.name for step in split.job.steps}
        meanings = {
            name: f"{names[split.job.step_of[name]]}: {outcome.statement}" for name, outcome in outcomes.items()
        }
        said = tuple(redact(turn["text"]).text for turn in line["turns"] if turn["speaker"] == "customer")
        question = Question(said, (*outcomes, NONE_LABEL), meanings)
        return self.reader.read(question, worth=lambda _label, _agreement: True)

    def _answered(self, split: Split, readings: list[Reading], *, seconds: float, spent: float | None) -> Answered:
        step_of = {**split.job.step_of, NONE_LABEL: "", "unusable": "unusable"}
        given = [reading.label or "unusable" for reading in readings]
        agreement = [reading.agreement for reading in readings]
        now = self.reader.tally.usd
        return Answered(
            [step_of[label] for label in given],
            ["" if label == NONE_LABEL else label for label in given],
            len(given) / seconds,
            0.0,
            confidence=agreement,
            step_confidence=agreement,
            deferred=[reading.label is None for reading in readings],
            usd=None if now is None or spent is None else now - spent,
            about=self.reader.name,
        )
