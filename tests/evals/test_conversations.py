from __future__ import annotations

import pytest

from evals.conversations import among, contact_of, drivers_found, overlap, places, rate
from evals.worlds import World, WorldSpec, generate
from tagger.model import Contact, EvidenceSpan, Turn
from taxonomy.loader import find_job


@pytest.fixture(scope="module")
def world() -> World:
    return generate(WorldSpec(contacts=300, seed=101))


def test_a_contact_said_among_digressions_says_the_same_in_order(world: World) -> None:
    short, long = contact_of(world, 3), among(world, 3, 5000)
    assert sum(len(turn.text.split()) for turn in long.turns) > 5000
    kept = iter(long.turns)
    assert all(any(turn == other for other in kept) for turn in short.turns)
    assert among(world, 3, 0) == short


def test_the_matter_stands_in_the_turns(world: World) -> None:
    found = [places(contact_of(world, number), world.said(number).matter) for number in range(100)]
    assert all(found)


def test_spans_overlap_only_inside_one_turn() -> None:
    assert overlap(EvidenceSpan(0, 0, 10), EvidenceSpan(0, 4, 20)) == 6
    assert overlap(EvidenceSpan(0, 0, 4), EvidenceSpan(0, 4, 20)) == 0
    assert overlap(EvidenceSpan(0, 0, 10), EvidenceSpan(1, 0, 10)) == 0


def test_sentences_are_found_in_customers_turns_alone() -> None:
    contact = Contact("c", (Turn("agent", "where is it"), Turn("customer", "so where is it then")))
    assert places(contact, ("where is it", "where is it", "never said")) == [EvidenceSpan(1, 3, 14)]


def test_a_share_of_nothing_has_no_value() -> None:
    assert rate([])["value"] is None
    assert rate([True, True, False])["n"] == 3


def test_drivers_in_known_wordings_are_found_and_in_unseen_ones_hardly_anything_is_made_up() -> None:
    job = find_job("online-order")
    known, unseen = (drivers_found(job, 600, share) for share in (0.0, 1.0))
    for driver, found in known.items():
        assert found["precision"]["value"] > 0.9 and found["recall"]["value"] > 0.85, driver
    for driver, found in unseen.items():
        assert found["precision"]["value"] is None or found["precision"]["value"] > 0.8, driver
