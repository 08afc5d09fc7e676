import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from evals.accuracy import macro_f1
from evals.bench.grades import Draws, averaged

LABELS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=2, max_size=40)


@given(LABELS)
@settings(max_examples=50, deadline=None)
def test_macro_f1_is_that_of_the_accuracy_report(pairs: list[tuple[str, str]]) -> None:
    truth, said = (np.array(names) for names in zip(*pairs, strict=True))
    assert Draws(len(pairs), replicates=5).macro_f1(truth, said).value == pytest.approx(macro_f1(truth, said))


def test_micro_and_label_f1_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    truth, said = rng.random((60, 5)) < 0.4, rng.random((60, 5)) < 0.4
    draws = Draws(60, replicates=5)
    assert draws.micro_f1(truth, said).value == pytest.approx(f1_score(truth, said, average="micro"))
    assert draws.label_f1(truth, said).value == pytest.approx(f1_score(truth, said, average="macro"))


def test_a_system_differs_from_itself_by_nothing() -> None:
    right = Draws(30).mean(np.arange(30) % 3 == 0)
    assert right.less(right).as_json() == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_pairing_makes_the_interval_of_a_difference_narrower() -> None:
    rng = np.random.default_rng(0)
    base = rng.random(400) < 0.8
    better = base | (rng.random(400) < 0.1)
    paired, apart = Draws(400), Draws(400, seed=1)
    low, high = paired.mean(better).less(paired.mean(base)).interval
    apart_low, apart_high = paired.mean(better).less(apart.mean(base)).interval
    assert 0 < low < high
    assert high - low < apart_high - apart_low


def test_the_interval_of_a_share_is_that_of_the_normal_approximation() -> None:
    low, high = Draws(1000).mean(np.arange(1000) < 800).interval
    assert (low, high) == pytest.approx((0.775, 0.825), abs=0.004)


def test_seeds_are_averaged() -> None:
    draws = Draws(4, replicates=10)
    both = averaged([draws.mean(np.array([True] * 4)), draws.mean(np.array([False] * 4))])
    assert both.value == 0.5
    assert both.interval == (0.5, 0.5)
