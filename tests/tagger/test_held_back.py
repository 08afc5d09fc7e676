from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tagger.held_back import MEASURING_SHARE, Learned, measures

THEN = datetime(2026, 11, 1, tzinfo=UTC)


def test_about_the_stated_share_of_customers_is_held_back() -> None:
    held = [measures("j", customer=f"u{n}", contact="c", share=0.3) for n in range(4000)]
    assert sum(held) / len(held) == pytest.approx(0.3, abs=0.03)


def test_all_contacts_of_a_customer_are_on_one_side() -> None:
    for customer in ("a", "b", "c", "d"):
        assert len({measures("j", customer=customer, contact=f"c{n}") for n in range(20)}) == 1


def test_where_nobody_knows_the_customer_the_contact_decides() -> None:
    assert {measures("j", customer=None, contact=f"c{n}") for n in range(20)} == {True, False}


def test_a_larger_share_only_adds_customers() -> None:
    small, large = ({n for n in range(500) if measures("j", customer=str(n), contact="", share=h)} for h in (0.3, 0.6))
    assert small < large


def test_the_weight_of_a_review_allows_for_who_was_held_back() -> None:
    learned = Learned(THEN, MEASURING_SHARE)
    before, after = THEN - timedelta(days=1), THEN + timedelta(days=1)
    assert learned.factor(measuring=True, came_at=before) == 1 / MEASURING_SHARE
    assert learned.factor(measuring=False, came_at=before) == 0.0
    assert {learned.factor(measuring=held, came_at=after) for held in (True, False)} == {1.0}


def test_weights_add_up_to_all_contacts_on_average() -> None:
    learned = Learned(THEN, 0.4)
    total = sum(
        learned.factor(measuring=measures("j", customer=str(n), contact="", share=0.4), came_at=THEN)
        for n in range(5000)
    )
    assert total == pytest.approx(5000, rel=0.05)
