"""Whom refused input names, however it is broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.formats.people import MOST, People, people_in, people_of, without_customers


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "c-1", "customer_id": "u-9", "text": ',
        "{'id': 'c-1', 'customer_id': 'u-9'",
        "id: c-1, customer_id: u-9",
        '{"id":"c-1","customer_id":"\\u0075-9"}{',
        '{"ticket": {"id": "c-1", "requester": {"name": "x", "id": "u-9"}}',
    ],
)
def test_ids_are_read_out_of_lines_that_are_no_json(line: str) -> None:
    found = people_in(line.encode())
    assert "u-9" in found.customers
    assert "c-1" in found.contacts


def test_both_ends_of_a_line_that_is_too_long_are_read() -> None:
    line = b'{"customer_id": "u-1", "text": "' + b"x" * 5_000_000 + b'", "respondent_id": 7'
    assert people_in(line).customers == {"u-1", "7"}


def test_a_line_of_nothing_but_ids_is_bounded() -> None:
    line = " ".join(f'"customer_id": "u-{number}"' for number in range(MOST * 3))
    assert len(people_in(line.encode()).customers) == MOST


def test_values_that_can_be_no_id_name_nobody() -> None:
    record = {"customer_id": True, "respondent_id": ["u"], "id": "x" * 300, "uuid": " "}
    assert people_of(record) == People()


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip()), st.text(max_size=60))
def test_every_customer_of_a_broken_line_is_found_and_taken_out_of_its_field(customer: str, text: str) -> None:
    line = json.dumps({"id": "c-1", "text": text, "customer_id": customer})[:-1]
    found = people_in(line.encode())
    assert customer.replace("\x00", "").strip() in found.customers | {""}


def test_json_stays_json_without_a_customers_id() -> None:
    line = json.dumps({"requester_id": 123456, "u": "123456", "text": "I am 123456, not 1234567"})
    left = without_customers(line, People.of(customer="123456"))
    assert json.loads(left) == {"requester_id": None, "u": None, "text": "I am [CUSTOMER], not 1234567"}


def test_a_row_of_a_table_loses_even_a_short_id() -> None:
    assert without_customers("c-1,u9,hi", People.of(customer="u9")) == "c-1,null,hi"
