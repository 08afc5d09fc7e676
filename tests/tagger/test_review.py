from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.review import Policy, ReviewError, draw_probabilities, expected_effect, finished_prefix

shares = st.lists(st.floats(0, 1), min_size=1, max_size=200).map(np.array)


@given(shares, st.integers(1, 500), st.floats(0.2, 1))
def test_every_contact_may_be_drawn_and_the_expected_number_is_at_most_the_budget(top, budget, tau) -> None:
    pi = draw_probabilities(expected_effect(top, np.zeros(len(top), bool)), budget=budget, tau=tau)
    assert ((pi > 0) & (pi <= 1)).all()
    assert pi.sum() <= budget + 1e-9


@given(shares)
def test_a_review_of_an_unsure_or_an_answered_contact_is_expected_to_teach_more(top) -> None:
    answered = expected_effect(top, np.ones(len(top), bool))
    silent = expected_effect(top, np.zeros(len(top), bool))
    assert (answered > silent).all()
    assert (silent <= expected_effect(np.array([0.5]), np.array([False]))[0] + 1e-12).all()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=50))
def test_everything_before_the_prefix_is_decided(items) -> None:
    order, done = [at for at, _ in items], [finished for _, finished in items]
    t = finished_prefix(order, done)
    assert all(finished for at, finished in items if at < t)
    assert t == 1 or any(at == t and not finished for at, finished in items)


def test_a_half_finished_draw_weighted_by_its_prefix_is_unbiased() -> None:
    """METHODS 2: without the prefix a true rate of 10 % reads about half of it."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(300):
        truth = rng.random(2000) < 0.1
        u = rng.random(2000)
        pi = draw_probabilities(expected_effect(np.where(truth, 0.6, 0.9), np.zeros(2000, bool)), budget=400, tau=0.5)
        drawn = np.flatnonzero(u < pi)
        order = drawn[np.argsort(u[drawn] / pi[drawn])]
        done = set(order[: len(order) // 2].tolist())
        t = finished_prefix([u[i] / pi[i] for i in order], [i in done for i in order])
        kept = [i for i in order if i in done and u[i] / pi[i] < t]
        found.append(sum(truth[i] / (pi[i] * t) for i in kept) / 2000)
    assert np.mean(found) == pytest.approx(0.1, abs=0.004)


@pytest.mark.parametrize(("budget", "tau"), [(0, 0.5), (10, 0.1), (10, 1.1)])
def test_a_policy_that_breaks_the_rules_is_refused(budget: int, tau: float) -> None:
    with pytest.raises(ReviewError):
        Policy("job", "1", "model", budget, 100, tau)


def test_a_policy_is_named_by_its_content() -> None:
    one, same = (Policy("job", "1", "model", 10, 100) for _ in range(2))
    assert one.version == same.version != Policy("job", "1", "model", 11, 100).version
