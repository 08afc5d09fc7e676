from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.jobs import read_job
from store.review_purchase import Firm, find_firm, known_firm
from store.review_weights import read_reviews
from store.session import open_database
from store.settings import Settings


def test_four_times_the_reviews_halve_the_interval() -> None:
    assert Firm("a", 3.0, 100).after(300) == pytest.approx(1.5)


def test_the_worth_of_reviews_counts_all_that_correct_figures_and_is_kept(demo_home: Path) -> None:
    now = datetime.now(UTC)
    with open_database(Settings(home=demo_home)).session() as session:
        job = read_job(session, "online-order")
        firm = find_firm(session, job, now=now)[0]
        assert firm.reviewed == len(read_reviews(session, job.id, now))
        assert 0 < firm.after(200) < firm.half_width
        assert known_firm(session, job) == (firm,)
