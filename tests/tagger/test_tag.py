from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tagger.model import Contact, EvidenceSpan, Turn
from tagger.tag import MOST_EVIDENCE, document_of, evidence

CONTACT = Contact(
    "c-1",
    (Turn("agent", "Hello"), Turn("customer", "hi"), Turn("customer", "where is it"), Turn("customer", "thanks")),
)


def test_a_document_is_what_the_customer_said() -> None:
    assert document_of(CONTACT) == ("hi", "where is it", "thanks")


def test_evidence_is_the_turn_that_spoke_most_for_the_answer() -> None:
    assert evidence(CONTACT, np.array([0.05, 0.9, 0.05])) == (EvidenceSpan(2, 0, 11),)


def test_without_any_weight_there_is_no_evidence() -> None:
    assert evidence(CONTACT, np.zeros(3)) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_evidence_is_short_in_order_and_never_outside_the_turns(weights: list[float]) -> None:
    contact = Contact("c", tuple(Turn("customer", "word " * (n + 1)) for n in range(len(weights))))
    spans = evidence(contact, np.array(weights))
    assert len(spans) <= MOST_EVIDENCE
    assert [span.turn for span in spans] == sorted({span.turn for span in spans})
    assert all(span.end == len(contact.turns[span.turn].text) for span in spans)
