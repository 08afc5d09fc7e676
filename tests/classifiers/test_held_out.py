import numpy as np

from classifiers.held_out import lessens_loss


def test_a_larger_model_must_gain_more_than_chance() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 300)
    plain = np.eye(3)[codes] + rng.normal(size=(300, 3))
    better = np.eye(3)[codes] * 1.5 + (plain - np.eye(3)[codes])
    assert lessens_loss(better, plain, codes)
    assert not lessens_loss(plain, better, codes)
    assert not lessens_loss(plain, plain, codes)


def test_a_gain_that_chance_would_have_is_none() -> None:
    """Two heads that are as good as each other: few of many pairs pass, as one-sided at 95 %."""
    passed = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        codes = rng.integers(0, 3, 150)
        first, second = (np.eye(3)[codes] + rng.normal(size=(150, 3)) for _ in range(2))
        passed += lessens_loss(first, second, codes)
    assert passed <= 20
