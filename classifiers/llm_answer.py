"""An LLM's answer is a checked value or a fault, never a guess."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from classifiers.llm_prompt import Question, one_line
from classifiers.scores import NONE_LABEL
from taxonomy.errors import HeadwayError

SHORTEST_EVIDENCE = 3


class AnswerFaultError(HeadwayError):
    """An answer that cannot be used; `kind` is what is counted: invalid-json, unknown-label, no-evidence ..."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the LLM's answer cannot be used: {kind}")
        self.kind = kind


@dataclass(frozen=True)
class Answer:
    """A label that was among the candidates, and words that are in the transcript."""

    label: str
    evidence: str


def read_answer(content: str, question: Question) -> Answer:
    """Check an answer strictly: whole JSON, only the two fields, a candidate, a quotation that is there.

    Raises AnswerFaultError. Nothing is repaired: half an answer might end in the wrong label.
    """
    if not content.strip():
        raise AnswerFaultError("empty")
    try:
        given = json.loads(content, object_pairs_hook=_once)
    except ValueError as error:
        raise AnswerFaultError("invalid-json") from error
    if not isinstance(given, dict) or set(given) != {"label", "evidence"}:
        raise AnswerFaultError("wrong-shape")
    label, evidence = given["label"], given["evidence"]
    if not isinstance(label, str) or not isinstance(evidence, str):
        raise AnswerFaultError("wrong-shape")
    if label not in question.candidates:
        raise AnswerFaultError("unknown-label")
    return Answer(label, _checked_evidence(evidence, question, label=label))


def holds(text: str, quotation: str) -> bool:
    """Whether a text holds a quotation, but for case, white space and the kind of quotation marks."""
    return _plain(quotation) in _plain(text)


def _checked_evidence(evidence: str, question: Question, *, label: str) -> str:
    quoted = one_line(evidence).strip("\"'` ")
    if len(quoted) >= SHORTEST_EVIDENCE and holds(question.text, quoted):
        return quoted
    if label == NONE_LABEL and not quoted:
        return ""
    raise AnswerFaultError("no-evidence")


def _plain(text: str) -> str:
    return one_line(text).casefold().translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names stand once each: of two labels neither is taken."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)
