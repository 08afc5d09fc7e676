"""What holds for every text: redacting twice, spans that do not overlap, kinds that are known."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from tagger.redact import Redacted, redact, redact_contact
from tagger.redaction.recogniser import KINDS
from tagger.redaction.table import RECOGNISERS
from tests.tagger.conversations import contact


def test_every_recogniser_has_a_known_kind() -> None:
    assert {recogniser.kind for recogniser in RECOGNISERS} <= set(KINDS)


PIECES = st.sampled_from(
    [
        "my name is ",
        "Joyce",
        " Wu",
        "Hi ",
        "Bob",
        ", ",
        ". ",
        "\n",
        " ",
        "a@x.org",
        "@",
        "4111 1111 1111 1111",
        "555-0123",
        "12",
        "1",
        " 2",
        "-3",
        "zero ",
        "one two ",
        "order number ",
        "A-22318",
        "pin ",
        "code is ",
        "482913",
        "[NAME_1]",
        "[",
        "EMAIL_1]",
        "12 Hill Street",
        "address is ",
        "and ",
        "https://x.org/?t=1",
        "dob ",
        "02/22/1977",
        "Mr. ",
        "DE89370400440532013000",
        "é",
        "İ",
        "x at y dot com",
        "gmail com",
        "Username: ",
        "bob77",
        "\ue000",
        "the",
        "last four 1234",
        "ssn ",
        "078-05-1120",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60) | st.text(string.printable, max_size=60)


@given(TEXTS)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once.text) == Redacted(once.text, ())


@given(st.lists(st.tuples(st.sampled_from(("customer", "agent", "system")), TEXTS), min_size=1, max_size=5))
def test_redacting_a_contact_twice_changes_nothing_more(turns: list[tuple[str, str]]) -> None:
    asked = [("agent", "May I have your name, order ID and address?"), *turns]
    once = redact_contact(contact(*asked, extra={"note": turns[0][1], "name": turns[-1][1]}))
    assert redact_contact(once) == once


@given(TEXTS)
def test_spans_do_not_overlap_and_cover_what_was_replaced(text: str) -> None:
    redacted = redact(text)
    rebuilt, at = "", 0
    for span in redacted.spans:
        assert at <= span.start < span.end
        rebuilt += text[at : span.start] + span.placeholder
        at = span.end
    assert rebuilt + text[at:] == redacted.text
