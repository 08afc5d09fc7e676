"""Made-up analysts, and a small study on a bank whose tagger is made up, so that no text has to be read."""

from __future__ import annotations

import numpy as np
import pytest

from alignment.targets import Targets
from evals.coverage_bank import Bank, bank_of, true_targets
from evals.coverage_worlds import draw_world
from evals.reviewers import TEAM, Analyst, one_answer, reads_per_contact, team_reading
from evals.reviews_bench import PRACTICES, as_read, reviews_study, study_text
from evals.worlds import WorldSpec, generate


@pytest.fixture(scope="module")
def bank() -> Bank:
    world = generate(WorldSpec(contacts=3000, seed=3))
    targets = Targets.of(world.stage.job)
    truth = true_targets(world, targets)
    rng = np.random.default_rng(0)
    largest = truth[:, : len(targets.steps)].sum(axis=0).argmax()
    donors = rng.choice(np.flatnonzero(truth[:, largest]), size=len(truth))
    said = np.where(rng.random(len(truth))[:, None] < 0.8, truth, truth[donors])
    return bank_of(world, world.stage.job, 0.8 * said + 0.2 * truth.mean(axis=0))


def contacts(count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.integers(0, 6, size=count), rng.dirichlet(np.ones(6), size=count)


def test_an_analyst_errs_as_often_as_said_and_never_by_giving_the_truth() -> None:
    truth, chances = contacts()
    said = one_answer(truth, chances, Analyst("x", 0.1), np.random.default_rng(0))
    assert (said != truth).mean() == pytest.approx(0.1, abs=0.01)
    assert (one_answer(truth, chances, Analyst("x", 0.0), np.random.default_rng(0)) == truth).all()


def test_second_reads_and_a_third_opinion_lower_the_errors_at_the_price_of_reads() -> None:
    truth, chances = contacts()
    errors, reads = [], []
    for second in (0.0, 0.12, 1.0):
        done = team_reading(truth, chances, TEAM, second=second, rng=np.random.default_rng(0))
        errors.append((done.steps != truth).mean())
        reads.append(done.reads / len(truth))
    assert errors[0] > errors[1] > errors[2]
    assert reads[0] == 1.0 < reads[1] < reads[2]
    assert reads[2] == pytest.approx(reads_per_contact(truth, chances, TEAM, second=1.0), rel=0.02)


def test_a_team_of_one_reads_nothing_twice() -> None:
    truth, chances = contacts(50)
    done = team_reading(truth, chances, TEAM[:1], second=1.0, rng=np.random.default_rng(0))
    assert (done.reads, done.twice, done.settled) == (50, 0, 0)


def test_only_what_was_read_carries_an_error_and_every_contact_keeps_one_step(bank: Bank) -> None:
    drawn = draw_world(bank, contacts=2000, reviews=400, seed=1)
    sloppy = (Analyst("x", 0.5), Analyst("y", 0.5))
    read = as_read(bank, drawn, sloppy, second=0.0, seed=1, by_chance=True)
    changed = (read.evidence.truth != drawn.evidence.truth).any(axis=1)
    assert 0.35 < changed[drawn.evidence.weight > 0].mean() < 0.65
    assert not changed[drawn.evidence.weight == 0].any()
    assert (read.evidence.truth[:, bank.targets.partition].sum(axis=1) == 1).all()


def test_drawn_reviews_hold_the_truth_where_counting_the_corrected_tags_does_not(bank: Bank) -> None:
    found = reviews_study(bank, worlds=6, contacts=2500, reads=500, say=lambda _line: None)
    share = {name: row["share"] for name, row in found["practices"].items()}
    assert list(share) == [practice.name for practice in PRACTICES]
    assert share["drawn, as Headway reviews"]["coverage"] > 0.85
    assert share["fix the unsure ones, count"]["coverage"] < share["drawn, as Headway reviews"]["coverage"] - 0.2
    assert found["practices"]["drawn, all read twice"]["contacts_read"] < 260
    assert "drawn, nobody errs" in study_text(found)
