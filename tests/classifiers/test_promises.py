import numpy as np
import pytest

from classifiers.promises import (
    FAMILIAR_SHARE,
    LIKELIER_RIGHT,
    STRANGE,
    HeldOut,
    Promise,
    Thresholds,
    price_of_promises,
    thresholds,
)
from classifiers.scores import LabelScores, LabelSpace

SPACE = LabelSpace.of([("a", "x"), ("b", "y")])


def world(count: int = 3000, *, seed: int = 0, lexical: float = 1.0, full: float = 2.0) -> HeldOut:
    """Two calibrated stages of different sharpness over the same hidden evidence."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, count)
    evidence = np.where(truth == 0, 1.0, -1.0) * lexical + rng.normal(size=count)
    more = np.where(truth == 0, 1.0, -1.0) * full + rng.normal(size=count)
    return HeldOut(_scores(2 * lexical * evidence, rng), _scores(2 * lexical * evidence + 2 * full * more, rng), truth)


def _scores(logit: np.ndarray, rng: np.random.Generator) -> LabelScores:
    chance = 1 / (1 + np.exp(-logit))
    return LabelScores(SPACE, np.stack([chance, 1 - chance, np.zeros(len(chance))], axis=1), rng.random(len(chance)))


def given_up(seed: int) -> float:
    """The accuracy that words lose on fresh contacts, where 0.01 may be lost."""
    held_out, fresh = world(seed=seed), world(20_000, seed=seed + 1000)
    found = thresholds(held_out, Promise(0.2, 0.05, loss=0.01))
    sure = found.lexical.sure(fresh.lexical)
    assert sure.any()
    return float(fresh.full_right.mean() - np.where(sure, fresh.lexical_right, fresh.full_right).mean())


def test_the_words_give_up_no_more_than_the_stated_loss() -> None:
    lost = np.array([given_up(seed) for seed in range(60)])
    assert lost.mean() <= 0.009
    assert (lost > 0.012).mean() <= 0.05


def test_strange_texts_are_never_left_to_the_words() -> None:
    held_out = world()
    sure = thresholds(held_out, Promise(0.2, 0.05)).lexical.sure(held_out.lexical)
    assert held_out.lexical.novelty[sure].max() <= np.quantile(held_out.lexical.novelty, FAMILIAR_SHARE)


def test_a_strange_text_is_given_a_step_by_nobody_but_may_be_said_to_fit_none() -> None:
    accept = thresholds(world(), Promise(0.2, 0.05)).embedding
    chances = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert accept.sure(LabelScores(SPACE, chances, np.array([STRANGE, STRANGE]))).tolist() == [True, True]
    assert accept.sure(LabelScores(SPACE, chances, np.array([0.51, 0.99]))).tolist() == [False, True]


def kept_wrong(found: Thresholds, fresh: HeldOut) -> tuple[float, float]:
    """The share of contacts that both stages keep, and the share of these that is wrong."""
    sure = found.lexical.sure(fresh.lexical)
    kept = sure | found.embedding.sure(fresh.full)
    right = np.where(sure, fresh.lexical_right, fresh.full_right)
    return float(kept.mean()), float((~right[kept]).mean()) if kept.any() else 0.0


@pytest.mark.parametrize(("full", "max_error"), [(2.0, 0.03), (0.5, 0.1)])
def test_the_error_among_the_kept_stays_under_the_promise(full: float, max_error: float) -> None:
    fresh = world(50_000, seed=1000, full=full)
    promise = Promise(max_error, 0.1, loss=0.01)
    shares, wrong = np.array(
        [kept_wrong(thresholds(world(800, seed=n, full=full), promise), fresh) for n in range(60)]
    ).T
    assert (wrong > max_error).mean() <= 0.1
    assert shares.mean() > 0.5


def test_words_alone_keep_the_promise_too() -> None:
    fresh, promise = world(50_000, seed=1000), Promise(0.1, 0.1, loss=0.5)
    wrong = []
    for seed in range(60):
        sure = thresholds(world(800, seed=seed), promise).lexical.sure(fresh.lexical)
        wrong.append((~fresh.lexical_right[sure]).mean() if sure.any() else 0.0)
    assert np.mean(wrong) > 0.0
    assert (np.array(wrong) > 0.1).mean() <= 0.1


def test_what_words_leave_open_need_not_be_as_right_as_all_that_is_kept() -> None:
    found = thresholds(world(full=0.5), Promise(0.1, 0.05, loss=0.01))
    fresh = world(20_000, seed=1, full=0.5)
    left = ~found.lexical.sure(fresh.lexical) & found.embedding.sure(fresh.full)
    assert left.any()
    assert (~fresh.full_right[left]).mean() > kept_wrong(found, fresh)[1]


def test_what_is_likelier_wrong_than_right_is_kept_by_nobody() -> None:
    space = LabelSpace.of([(name, name) for name in "abc"])
    rng = np.random.default_rng(0)
    rows = rng.dirichlet([0.1, 0.1, 0.1], 2000)
    scores = LabelScores(space, np.column_stack([rows, np.zeros(2000)]), rng.random(2000))
    found = thresholds(HeldOut(scores, scores, scores.best), Promise(0.2, 0.05))
    assert scores.confidence.min() < LIKELIER_RIGHT <= found.embedding.confidence


def test_stricter_promises_keep_less() -> None:
    kept = [price.accepted_share for price in price_of_promises(world(), Promise(0.1, 0.05))]
    assert kept == sorted(kept)
