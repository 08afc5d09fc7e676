from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tagger.review_reads import (
    HIDDEN_SHARE,
    SECOND_SHARE,
    Read,
    disagree,
    gets_second_read,
    kind_of_read,
    stable_share,
    suggestion_hidden,
    waits_for,
)

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def read(by: str, step: str | None, kind="first", outcome=None) -> Read:
    return Read(1, kind, by, step, outcome, (), NOW)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_a_stable_share_is_between_0_and_1_and_always_the_same(parts) -> None:
    assert 0 <= stable_share(*parts) < 1
    assert stable_share(*parts) == stable_share(*parts)


def test_at_least_a_tenth_of_drawn_items_get_a_second_read_and_no_other_item_does() -> None:
    items = [f"item-{n}" for n in range(20_000)]
    share = sum(gets_second_read(item, drawn=True) for item in items) / len(items)
    assert abs(share - SECOND_SHARE) < 0.01
    assert share >= 0.1
    assert not any(gets_second_read(item, drawn=False) for item in items)


def test_the_suggestion_is_hidden_in_a_tenth_of_first_reads_that_differ_by_analyst() -> None:
    items = [f"item-{n}" for n in range(20_000)]
    ann = {item for item in items if suggestion_hidden(item, "ann", kind="first")}
    ben = {item for item in items if suggestion_hidden(item, "ben", kind="first")}
    assert abs(len(ann) / len(items) - HIDDEN_SHARE) < 0.01
    assert len(ann & ben) / len(items) < 0.02


def test_a_second_read_is_always_blind_and_whoever_settles_sees_everything() -> None:
    assert all(suggestion_hidden(f"i{n}", "ann", kind="second") for n in range(100))
    assert not any(suggestion_hidden(f"i{n}", "ann", kind="adjudicated") for n in range(100))


def test_an_answer_is_the_first_the_second_or_the_one_that_settles() -> None:
    ann, ben = read("ann", "a"), read("ben", "b", "second")
    assert kind_of_read([], "ann") == "first"
    assert kind_of_read([ann], "ann") == "first"
    assert kind_of_read([ann], "ben") == "second"
    assert kind_of_read([ann, ben], "cid") == "adjudicated"
    assert kind_of_read([ann, ben], "ben") == "second"
    assert kind_of_read([ann, read("ben", "a", "second")], "cid") == "second"


def test_readers_disagree_on_the_outcome_as_well() -> None:
    assert disagree([read("ann", "a", outcome="x"), read("ben", "a", outcome="y")])
    assert not disagree([read("ann", None), read("ben", None)])


def test_an_item_waits_for_what_it_still_needs() -> None:
    ann, same, other = read("ann", "a"), read("ben", "a", "second"), read("ben", "b", "second")
    assert waits_for([], second_wanted=True) == "first"
    assert waits_for([ann], second_wanted=False) == "done"
    assert waits_for([ann], second_wanted=True) == "second"
    assert waits_for([ann, same], second_wanted=True) == "done"
    assert waits_for([ann, other], second_wanted=False) == "adjudicated"
    assert waits_for([ann, other, read("cid", "b", "adjudicated")], second_wanted=True) == "done"
