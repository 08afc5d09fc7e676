from __future__ import annotations

import pytest

from evals.learning_coverage import WAYS, learning_coverage, learning_text


@pytest.fixture(scope="module")
def result() -> dict:
    return learning_coverage(worlds=12, contacts=1500, reviews=400, unsure=150, share=0.5, say=lambda _line: None)


def test_decisions_teach_a_better_tagger(result: dict) -> None:
    assert result["accuracy"]["taught"] > result["accuracy"]["weak"] + 0.05


def test_the_same_reviews_for_both_promise_too_much(result: dict) -> None:
    """Corrected by what taught it, the tagger looks right: intervals are narrow and miss."""
    same, ours = result["ways"]["same-reviews"]["share"], result["ways"]["headway"]["share"]
    assert same["width"] < 0.8 * ours["width"]
    assert same["coverage"] < ours["coverage"]


def test_held_back_reviews_hold_the_truth(result: dict) -> None:
    assert result["ways"]["headway"]["share"]["coverage"] > 0.88
    assert result["ways"]["before"]["share"]["coverage"] > 0.88


def test_the_text_names_every_way(result: dict) -> None:
    text = learning_text(result)
    assert all(f"{way}: {meaning}" in text for way, meaning in WAYS.items())
