"""Personal data out of one text, without losing what the tagger reads."""

from __future__ import annotations

import pytest

from tagger.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to joyce.wu+x@mail.example.org, please", "write to [EMAIL_1], please"),
        ("it is jane dot doe at acme dot org", "it is [EMAIL_1]"),
        ("sanders 45 gmail com", "[EMAIL_1]"),
        ("call me on +44 20 7946 0958 today", "call me on [PHONE_1] today"),
        ("my cell: (977) 625-2661.", "my cell: [PHONE_1]."),
        ("my number is 555-0123", "my number is [PHONE_1]"),
        ("card 4111 1111 1111 1111 was charged", "card [CARD_1] was charged"),
        ("the card ending in 4242", "the card ending in [CARD_1]"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [IBAN_1] please"),
        ("Order ID: 3348917502", "Order ID: [ORDER_1]"),
        ("booking reference X4T-99Q1 is wrong", "booking reference [ORDER_1] is wrong"),
        ("confirmation number mlo 125", "confirmation number [ORDER_1]"),
        ("Account ID: Q4HRVDDMYA", "Account ID: [ACCOUNT_1]"),
        ("my account number is 77289182", "my account number is [ACCOUNT_1]"),
        ("2415811437", "[ACCOUNT_1]"),
        ("zero six six nine double two", "[ACCOUNT_1]"),
        ("my phone is zero six six nine one two", "my phone is [PHONE_1]"),
        ("my ssn is 078-05-1120", "my ssn is [ID_1]"),
        ("passport number X1234567", "passport number [ID_1]"),
        ("QQ 12 34 56 C? no: AB 12 34 56 C", "QQ 12 34 56 C? no: [ID_1]"),
        ("born on May 1, 1982", "born on [DOB_1]"),
        ("dob 02/22/1977", "dob [DOB_1]"),
        ("from 203.0.113.77 and 2001:db8::8a2e:370:7334", "from [IP_1] and [IP_2]"),
        ("see https://shop.example/reset?token=abc123", "see [URL_1]"),
        ("my password is hunter2!x", "my password is [SECRET_1]"),
        ("Password: swordfish", "Password: [SECRET_1]"),
        ("please change my pin to 1234", "please change my pin to [SECRET_1]"),
        ("the verification code is 482913", "the verification code is [SECRET_1]"),
        ("send it to 2481 Kennedy St  Monterey, WA 97444", "send it to [ADDRESS_1]"),
        ("i live at 331 vine street apt 4", "i live at [ADDRESS_1]"),
        ("zip code 90210", "zip code [ADDRESS_1]"),
        ("Username: davidwilliams952", "Username: [USER_1]"),
        ("my name is joyce wu and i need help", "my name is [NAME_1] and i need help"),
        ("Hi, this is Jane Doe speaking", "Hi, this is [NAME_1] speaking"),
        ("I'm John Smith.", "I'm [NAME_1]."),
        ("hi my name is george smith and i move", "hi my name is [NAME_1] and i move"),
        ("Hello, I am Boris. I move", "Hello, I am [NAME_1]. I move"),
        ("Sarah Nibel here and I want", "[NAME_1] here and I want"),
        ("Account has been pulled up for Joyce Wu.", "Account has been pulled up for [NAME_1]."),
        ("Thank you, Joyce. One moment.", "Thank you, [NAME_1]. One moment."),
        ("Dear Mr. O'Bailey, hello", "Dear Mr. [NAME_1], hello"),
    ],
)
def test_personal_data_becomes_a_typed_placeholder(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "I paid $45.99 on 2026-03-01 and again on 12/04/2026 at 10:30",
        "It cost 1,234,567.89 dollars, then £1200000000",
        "You can shop online 24/7, open from 8am to 11pm",
        "I ordered 2 shirts in size 10-12 and 3 jeans, 30x32",
        "The area of a 20 x 20 room",
        "In 2019, 2020 and 2021 it took 10 to 14 days",
        "My pin is not working and the password is incorrect",
        "My password reset link never came, why is that?",
        "I need a new card. This is urgent!! This issue is ridiculous.",
        "I'm waiting for 3 weeks now, this is Unacceptable",
        "Is my order on the way? It was 2 days from here to the court",
        "My account is locked, my order is late, my booking is at 15 past 3",
        "Look at amazon dot com for error code 50012",
        "Hello there. Thanks again. Hi, Good morning! Okay Great.",
        "my name is spelled wrong on the card",
        "Open an account for children or my company",
        "the reservation is for 4 people on Friday 12 June 2026",
        "version 1.2.3.400 and time 12:30:45",
        "see https://shop.example/help",
        "I get 3.5% on 10000 points",
        "20260301 is the day",
        "I am Canadian. I'm Disappointed, the plan name is Basic Plus",
    ],
)
def test_what_the_tagger_reads_stays(text: str) -> None:
    assert redact(text).text == text


def test_one_value_has_one_placeholder_and_two_values_have_two() -> None:
    text = "a@x.org, b@x.org, A@x.org; call 555-0123 or 555-0199"
    assert redact(text).text == "[EMAIL_1], [EMAIL_2], [EMAIL_1]; call [PHONE_1] or [PHONE_2]"


def test_spans_point_into_the_original_text() -> None:
    text = "my name is Joyce Wu, joyce@x.org"
    spans = redact(text).spans
    assert [(span.kind, text[span.start : span.end], span.placeholder) for span in spans] == [
        ("NAME", "Joyce Wu", "[NAME_1]"),
        ("EMAIL", "joyce@x.org", "[EMAIL_1]"),
    ]


def test_placeholders_already_there_are_left_alone_and_their_numbers_not_given_again() -> None:
    assert redact("[EMAIL_2] wrote, a@x.org answered").text == "[EMAIL_2] wrote, [EMAIL_3] answered"
