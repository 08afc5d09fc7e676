from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.scores import LabelScores, LabelSpace
from tagger.evidence import MOST_EVIDENCE, Passages, evidence, secondaries, turns_that
from tagger.model import Contact, EvidenceSpan, Secondary, Turn

SPACE = LabelSpace.of([("know-arrival", "track"), ("get-refund", "refund"), ("use-coupon", "pay")])
SAYS = {"parcel": 0, "money": 1, "coupon": 2}
CONTACT = Contact("c", (Turn("agent", "Hello"), Turn("customer", "hi"), Turn("customer", "where is it")))


def score(passages: Sequence[str], *, sure: float = 0.97) -> LabelScores:
    """A reader that is sure of passages with a word it knows, and knows nothing of the others."""
    chances = np.full((len(passages), 4), 0.25)
    for row, text in enumerate(passages):
        for word, column in SAYS.items():
            if word in text:
                chances[row] = (1 - sure) / 3
                chances[row, column] = sure
    return LabelScores(SPACE, chances, np.zeros(len(passages)))


def read(*turns: str, sure: float = 0.97) -> Passages:
    contact = Contact("c", tuple(Turn("customer", text) for text in turns))
    return Passages.read([contact], lambda texts: score(texts, sure=sure), SPACE)


def test_evidence_is_the_sentence_that_speaks_for_the_answer() -> None:
    found = evidence(read("Good morning to all of you. Where is my parcel please? I am at work until six today."), 0, 0)
    assert found == (EvidenceSpan(0, 28, 54),)


def test_neighbouring_sentences_become_one_span() -> None:
    text = "Hello my dear friends over there. Where is my parcel? My parcel is not here."
    assert evidence(read(text), 0, 0) == (EvidenceSpan(0, 34, len(text)),)


def test_a_contact_of_one_sentence_is_its_own_evidence() -> None:
    assert evidence(read("where is it"), 0, 0) == (EvidenceSpan(0, 0, 11),)


def test_a_contact_without_words_has_none() -> None:
    assert evidence(read(""), 0, 0) == ()


def test_turns_are_named_by_their_place_among_all_turns() -> None:
    assert turns_that(np.array([0.1, 0.9]), CONTACT) == (EvidenceSpan(2, 0, 11),)
    assert turns_that(np.zeros(2), CONTACT) == ()


@given(st.lists(st.sampled_from(["my parcel is late.", "ok.", "I want my money back!", "hm"]), min_size=1, max_size=12))
def test_evidence_is_short_in_order_and_inside_the_turns(turns: list[str]) -> None:
    spans = evidence(read(*turns), 0, 0)
    assert 0 < len(spans) <= MOST_EVIDENCE
    assert list(spans) == sorted(spans, key=lambda span: (span.turn, span.start))
    assert all(0 <= span.start < span.end <= len(turns[span.turn]) for span in spans)


def test_a_contact_about_two_things_has_a_second_step() -> None:
    found = secondaries(read("Where is my parcel today? Also I want my money back for the other one."), [0])
    assert found == {0: (Secondary("refund", "get-refund", pytest.approx(0.97**2, abs=1e-5)),)}  # type: ignore[arg-type]


def test_one_matter_alone_has_no_second_step() -> None:
    assert secondaries(read("Where is my parcel today? My parcel is late."), [0]) == {}


def test_without_words_for_the_first_step_the_second_may_be_the_only_one() -> None:
    assert secondaries(read("Hello my good people. I want my money back now."), [0]) == {}


def test_a_guess_opens_no_second_matter() -> None:
    assert secondaries(read("Where is my parcel today? Also I want my money back now.", sure=0.85), [0]) == {}


def test_a_few_words_open_no_second_matter() -> None:
    assert secondaries(read("Where is my parcel today? money"), [0]) == {}


def test_contacts_do_not_mix() -> None:
    said = ("where is my parcel today", "I want my money back now", "Where is my parcel? Also my coupon is not taken")
    contacts = [Contact(text, (Turn("customer", text),)) for text in said]
    found = secondaries(Passages.read(contacts, score, SPACE), [0, 1, 0])
    assert {number: [one.step for one in others] for number, others in found.items()} == {2: ["pay"]}
