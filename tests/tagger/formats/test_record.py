"""One record: what is accepted, what is refused and under which name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.formats.problems import ContactError
from tagger.formats.record import MAX_TURNS, contact_to_json, parse_contact
from tagger.model import Contact, Labels, Survey, Turn
from taxonomy.errors import BadInputError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "id": "c-1",
    "customer_id": "u-9",
    "channel": "chat",
    "started_at": "2026-03-01T09:00:00Z",
    "ended_at": "2026-03-01T09:11:30Z",
    "segment": {"tier": "gold"},
    "circumstance": {"urgency": "high"},
    "transfers": 1,
    "cost": 4.2,
    "survey": {"effort": 5, "resolved": True, "answered_at": "2026-03-02T08:00:00Z"},
    "turns": [
        {"speaker": "customer", "text": "Where is it?", "at": "2026-03-01T09:00:05Z"},
        {"speaker": "agent", "text": "Let me look."},
    ],
    "labels": {"step": "track-delivery", "outcome": "know-arrival"},
}


def refusal(**changes: Any) -> ContactError:
    with pytest.raises(ContactError) as caught:
        parse_contact({**GOOD, **changes}, now=NOW)
    return caught.value


def test_the_example_of_the_contract_is_read_whole() -> None:
    contact = parse_contact(GOOD, now=NOW)
    assert contact.customer_turns == (0,)
    assert contact.started_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert contact.survey == Survey(5, True, datetime(2026, 3, 2, 8, tzinfo=UTC))
    assert contact.labels == Labels("track-delivery", "know-arrival")
    assert contact.extra == {}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"id": None}, "missing-id"),
        ({"id": "  "}, "missing-id"),
        ({"id": ["c"]}, "wrong-type"),
        ({"id": True}, "wrong-type"),
        ({"id": "x" * 201}, "id-too-long"),
        ({"turns": None}, "missing-turns"),
        ({"turns": []}, "missing-turns"),
        ({"turns": "hello"}, "wrong-type"),
        ({"turns": ["hello"]}, "wrong-type"),
        ({"turns": [{"speaker": "customer", "text": None}]}, "wrong-type"),
        ({"turns": [{"speaker": "agent", "text": "hi"}]}, "no-customer-turn"),
        ({"turns": [{"speaker": "robot", "text": "hi"}]}, "unknown-speaker"),
        ({"turns": [{"speaker": {"a": 1}, "text": "hi"}]}, "unknown-speaker"),
        ({"turns": [{"speaker": "customer", "text": "  "}]}, "empty-text"),
        ({"turns": [{"speaker": "customer", "text": "x" * 5_000_000}]}, "turn-too-long"),
        ({"turns": [{"speaker": "customer", "text": "x"}] * (MAX_TURNS + 1)}, "too-many-turns"),
        ({"started_at": "2026-06-03T00:00:00Z", "ended_at": None}, "date-in-future"),
        ({"started_at": "yesterday"}, "bad-date"),
        ({"started_at": 1_700_000_000}, "wrong-type"),
        ({"started_at": "0001-01-01T00:00:00+10:00"}, "bad-date"),
        ({"ended_at": "2026-02-01T00:00:00Z"}, "ends-before-start"),
        ({"transfers": -1}, "bad-number"),
        ({"transfers": 1.5}, "bad-number"),
        ({"transfers": "1"}, "wrong-type"),
        ({"transfers": True}, "wrong-type"),
        ({"cost": float("nan")}, "bad-number"),
        ({"cost": float("inf")}, "bad-number"),
        ({"cost": 10**400}, "bad-number"),
        ({"abandoned": "no"}, "wrong-type"),
        ({"channel": 7}, "wrong-type"),
        ({"segment": "gold"}, "wrong-type"),
        ({"segment": {"tier": ["gold"]}}, "wrong-type"),
        ({"survey": {"effort": 9}}, "bad-survey"),
        ({"survey": {"effort": 6, "scale": "ces1-5"}}, "bad-survey"),
        ({"survey": {"effort": 5, "scale": "nps"}}, "bad-survey"),
        ({"survey": [5]}, "wrong-type"),
        ({"labels": {"step": 7}}, "wrong-type"),
        ({"note": float("nan")}, "bad-number"),
        ({"note": {1, 2}}, "wrong-type"),
    ],
)
def test_a_bad_field_is_refused_under_a_stable_name(changes: dict[str, Any], kind: str) -> None:
    assert refusal(**changes).kind == kind


def test_a_refusal_names_the_field_and_ends_the_command_as_bad_input() -> None:
    error = refusal(turns=[{"speaker": "customer", "text": "a"}, {"speaker": "boss", "text": "b"}])
    assert "turns[1].speaker" in str(error)
    assert isinstance(error, BadInputError)
    assert error.exit_code == 2


def test_a_record_nested_too_deeply_is_refused() -> None:
    value: Any = "end"
    for _ in range(200):
        value = [value]
    assert refusal(note=value).kind == "too-deep"


def test_text_alone_is_one_customer_turn() -> None:
    contact = parse_contact({"id": 7, "text": "where is my order"}, now=NOW)
    assert contact.id == "7"
    assert contact.turns == (Turn("customer", "where is my order"),)


def test_a_null_step_means_fits_no_step_and_no_labels_mean_unknown() -> None:
    assert parse_contact({**GOOD, "labels": {"step": None}}, now=NOW).labels == Labels(None)
    assert parse_contact({**GOOD, "labels": {"step": "_none"}}, now=NOW).labels == Labels(None)
    assert parse_contact({**GOOD, "labels": {}}, now=NOW).labels is None
    assert parse_contact({**GOOD, "labels": None}, now=NOW).labels is None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, None),
        ({"secondary": None}, None),
        ({"secondary": []}, ()),
        ({"secondary": ["recover-money", "", None]}, ("recover-money",)),
        ({"secondary": "recover-money; return-item"}, ("recover-money", "return-item")),
        ({"secondary": "[]"}, ()),
        ({"secondary": '["recover-money"]'}, ("recover-money",)),
    ],
)
def test_second_steps_that_nobody_spoke_of_are_not_the_same_as_none(given: dict, read: tuple[str, ...] | None) -> None:
    contact = parse_contact({**GOOD, "labels": {"step": "track-delivery", **given}}, now=NOW)
    assert contact.labels == Labels("track-delivery", None, read)
    assert "labels.secondary" not in contact.extra


def test_second_steps_without_a_first_one_are_no_labels() -> None:
    contact = parse_contact({**GOOD, "labels": {"secondary": ["recover-money"]}}, now=NOW)
    assert contact.labels is None
    assert contact.extra["labels.secondary"] == ["recover-money"]


@pytest.mark.parametrize("given", [7, {"step": "x"}, [["x"]], [7]])
def test_second_steps_of_another_shape_are_refused(given: object) -> None:
    with pytest.raises(ContactError, match=r"labels\.secondary") as raised:
        parse_contact({**GOOD, "labels": {"step": "track-delivery", "secondary": given}}, now=NOW)
    assert raised.value.kind == "wrong-type"


def test_unknown_fields_are_kept_also_those_inside_survey_and_labels() -> None:
    contact = parse_contact({**GOOD, "queue": {"n": 2}, "labels": {"flow": "x"}, "survey": {"nps": 9}}, now=NOW)
    assert contact.extra == {"queue": {"n": 2}, "labels.flow": "x", "survey.nps": 9}
    assert contact.labels is None
    assert contact.survey is None


def test_a_time_without_a_zone_is_read_as_utc_and_other_zones_are_converted() -> None:
    contact = parse_contact(
        {**GOOD, "started_at": "2026-03-01T09:00:00", "ended_at": "2026-03-01 11:30+02:00"}, now=NOW
    )
    assert contact.started_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert contact.ended_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_nul_is_removed_and_a_lone_surrogate_replaced() -> None:
    contact = parse_contact({"id": "ab", "text": "x\x00y\ud800z"}, now=NOW)
    assert contact.turns[0].text == "xy\ufffdz"


@pytest.mark.parametrize("unseen", ["\x00", "\x1b[2J", "\n", "\x7f", "\x9b", "\ud800"])
@pytest.mark.parametrize("field", ["id", "customer_id"])
def test_an_id_that_would_be_another_one_without_its_control_characters_is_refused(unseen: str, field: str) -> None:
    with pytest.raises(ContactError) as caught:
        parse_contact({"id": "c-1", "text": "hi", field: f"a{unseen}b"}, now=NOW)
    assert (caught.value.kind, caught.value.field) == ("bad-id", field)


def test_an_empty_turn_keeps_its_place_so_that_positions_still_point_right() -> None:
    turns = [{"speaker": "agent", "text": ""}, {"speaker": "customer", "text": "hi"}]
    assert parse_contact({"id": 1, "turns": turns}, now=NOW).customer_turns == (1,)


TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=30)
WORDS = st.text("abcxyz-_ é", min_size=1, max_size=12).filter(lambda text: text.strip() == text and text != "_none")
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))
TURNS = st.builds(Turn, st.sampled_from(("customer", "agent", "system")), TEXTS, st.none() | TIMES)
SURVEYS = st.builds(
    Survey,
    st.floats(1, 5),
    st.none() | st.booleans(),
    st.none() | TIMES,
    st.sampled_from(("ces2-7", "ces1-5")),
)
CONTACTS = st.builds(
    Contact,
    id=WORDS,
    turns=st.lists(TURNS, max_size=4).map(lambda turns: (Turn("customer", "hello"), *turns)),
    customer_id=st.none() | WORDS,
    channel=st.none() | WORDS,
    started_at=st.none() | TIMES,
    segment=st.dictionaries(WORDS, WORDS, max_size=3),
    circumstance=st.dictionaries(WORDS, WORDS, max_size=3),
    transfers=st.none() | st.integers(0, 50),
    cost=st.none() | st.floats(0, 1e6),
    abandoned=st.none() | st.booleans(),
    survey=st.none() | SURVEYS,
    labels=st.none()
    | st.builds(Labels, st.none() | WORDS, st.none() | WORDS, st.none() | st.lists(WORDS, max_size=3).map(tuple)),
    extra=st.dictionaries(
        st.text("QRST", min_size=1, max_size=5), st.lists(st.none() | TEXTS | st.integers()), max_size=3
    ),
)


@given(CONTACTS)
def test_a_contact_written_and_read_again_is_the_same_contact(contact: Contact) -> None:
    assert parse_contact(contact_to_json(contact), now=NOW) == contact


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(GOOD)), JSON_VALUES)
def test_whatever_stands_in_a_field_it_is_read_or_refused_by_name(field: str, value: Any) -> None:
    try:
        assert isinstance(parse_contact({**GOOD, field: value}, now=NOW), Contact)
    except ContactError as error:
        assert error.kind
        assert error.message
