"""What a job adds to redaction: terms that stay, terms that go, fields that it declares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.model import Contact, Turn
from tagger.redact import Redacted, Rules, redact, redact_contact, redact_raw, redact_turns
from taxonomy.loader import JobFileError, parse_job

JOB = """
id: shop
version: 1
statement: buy a thing
segments: {region: [Victoria, Sofia], tier: []}
redaction:
  allow: [Mia, Mia Plus, 4111 1111]
  deny: ["ZX-#####", Project Falcon]
steps:
  - {id: s, stage: define, outcomes: [{id: o, statement: minimize the time it takes to find a thing}]}
"""
RULES = Rules.of(parse_job(JOB, name="shop.yaml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mia Plus is slow, said Mia Jones", "Mia Plus is slow, said Mia [NAME_1]"),
        ("about zx-12345 of project  falcon", "about [PRIVATE_1] of [PRIVATE_2]"),
        ("ZX-1234 is another thing", "ZX-1234 is another thing"),
        ("card 4111 1111 1111 1111", "card 4111 1111 [CARD_1]"),
    ],
)
def test_terms_of_the_job_stay_or_go(text: str, expected: str) -> None:
    assert redact(text, RULES).text == expected


def test_the_lists_reach_every_part_of_a_contact() -> None:
    contact = Contact(
        id="c",
        turns=(Turn("agent", "Your name?"), Turn("customer", "Mia"), Turn("customer", "ZX-00001")),
        segment={"region": "Sofia", "tier": "mail a@x.org", "team": "Sofia"},
        extra={"note": "Project Falcon"},
    )
    redacted = redact_contact(contact, RULES)
    assert [turn.text for turn in redacted.turns] == ["Your name?", "Mia", "[PRIVATE_1]"]
    assert redacted.segment == {"region": "Sofia", "tier": "mail [EMAIL_1]", "team": "[NAME_1]"}
    assert redacted.extra == {"note": "[PRIVATE_2]"}
    assert redact_raw('{"text": "Mia and ZX-00001"}', RULES) == '{"text": "Mia and [PRIVATE_1]"}'


def test_a_term_in_both_lists_is_refused() -> None:
    with pytest.raises(JobFileError, match="in `allow` too"):
        parse_job(JOB.replace("Project Falcon", "mia"), name="shop.yaml")


def test_a_term_of_one_sign_is_refused() -> None:
    with pytest.raises(JobFileError, match="too short"):
        parse_job(JOB.replace("Project Falcon", "x"), name="shop.yaml")


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("handled_by", "Priya Raman", False),
        ("contactEmail", "not a mail", False),
        ("caller_first_name", "Xolani", False),
        ("billing.address", "somewhere", False),
        ("phone2", "1", False),
        ("dob", "spring", False),
        ("product_name", "Aurora", True),
        ("queue", "billing", True),
        ("plan_name", "Basic Plus", True),
        ("city", "London", True),
    ],
)
def test_fields_that_nobody_declared_are_judged_by_name_and_value(field: str, value: str, kept: bool) -> None:
    contact = Contact(id="c", turns=(Turn("customer", "hi"),), extra={field: value})
    assert (redact_contact(contact).extra[field] == value) is kept


PARTS = st.lists(
    st.sampled_from(["my name is Jane Roe", "a@x.org", " and ", "the parcel", "555-0123", ", "]), max_size=8
)


@given(PARTS, st.data())
def test_offsets_in_the_redacted_text_point_back_into_the_original(parts: list[str], data: st.DataObject) -> None:
    original = " ".join(parts)
    (redacted,) = redact_turns(Contact(id="c", turns=(Turn("customer", original),)))
    start = data.draw(st.integers(0, len(redacted.text)))
    end = data.draw(st.integers(start, len(redacted.text)))
    low, high = redacted.original(start, end)
    assert 0 <= low <= high <= len(original)
    if "[" not in redacted.text[start:end] and all(not _inside(redacted, at) for at in (start, end)):
        assert original[low:high] == redacted.text[start:end]


def _inside(redacted: Redacted, at: int) -> bool:
    before = redacted.text[:at]
    return before.rfind("[") > before.rfind("]")
