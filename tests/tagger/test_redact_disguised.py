"""What hides or announces personal data in odd ways: signs nobody sees, look-alikes, titles, brackets."""

from __future__ import annotations

import pytest

from tagger.redact import redact


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("card 4539\u200b1488\u200b0343\u200b6467 ok", "card [CARD_1] ok"),
        ("an\u00adna@exam\u2060ple.com", "[EMAIL_1]"),
        ("to boris\uff20example\uff0ecom", "to [EMAIL_1]"),
        ("4539\u00a01488\u00a00343\u00a06467", "[CARD_1]"),
        ("call 415\u2013555\u20110172 now", "call [PHONE_1] now"),
        ("\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0667\u0662", "[ACCOUNT_1]"),
    ],
)
def test_signs_that_cannot_be_seen_or_look_alike_hide_nothing(text: str, redacted: str) -> None:
    found = redact(text)
    assert found.text == redacted
    assert "".join(text[span.start : span.end] for span in found.spans) in text


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("my manager Mr. Featherstonehaugh said so", "my manager Mr. [NAME_1] said so"),
        ("sort code 20-45-77", "sort code [SECRET_1]"),
        ("write q.baxley [at] gmail (dot) com", "write [EMAIL_1]"),
        ("meet (at) noon", "meet (at) noon"),
        ("I typed hunter2!horse as my password", "I typed [SECRET_1] as my password"),
        ("I used it as my password", "I used it as my password"),
    ],
)
def test_a_title_a_sort_code_a_bracketed_mail_and_a_password_before_its_word(text: str, redacted: str) -> None:
    assert redact(text).text == redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("my phone is 07700 900849. I cannot", "my phone is [PHONE_1]. I cannot"),
        ("phone 07700 uh 900364", "phone [PHONE_1]"),
        ("mobile: 04123 45 67 8, ok", "mobile: [PHONE_1], ok"),
        ("account number 12345 67890 was closed", "account number [ACCOUNT_1] was closed"),
        ("order 334891 2 items", "order [ORDER_1] 2 items"),
        ("order 334891 100 dollars", "order [ORDER_1] 100 dollars"),
        ("phone 07700900364 is mine", "phone [PHONE_1] is mine"),
        ("the one I have is AB-48766.", "the one I have is [ORDER_1]."),
        ("Number is #3397860", "Number is [ORDER_1]"),
        ("Number is 98399744", "Number is [ORDER_1]"),
        ("it says ISO-27001 and ERR-50012", "it says ISO-27001 and ERR-50012"),
    ],
)
def test_numbers_and_references_go_whole_however_they_are_written(text: str, redacted: str) -> None:
    assert redact(text).text == redacted
