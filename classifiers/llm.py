"""The cascade's third stage: an LLM reads what the trained stages would hand over, and answers only what it may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Floats
from classifiers.cascade import Answers, StageAnswers
from classifiers.documents import Document
from classifiers.focus import focused
from classifiers.hostile import LabelNames, plain_of
from classifiers.llm_agreement import Calibration, assumed_chance
from classifiers.llm_answer import holds
from classifiers.llm_prompt import PROMPT_VERSION, Question, Shot
from classifiers.llm_reader import LlmReader, Reading
from classifiers.model import Model
from classifiers.scores import NONE_LABEL, LabelScores, LabelSpace

MOST_CANDIDATES = 8
FEWEST_CANDIDATES = 3
ENOUGH = 0.98
"""Candidates are taken until the classifier gives them together this chance."""


class Examples(Protocol):
    """Labelled texts that may be shown to the LLM."""

    def nearest(self, document: Document, labels: Sequence[str]) -> tuple[Shot, ...]:
        """A few texts like the document, under these labels."""


def unchanged(text: str) -> str:
    """The text itself."""
    return text


def anything(_label: str, _agreement: float) -> bool:
    """Every sample is worth asking for."""
    return True


class LlmStage:
    """An LLM as a stage: candidates from the classifier's scores, answers accepted only if the calibration lets them.

    `definitions` say what each label means. `clean` is the redaction: a text it would change is not sent, nor
    is one whose words speak to the tagger.
    What is not accepted keeps the classifier's scores and stays deferred.
    """

    name: ClassVar[str] = "llm"

    def __init__(
        self,
        reader: LlmReader,
        *,
        definitions: Mapping[str, str],
        calibration: Calibration,
        concurrency: int = 4,
        examples: Examples | None = None,
        clean: Callable[[str], str] = unchanged,
    ) -> None:
        self.reader = reader
        self.calibration = calibration
        self.concurrency = concurrency
        self.quotations: dict[tuple[str, ...], tuple[str, str]] = {}
        self.disagreed: set[tuple[str, ...]] = set()
        self.waiting: set[tuple[str, ...]] = set()
        self._definitions = definitions
        self._names = LabelNames.of(definitions, ())
        self._examples = examples
        self._clean = clean
        self._contacts: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    def judge(self, documents: Sequence[Document], *, earlier: StageAnswers) -> StageAnswers:
        """Ask about every document that an accepted answer is possible for."""
        space = earlier.scores.space
        probabilities = earlier.scores.probabilities.copy()
        sure = np.zeros(len(documents), dtype=bool)
        best = probabilities.argmax(axis=1)
        for row, reading in enumerate(self.readings(documents, earlier.scores)):
            outcome = self._settle(probabilities[row], reading, space)
            self._contacts[outcome] += 1
            if reading.label is not None and space.labels.index(reading.label) != best[row]:
                self.disagreed.add(tuple(documents[row]))
            if reading.refused:
                self._refused[reading.refused] += 1
            if reading.waiting:
                self.waiting.add(tuple(documents[row]))
            if outcome == "answered":
                sure[row] = True
                self.quotations[tuple(documents[row])] = (str(reading.label), reading.evidence)
        scores = LabelScores(space, probabilities, earlier.scores.novelty)
        return StageAnswers(scores, earlier.margins, sure)

    def readings(
        self, documents: Sequence[Document], scores: LabelScores, *, everything: bool = False
    ) -> list[Reading]:
        """The LLM's readings in the documents' order; `everything` asks all samples, whatever they could lead to."""
        pool = ThreadPoolExecutor(max_workers=self.concurrency, thread_name_prefix="llm")
        try:
            return list(
                pool.map(
                    lambda pair: self._read(pair[0], pair[1], scores.space, everything=everything),
                    zip(documents, scores.probabilities, strict=True),
                )
            )
        finally:
            # On a fault or an interrupt nothing further is asked.
            pool.shutdown(cancel_futures=True)

    def counts(self) -> dict[str, Any]:
        """What became of the contacts so far, and what it took; `faults` are by call and answer."""
        seen = self._contacts
        asked = seen["answered"] + seen["unsure"] + seen["refused"]
        return {
            "asked": asked,
            "answered": seen["answered"],
            "unsure": seen["unsure"],
            "refused": dict(sorted(self._refused.items())),
            "not_asked": seen["skipped"],
            **({"waiting": seen["waiting"]} if seen["waiting"] else {}),
            **self.reader.tally.as_counts(),
            "model": self.reader.name,
            "prompt": PROMPT_VERSION,
        }

    def _read(self, document: Document, chances: Floats, space: LabelSpace, *, everything: bool) -> Reading:
        if not any(segment.strip() for segment in document):
            return Reading(refused="no-text")
        if any(self._clean(segment) != segment for segment in document):
            return Reading(refused="not-redacted")
        if plain_of(document, self._names).suspicious:
            return Reading(refused="suspicious")

        def worth(label: str, agreement: float) -> bool:
            return self.calibration.accepts(assumed_chance(chances, space.labels.index(label), agreement))

        question = self._question(document, chances, space)
        return self.reader.read(question, worth=anything if everything else worth)

    def _question(self, document: Document, chances: Floats, space: LabelSpace) -> Question:
        labels = candidates(space, chances)
        shots = self._examples.nearest(document, labels) if self._examples else ()
        return Question(tuple(document), labels, self._definitions, shots)

    def _settle(self, chances: NDArray[Any], reading: Reading, space: LabelSpace) -> str:
        """Put an accepted answer into `chances`, in place; say what became of the contact."""
        if reading.skipped or reading.waiting:
            return "skipped" if reading.skipped else "waiting"
        if reading.label is None:
            return "refused"
        column = space.labels.index(reading.label)
        assumed = assumed_chance(chances, column, reading.agreement)
        if not self.calibration.accepts(assumed):
            return "unsure"
        believed = self.calibration.probability(assumed)
        rest = chances.sum() - chances[column]
        chances *= (1.0 - believed) / rest if rest > 0 else 0.0
        chances[column] = believed if rest > 0 else 1.0
        return "answered"


def candidates(space: LabelSpace, chances: Floats) -> tuple[str, ...]:
    """The classifier's likeliest labels, at most 8, until they hold 98 % of its belief; and `_none`."""
    ranked = [column for column in np.argsort(-chances, kind="stable") if space.labels[column] != NONE_LABEL]
    before = np.cumsum([0.0, *chances[ranked]])[:-1] + chances[space.labels.index(NONE_LABEL)]
    count = max(FEWEST_CANDIDATES, int((before < ENOUGH).sum()))
    return (*(space.labels[column] for column in ranked[: min(count, MOST_CANDIDATES)]), NONE_LABEL)


@dataclass(frozen=True)
class AidedModel:
    """A trained model with an LLM behind it; to a tagger it looks like the model alone, with the model's id."""

    model: Model
    stage: LlmStage

    @property
    def id(self) -> str:
        """The trained model's id."""
        return self.model.id

    @property
    def prompt(self) -> str:
        """The version of the prompt, so that every tag can name it."""
        return PROMPT_VERSION

    @property
    def space(self) -> LabelSpace:
        """The trained model's labels."""
        return self.model.space

    def answer(self, documents: Sequence[Document]) -> Answers:
        """The cascade's answers, the LLM's among them."""
        self.stage.quotations.clear()
        self.stage.disagreed.clear()
        self.stage.waiting.clear()
        return self.model.answer(documents, then=(self.stage,))

    def disagreed(self, document: Document) -> bool:
        """Whether the LLM read this document, of those answered last, otherwise than the trained stages."""
        return bool(self.stage.disagreed) and self.reduced(document) in self.stage.disagreed

    def waits(self, document: Document) -> bool:
        """Whether this document, of those answered last, waits for a batch of questions to come back."""
        return bool(self.stage.waiting) and self.reduced(document) in self.stage.waiting

    def reduced(self, document: Document) -> tuple[str, ...]:
        """The document as later stages see it: very long ones are cut down to what speaks of some label."""
        return tuple(focused([document], self.model.lexical, self.model.reach).documents[0])

    def passage_scores(self, passages: Sequence[str]) -> LabelScores:
        """What the words of each passage alone say."""
        return self.model.passage_scores(passages)

    def segment_scores(self, documents: Sequence[Document], labels: Sequence[str]) -> list[NDArray[np.float64]]:
        """As the model's; where the LLM answered, the segments that hold its quotation."""
        found = self.model.segment_scores(documents, labels)
        for number, document in enumerate(documents):
            label, quotation = self.stage.quotations.get(tuple(document), ("", ""))
            quoted = np.array([bool(quotation) and holds(segment, quotation) for segment in document], dtype=float)
            if label == labels[number] and quoted.any():
                found[number] = quoted
        return found
