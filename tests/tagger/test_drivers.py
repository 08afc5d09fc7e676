from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.driver_rules import rules
from tagger.drivers import DRIVERS, Driver, Earlier, find_drivers, plain_words, said_drivers
from tagger.model import Contact, Speaker, Turn

YESTERDAY = datetime(2026, 5, 1, tzinfo=UTC)


def contact(*turns: tuple[Speaker, str], channel: str | None = None, transfers: int | None = None) -> Contact:
    return Contact("c", tuple(Turn(*turn) for turn in turns), channel=channel, transfers=transfers)


def names(found: tuple[Driver, ...]) -> list[str]:
    return [driver.driver for driver in found]


@pytest.mark.parametrize(
    ("speaker", "text", "driver"),
    [
        ("customer", "You are the third person I've been passed to.", "transfer"),
        ("agent", "Let me put you through to a colleague.", "transfer"),
        ("customer", "I already explained, um, all this to somebody", "had-to-repeat"),
        ("agent", "Could you please repeat your details for me?", "had-to-repeat"),
        ("customer", "the chatbot couldnt help me", "switched-channel"),
        ("customer", "I e-mailed first and got no reply, hence this", "switched-channel"),
        ("customer", "This is the second time I'm asking", "repeat-contact"),
        ("customer", "I contacted you about this last week", "repeat-contact"),
        ("agent", "We're looking into it, please bear with us.", "generic-answer"),
        ("customer", "that’s just a standard reply", "generic-answer"),
    ],
)
def test_words_say_what_made_a_contact_hard_work(speaker: Speaker, text: str, driver: str) -> None:
    assert names(said_drivers(contact((speaker, text)))) == [driver]


@pytest.mark.parametrize(
    "text",
    [
        "I would like to transfer money to my other account",
        "just tell me the order again so I can check it",
        "I want to order the same thing again",
        "I was given a code by your colleague and it is refused",
        "Will it happen again next month? I have reset my password five times",
        "I am waiting for your answer",
        "my phone screen is broken so I am contacting you",
    ],
)
def test_what_only_sounds_like_a_driver_is_none(text: str) -> None:
    assert said_drivers(contact(("customer", text))) == ()


def test_an_agents_words_are_not_taken_for_the_customers() -> None:
    assert said_drivers(contact(("agent", "I already explained all this to somebody"))) == ()


def test_evidence_is_the_words_that_say_it_as_they_stand_in_the_turn() -> None:
    text = "Hello. Well, I already, um, explained all of it."
    span = said_drivers(contact(("agent", "Hi"), ("customer", text)))[0].span
    assert span is not None and span.turn == 1
    assert text[span.start : span.end] == "already, um, explained all"


def test_counted_transfers_are_believed_rather_than_words() -> None:
    said = ("agent", "I'm going to transfer you to the right team.")
    assert find_drivers(contact(said, transfers=0)) == ()
    assert find_drivers(contact(said, transfers=1)) == (Driver("transfer", "data"),)
    assert find_drivers(contact(said))[0].source == "words"


def test_a_contact_after_another_one_is_a_repeat_whatever_is_said() -> None:
    found = find_drivers(contact(("customer", "hi"), channel="chat"), earlier=Earlier("chat", YESTERDAY))
    assert found == (Driver("repeat-contact", "data"),)


def test_one_over_another_channel_is_a_switch_too() -> None:
    found = find_drivers(contact(("customer", "hi"), channel="chat"), earlier=Earlier("phone", YESTERDAY))
    assert names(found) == ["switched-channel", "repeat-contact"]
    unknown = find_drivers(contact(("customer", "hi")), earlier=Earlier("phone", YESTERDAY))
    assert names(unknown) == ["repeat-contact"]


def test_plain_words_keep_stops_and_drop_what_speech_is_filled_with() -> None:
    assert plain_words("I've, um, e-mailed. You know, twice") == "ive emailed . twice"


def test_every_rule_is_of_a_known_driver_and_every_driver_has_one() -> None:
    assert {rule.driver for own in rules().values() for rule in own} == set(DRIVERS)
    assert not rules()["system"]


@given(st.text(alphabet=" abt'’-.!?,\nİé", max_size=60))
def test_evidence_never_leaves_the_turn(noise: str) -> None:
    text = f"{noise} i already explained all this {noise}"
    for driver in said_drivers(contact(("customer", text))):
        assert driver.span is not None
        assert 0 <= driver.span.start < driver.span.end <= len(text)
