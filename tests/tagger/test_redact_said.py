"""What is said aloud, spelled, mistyped or told in passing."""

from __future__ import annotations

import pytest

from tagger.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my last name is field that's f i e l d", "my last name is [NAME_1] that's [NAME_2]"),
        ("the surname is mike alpha romeo sierra hotel", "the surname is [NAME_1]"),
        ("you can send it to h achterberg at yahoo dot com", "you can send it to [EMAIL_1]"),
        ("it's bronwyn underscore stone at i cloud dot com", "it's [EMAIL_1]"),
        ("my email: nigel.larsen @ gmail.com", "my email: [EMAIL_1]"),
        ("mail me at jane@gmail,com", "mail me at [EMAIL_1]"),
        ("the number is oh seven one two three four five double four oh oh", "the number is [PHONE_1]"),
        ("reach me at nine two seven and then two two one four", "reach me at [PHONE_1]"),
        ("my postcode is s w three seven e l", "my postcode is [ADDRESS_1]"),
        ("the i p address is two one dot six oh dot four nine dot eight one", "the i p address is [IP_1]"),
        ("my user name is nigel dot ruiz ninety two", "my user name is [USER_1]"),
        ("my user is leila76 and it wont load", "my user is [USER_1] and it wont load"),
        ("the password is garden paper seven", "the password is [SECRET_1]"),
        ("I use lemon horse table as password.", "I use [SECRET_1] as password."),
        ("My mother's maiden name is Stone.", "My mother's maiden name is [SECRET_1]."),
        ("pasword: orange$40xy", "pasword: [SECRET_1]"),
        ("ordr numbr 8025596", "ordr numbr [ORDER_1]"),
        ("We live at 8 W 79th St #9, New York, NY 63445", "We live at [ADDRESS_1]"),
        ("I use 'sk_live_jVvM57GnjoL09m8JT0yC' there", "I use '[SECRET_1]' there"),
        ("click acme.io/invite/ioAH3nYIWD now", "click [URL_1] now"),
        ("add my partner Sanjay T. O'Brien as a user", "add my partner [NAME_1] as a user"),
        ("thanks for waiting gaston so i checked", "thanks for waiting [NAME_1] so i checked"),
        ("Any news on CASE-2026-21807?", "Any news on [ORDER_1]?"),
    ],
)
def test_what_is_said_or_mistyped_becomes_a_placeholder(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "the password is case sensitive",
        "my password is not working",
        "my profile is incomplete",
        "the user name field is greyed out",
        "I've been a customer since 2019",
        "my subscription expires 06/2026",
        "hello how's it going",
        "error 0x83A8 again",
        "thanks mate, all sorted now",
    ],
)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert redact(text).text == text


def test_spans_behind_a_misspelt_word_point_into_the_text_as_it_was_written() -> None:
    text = "my acount nmbr is 77289182 ok"
    assert [text[span.start : span.end] for span in redact(text).spans] == ["77289182"]
