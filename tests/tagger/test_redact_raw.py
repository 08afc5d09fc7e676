"""Lines that could not be parsed: personal data out, the shape of the line kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.redact import redact_raw


def test_a_record_keeps_its_shape_its_key_and_its_times() -> None:
    record = {
        "id": "2415811437",
        "customer_id": "joyce@x.org",
        "started_at": "2026-03-01T09:00:00Z",
        "transfers": -1,
        "turns": [{"speaker": "customer", "text": 'my name is Joyce Wu, "quoted" \u00e9 joyce@x.org'}],
        "phone": 5550123,
        "agent_name": "Sam Hill",
        "order": 24158114370,
    }
    redacted = json.loads(redact_raw(json.dumps(record)))
    assert redacted == {
        "id": "2415811437",
        "customer_id": None,
        "started_at": "2026-03-01T09:00:00Z",
        "transfers": -1,
        "turns": [{"speaker": "customer", "text": 'my name is [NAME_1], "quoted" é [EMAIL_1]'}],
        "phone": "[PHONE_1]",
        "agent_name": "[NAME_2]",
        "order": "[ACCOUNT_1]",
    }


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"id": "c", "text": "mail a@x.org', '{"id": "c", "text": "mail [EMAIL_1]'),
        ('{"id": "c", "text": "call 555-0123" oops}', '{"id": "c", "text": "call [PHONE_1]" oops}'),
        ('{"text": "a\\u0040x.org"}', '{"text": "[EMAIL_1]"}'),
        ('{"customer_id": 2415811437}', '{"customer_id": null}'),
        ('{"customer_id": "joyce@x', '{"customer_id": '),
        ('c-1,"mail a@x.org, b@x.org",2415811437', 'c-1,"mail [EMAIL_1], [EMAIL_2]",[ACCOUNT_1]'),
        ("my name is Joyce Wu", "my name is [NAME_1]"),
        ("", ""),
    ],
)
def test_broken_lines_are_redacted_too(raw: str, expected: str) -> None:
    assert redact_raw(raw) == expected


@given(st.text(max_size=80) | st.text('{}[]",:\\ a1@.', max_size=80))
def test_any_text_is_taken_and_a_second_time_changes_nothing(raw: str) -> None:
    once = redact_raw(raw)
    assert redact_raw(once) == once


@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=30) | st.integers() | st.none() | st.booleans(), max_size=5)
)
def test_json_stays_json(record: dict[str, object]) -> None:
    assert json.loads(redact_raw(json.dumps(record))).keys() == record.keys()


def test_a_field_of_fixed_form_is_kept_only_if_it_has_that_form():
    kept = '{"speaker": "agent", "channel": "chat", "started_at": "2026-03-01T09:00:00Z", "step": "track-delivery"}'
    assert redact_raw(kept) == kept
    for line in (
        '{"turns": [{"speaker": "Jane Roe", "text": "hi"}]}',
        '{"channel": ["jane.roe@example.com"]}',
        '{"started_at": "jane.roe@example.com"}',
    ):
        assert "ane" not in redact_raw(line)
