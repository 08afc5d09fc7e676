from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.llm_answer import Answer, AnswerFaultError, read_answer
from classifiers.llm_prompt import Question

QUESTION = Question(("Hello", "Where’s  my parcel?"), ("arrival", "refund", "_none"), {})


def text(label: object, evidence: object, **more: object) -> str:
    return json.dumps({"evidence": evidence, "label": label, **more})


@pytest.mark.parametrize("evidence", ["Where's my parcel?", '"where\'s my  PARCEL"', "hello where’s"])
def test_a_candidate_with_words_of_the_transcript_is_an_answer(evidence: str) -> None:
    assert read_answer(text("arrival", evidence), QUESTION).label == "arrival"


def test_nothing_need_speak_for_none() -> None:
    assert read_answer(text("_none", ""), QUESTION) == Answer("_none", "")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", "empty"),
        ("I think it is arrival", "invalid-json"),
        (text("arrival", "my parcel")[:-2], "invalid-json"),
        ("```json\n" + text("arrival", "my parcel") + "\n```", "invalid-json"),
        ('{"label": "refund", "label": "arrival", "evidence": "my parcel"}', "invalid-json"),
        ("[]", "wrong-shape"),
        (text("arrival", "my parcel", confidence=0.99), "wrong-shape"),
        ('{"label": "arrival"}', "wrong-shape"),
        (text(["arrival"], "my parcel"), "wrong-shape"),
        (text("discount", "my parcel"), "unknown-label"),
        (text("Arrival", "my parcel"), "unknown-label"),
        (text("arrival", "the money"), "no-evidence"),
        (text("arrival", ""), "no-evidence"),
        (text("arrival", "m"), "no-evidence"),
        (text("_none", "the money"), "no-evidence"),
    ],
)
def test_anything_else_is_a_fault_with_its_kind(content: str, kind: str) -> None:
    with pytest.raises(AnswerFaultError) as raised:
        read_answer(content, QUESTION)
    assert raised.value.kind == kind


@given(st.text(max_size=200))
def test_no_content_whatever_gives_an_unknown_label(content: str) -> None:
    with suppress(AnswerFaultError):
        assert read_answer(content, QUESTION).label in QUESTION.candidates
