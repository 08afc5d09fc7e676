"""Text that is made to be slow takes time in proportion to its length; everyday messages go through quickly."""

from __future__ import annotations

import time

import pytest

from tagger.model import Contact, Turn
from tagger.redact import redact, redact_contact

HOSTILE = [
    "a",
    "1",
    "1 ",
    "a.",
    "a@",
    "@",
    "my name is ",
    "zero ",
    "http://",
    "A1",
    "a 1 ",
    "address is ",
    " ",
    "\n",
    "password ",
    "order number ",
    ":",
    "a:",
    "Hi Bob ",
    '"',
    "[NAME_1] ",
    "Ab ",
    "1-",
    "gmail",
    "x at x ",
    "x dot ",
    "12 a b c drive, ",
    "GB82 ",
    "last four digits of a ",
    "ssn 1a ",
    "+1(",
    "is ",
    "a as in apple ",
    "1.2.3.4:",
    "- ",
    "im Jane van der ",
    "jane dot ",
    "one two three ",
    "dot one ",
    "a1b2",
    "fe80::",
    "12/",
    "12 main street, ",
    "adress ",
    "double ",
    "exp 1/2 ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    start = time.process_time()
    redact(text)
    assert time.process_time() - start < 2.0  # a pattern that backtracks would take minutes


@pytest.mark.parametrize("piece", ["- ", "a b ", "1 ", "a as in apple ", "x dot one ", "12 a street, "])
def test_a_hostile_answer_to_a_question_takes_time_in_proportion_too(piece: str) -> None:
    asked = Turn("agent", "Can I have your name, address, account number, password and date of birth?")
    start = time.process_time()
    for length in (199, 60_000):
        redact_contact(Contact(id="c-1", turns=(asked, Turn("customer", (piece * length)[:length]))))
    assert time.process_time() - start < 4.0


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE)
def test_long_hostile_text_is_done_in_seconds(piece: str) -> None:
    start = time.process_time()
    redact(piece * (300_000 // len(piece)))
    assert time.process_time() - start < 30


def test_short_messages_go_through_at_two_thousand_a_second() -> None:
    messages = ["I still have not received my refund for the blue jacket, what is going on?"] * 300
    messages += ["My name is Joyce Wu, order 2415811437, mail joyce@example.org, phone (977) 625-2661"] * 100
    start = time.process_time()
    for message in messages:
        redact(message)
    assert len(messages) / (time.process_time() - start) > 1000  # measured above 2,000
