import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.bend import KNOTS, Bend, answers, fit_bend
from classifiers.calibration import expected_calibration_error, membership, softmax

GROUPS = np.array([0, 0, 1, 1, 2])
MEMBER = membership(GROUPS)


def chances(count: int, seed: int = 0, sharpness: float = 3.0) -> np.ndarray:
    return softmax(np.random.default_rng(seed).normal(size=(count, len(GROUPS))) * sharpness)


def sure(found: np.ndarray) -> np.ndarray:
    return np.asarray(found[np.arange(len(found)), answers(found, MEMBER)])


def drawn(found: np.ndarray, chance_right: np.ndarray, seed: int = 1) -> np.ndarray:
    """True labels: the answer with this chance, else the label after it."""
    right = np.random.default_rng(seed).random(len(found)) < chance_right
    given_ = answers(found, MEMBER)
    return np.where(right, given_, (given_ + 1) % len(GROUPS))


def test_answers_too_sure_in_the_middle_are_bent_to_the_share_right() -> None:
    learnt, asked = chances(6000), chances(6000, seed=2)

    def honest(confidence: np.ndarray) -> np.ndarray:
        return confidence - 0.25 * np.exp(-(((confidence - 0.8) / 0.1) ** 2))

    bend = fit_bend(learnt, drawn(learnt, honest(sure(learnt))), MEMBER)
    right = drawn(asked, honest(sure(asked)), seed=3) == answers(asked, MEMBER)
    before, after = (expected_calibration_error(sure(one), right) for one in (asked, bend.of(asked, MEMBER)))
    assert before > 0.06
    assert after < 0.6 * before


def test_few_texts_bend_little() -> None:
    few = chances(6)
    bend = fit_bend(few, (answers(few, MEMBER) + 1) % len(GROUPS), MEMBER)
    assert np.abs(bend.of(few, MEMBER) - few).max() < 0.4
    assert fit_bend(chances(0), np.zeros(0, dtype=np.int64), MEMBER).added == pytest.approx(np.zeros(len(KNOTS)))


@given(
    st.lists(st.floats(-3.0, 3.0), min_size=len(KNOTS), max_size=len(KNOTS)), st.integers(0, 9), st.floats(0.1, 60.0)
)
def test_bent_probabilities_sum_to_one_and_answer_the_same(added: list[float], seed: int, sharpness: float) -> None:
    found = chances(40, seed, sharpness)
    bent = Bend(tuple(added)).of(found, MEMBER)
    assert bent.sum(axis=1) == pytest.approx(np.ones(40))
    assert (bent >= 0).all()
    assert (answers(bent, MEMBER) == answers(found, MEMBER)).all()


@given(st.integers(0, 9))
def test_what_is_not_the_answer_shares_the_rest_as_before(seed: int) -> None:
    found = chances(30, seed)
    bent = Bend((0.5,) * len(KNOTS)).of(found, MEMBER)
    given_ = answers(found, MEMBER)
    others = np.arange(len(GROUPS))[None] != given_[:, None]
    shares = [
        np.where(others, one, 0.0) / np.where(others, one, 0.0).sum(axis=1, keepdims=True) for one in (found, bent)
    ]
    assert shares[0] == pytest.approx(shares[1])
    odds = [np.log(sure(one) / (1 - sure(one))) for one in (found, bent)]
    assert odds[1] - odds[0] == pytest.approx(np.full(30, 0.5), abs=1e-6)


def test_a_surer_answer_stays_the_surer_one() -> None:
    """Even where the surest were wrong most often."""
    learnt = chances(3000)
    bend = fit_bend(learnt, drawn(learnt, np.where(sure(learnt) > 0.9, 0.1, 0.95)), MEMBER)
    rising = np.linspace(0.51, 0.999, 200)
    asked = np.zeros((200, len(GROUPS)))
    asked[:, 0], asked[:, 2] = rising, 1.0 - rising
    assert (np.diff(bend.of(asked, MEMBER)[:, 0]) >= -1e-12).all()
