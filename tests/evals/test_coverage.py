"""A small study on a bank whose tagger is made up, so that no text has to be read."""

from __future__ import annotations

import numpy as np
import pytest

from alignment.targets import Targets
from evals.coverage import ESTIMANDS, WAYS, Study, coverage_text, study, summary, true_figures
from evals.coverage_bank import Bank, bank_of, true_targets
from evals.coverage_worlds import SCENARIOS, draw_world, true_shares
from evals.worlds import WorldSpec, generate


@pytest.fixture(scope="module")
def bank() -> Bank:
    world = generate(WorldSpec(contacts=4000, seed=3))
    targets = Targets.of(world.stage.job)
    truth = true_targets(world, targets)
    rng = np.random.default_rng(0)
    largest = truth[:, : len(targets.steps)].sum(axis=0).argmax()
    donors = rng.choice(np.flatnonzero(truth[:, largest]), size=len(truth))
    said = np.where(rng.random(len(truth))[:, None] < 0.85, truth, truth[donors])
    return bank_of(world, world.stage.job, 0.8 * said + 0.2 * truth.mean(axis=0))


@pytest.fixture(scope="module")
def done(bank: Bank) -> Study:
    return study(bank, worlds=12, contacts=3000, reviews=600)


def test_a_world_holds_whole_customers_and_about_the_budget_of_reviews(bank: Bank) -> None:
    drawn = draw_world(bank, contacts=2000, reviews=300, seed=1)
    assert len(drawn.rows) == pytest.approx(2000, rel=0.1)
    assert (drawn.evidence.weight > 0).sum() == pytest.approx(300, rel=0.2)
    sizes = drawn.evidence.frame.groupby("customer").size()
    firsts = drawn.rows[np.unique(drawn.evidence.frame["customer"], return_index=True)[1]]
    customers = bank.frame["customer"].to_numpy()
    whole = {customer: int((customers == customer).sum()) for customer in set(customers[firsts])}
    assert [whole[customers[row]] for row in firsts] == sizes.sort_index().tolist()


def test_the_same_world_is_drawn_again(bank: Bank) -> None:
    first, second = (draw_world(bank, contacts=500, reviews=100, seed=5) for _ in range(2))
    assert (first.rows == second.rows).all()
    assert (first.evidence.weight == second.evidence.weight).all()


def test_the_bank_itself_is_the_truth(bank: Bank) -> None:
    true = true_figures(bank)
    steps = bank.truth[:, : len(bank.targets.steps)]
    np.testing.assert_allclose(true[ESTIMANDS.index("share")], steps.mean(axis=0))
    np.testing.assert_allclose(true[ESTIMANDS.index("effort"), 0], bank.felt[steps[:, 0] > 0].mean())


def test_every_scenario_gives_a_bank_that_worlds_can_be_drawn_from(bank: Bank) -> None:
    for scenario in SCENARIOS.values():
        made = scenario(bank)
        assert np.isfinite(made.probabilities).all()
        assert true_shares(made)[made.targets.partition].sum() == pytest.approx(1.0)
        assert len(draw_world(made, contacts=300, reviews=50, seed=0).rows) > 100


def test_intervals_hold_the_truth_and_counting_does_not(done: Study) -> None:
    found = summary(done)
    assert found["headway"]["share"]["coverage"] > 0.88
    assert found["headway"]["fcr"]["coverage"] > 0.88
    assert found["headway"]["friction"]["coverage"] > 0.85
    assert found["count"]["share"]["coverage"] < 0.85
    assert found["headway"]["share"]["width_over_labels"] < 0.85


def test_the_index_has_an_interval_and_a_truth(done: Study) -> None:
    assert np.isfinite(done.index[:, 0]).all(axis=1).mean() > 0.5
    assert np.nanmean(done.index_truth) == pytest.approx(np.nanmean(done.index[:, 0, 0]), abs=8)


def test_the_text_names_every_way_and_estimand(done: Study) -> None:
    result = {"worlds": 12, "contacts": 3000, "reviews": 600, "seconds": 1.0, "scenarios": {"shipped": summary(done)}}
    text = coverage_text(result)
    assert all(way in text for way in WAYS)
    assert all(name in text for name in (*ESTIMANDS, "index"))
