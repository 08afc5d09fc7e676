"""Personal data out of a whole contact: answers, names said again, free fields."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tagger.model import Contact, Turn
from tagger.redact import redact_contact
from tests.tagger.conversations import contact


def texts(redacted: Contact) -> list[str]:
    return [turn.text for turn in redacted.turns]


def test_a_name_found_once_is_found_everywhere_in_the_contact() -> None:
    redacted = redact_contact(
        contact(
            ("customer", "Joyce Wu"),
            ("system", "Account has been pulled up for Joyce Wu."),
            ("agent", "All set Joyce, have a nice day"),
            ("customer", "joyce wu is my name, joycewu5@email.com, and joycewu5 the login"),
        )
    )
    assert texts(redacted) == [
        "[NAME_1]",
        "Account has been pulled up for [NAME_1].",
        "All set [NAME_1], have a nice day",
        "[NAME_1] is my name, [EMAIL_1], and [USER_1] the login",
    ]


def test_a_short_answer_to_a_question_for_personal_data_is_taken_out() -> None:
    redacted = redact_contact(
        contact(
            ("agent", "May I have your full name, username and order ID?"),
            ("customer", "sure, it's chloe zhang"),
            ("customer", "czhang94 3348"),
            ("agent", "And your zip code please?"),
            ("customer", "58568"),
            ("system", "Details of 58568 have been entered."),
            ("agent", "What can I do for you?"),
            ("customer", "i ordered 2 of them on 2026-03-06 and paid 4500"),
        )
    )
    assert texts(redacted) == [
        "May I have your full name, username and order ID?",
        "sure, it's [NAME_1]",
        "[USER_1] [ORDER_1]",
        "And your zip code please?",
        "[ADDRESS_1]",
        "Details of [ADDRESS_1] have been entered.",
        "What can I do for you?",
        "i ordered 2 of them on 2026-03-06 and paid 4500",
    ]


def test_free_fields_are_redacted_and_keys_are_not() -> None:
    redacted = redact_contact(
        contact(
            ("customer", "mail a@x.org"),
            customer_id="a@x.org",
            channel="chat",
            segment={"tier": "gold", "owner": "a@x.org"},
            circumstance={"note": "call 555-0123"},
            extra={"phone": 5550123, "Agent Name": "Sam Hill", "n": 3, "deep": [{"note": "b@x.org", "ok": True}]},
        )
    )
    assert redacted.customer_id == "a@x.org"
    assert redacted.segment == {"tier": "gold", "owner": "[EMAIL_1]"}
    assert redacted.circumstance == {"note": "call [PHONE_1]"}
    assert redacted.extra == {
        "phone": "[PHONE_1]",
        "Agent Name": "[NAME_1]",
        "n": 3,
        "deep": [{"note": "[EMAIL_2]", "ok": True}],
    }


def test_times_and_speakers_of_turns_stay() -> None:
    turn = Turn("customer", "a@x.org", datetime(2026, 3, 1, tzinfo=UTC))
    assert redact_contact(Contact(id="c", turns=(turn,))).turns == (Turn("customer", "[EMAIL_1]", turn.at),)


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Can I have your account number?", "yeah it's 4 4 2 9 1", "yeah it's [ACCOUNT_1]"),
        ("Could I have the sort code first?", "40-43-25", "[ACCOUNT_1]"),
        ("Who am I speaking with?", "Zephyrine Stone", "[NAME_1]"),
        ("how do you spell that", "it's s m i t h", "it's [NAME_1]"),
        ("can you spell your last name for me", "yes w as in william u as in umbrella", "yes [NAME_1]"),
        ("What's your birthday?", "15 Mar '40", "[DOB_1]"),
        ("can you confirm your date of birth", "march six ninety four", "[DOB_1]"),
        ("And the expiry date?", "06/2028", "[CARD_1]"),
        ("and what's the passcode please", "it should be ninety oh eight", "it should be [SECRET_1]"),
        ("what was your first pet called", "pickle", "[SECRET_1]"),
        ("what username are you using", "nigel dash parrish seventy two", "[USER_1]"),
        ("can you give me your full social", "six seven five dash one five dash one two nine three", "[ID_1]"),
        ("I've emailed you a six-digit code.", "got it, 761-514", "got it, [SECRET_1]"),
        ("what's the address", "eighty nine sixty seven elm place reading", "[ADDRESS_1]"),
    ],
)
def test_a_bare_answer_is_what_was_asked_for(question: str, answer: str, expected: str) -> None:
    assert texts(redact_contact(contact(("agent", question), ("customer", answer))))[1] == expected


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("May I have your order number?", "I don't have it with me"),
        ("What's your username?", "I don't remember"),
        ("And the password?", "I'm not telling you that"),
        ("What's the amount you paid?", "64.99"),
        ("How long have you been waiting?", "45 minutes"),
    ],
)
def test_an_answer_that_tells_nothing_personal_stays(question: str, answer: str) -> None:
    assert texts(redact_contact(contact(("agent", question), ("customer", answer))))[1] == answer
