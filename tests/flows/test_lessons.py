from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.lessons import Lessons, existing_database, gather, learned_of, resolved
from store.settings import load_settings
from tagger.held_back import Learned
from tagger.labels import LabelReader, UnknownLabelError
from tagger.model import Labels
from taxonomy.loader import find_job

CARD = {"reviews": {"until": "2026-11-02T09:00:00+00:00", "share_held_back": 0.5, "taught": 9, "held_back": 8}}


def test_a_model_that_learned_from_no_review_is_corrected_by_all() -> None:
    assert learned_of({}) is None


def test_so_is_one_whose_taught_contacts_are_read_by_heads_that_had_not_seen_them() -> None:
    assert learned_of({"reviews": {**CARD["reviews"], "cross_fitted": True}}) is None


def test_one_that_is_not_cross_fitted_is_corrected_by_what_is_held_back() -> None:
    wanted = Learned(datetime(2026, 11, 2, 9, tzinfo=UTC), 0.5)
    assert learned_of(CARD) == wanted
    assert learned_of({"reviews": {**CARD["reviews"], "cross_fitted": False}}) == wanted


def test_where_there_is_no_database_none_is_made(home) -> None:
    settings = load_settings()
    assert existing_database(settings) is None
    assert gather(find_job("online-order"), None, settings=settings) == Lessons(None)
    assert not (home / "headway.db").exists()


def test_a_second_step_that_the_job_no_longer_has_costs_a_decision_no_more_than_that() -> None:
    reader = LabelReader(find_job("online-order"))
    assert resolved(reader, Labels("track-delivery", None, ("given-up",))) == Labels("track-delivery")
    assert resolved(reader, Labels("track-delivery", None, ("recover-money",))).secondary == ("recover-money",)
    with pytest.raises(UnknownLabelError, match="given-up"):
        resolved(reader, Labels("given-up", None, ("recover-money",)))
