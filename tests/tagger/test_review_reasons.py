from __future__ import annotations

import pytest

from tagger.model import Tag
from tagger.review import ReviewError
from tagger.review_reasons import Budget, Today, as_reason, gold_is_due, order_of_reasons, reason_of


def tag(*, deferred: bool = True, novelty: float = 0.1) -> Tag:
    return Tag("c", "a", None, 0.5, deferred, "classifier", {"a": 1.0}, {"a": 1.0}, (), novelty, "m", "j", "1")


def test_drawn_items_come_first_and_then_the_others_share() -> None:
    budget = Budget(per_day=10, drawn_share=0.6)
    assert order_of_reasons(budget, Today({"drawn": 5}))[0] == "drawn"
    after = order_of_reasons(budget, Today({"drawn": 6, "unsure": 2, "asked": 1}))
    assert after[:2] == ("flagged", "suspect")
    assert after.index("asked") < after.index("unsure") < after.index("drawn")


def test_a_spent_budget_hands_out_nothing_and_none_at_all_everything() -> None:
    assert order_of_reasons(Budget(per_day=3), Today({"drawn": 2, "gold": 1})) == ()
    assert order_of_reasons(Budget(), Today({"drawn": 900}))[0] == "drawn"
    assert Today({"drawn": 2}).left(Budget(per_day=3)) == 1


def test_one_read_in_twenty_is_a_known_answer() -> None:
    due = sum(gold_is_due("ann", reads) for reads in range(4000))
    assert 150 < due < 250


def test_the_first_reason_that_holds_is_the_one() -> None:
    assert reason_of(tag(deferred=False, novelty=0.9), disagreed=False) is None
    assert reason_of(tag(deferred=False), disagreed=True) == "disagree"
    assert reason_of(tag(novelty=0.6), disagreed=False) == "novel"
    assert reason_of(tag(), disagreed=False) == "unsure"


@pytest.mark.parametrize("budget", [{"per_day": 0}, {"per_day": 5, "drawn_share": 0.0}])
def test_a_budget_that_allows_nothing_is_refused(budget: dict) -> None:
    with pytest.raises(ReviewError):
        Budget(**budget)


def test_an_unknown_reason_is_named() -> None:
    with pytest.raises(ReviewError, match="'because' is not known: use drawn"):
        as_reason("because")
