from __future__ import annotations

import numpy as np
import pytest

from classifiers.suspects import FEWEST, SuspectsError, suspects

NAMES = ("a", "b", "c", "never")


def world(count: int = 300, wrong: int = 12, seed: int = 0) -> tuple[np.ndarray, list[str], set[int]]:
    """Scores of a good model, labels of which some were swapped, and which."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, count)
    chances = rng.dirichlet(np.ones(4), count) * 0.3
    chances[np.arange(count), truth] += 0.7
    said = truth.copy()
    swapped = rng.choice(count, wrong, replace=False)
    said[swapped] = (truth[swapped] + 1) % 3
    return chances, [NAMES[code] for code in said], set(swapped.tolist())


def test_most_swapped_labels_are_found_and_hardly_any_other() -> None:
    chances, labels, swapped = world()
    found = suspects(chances, labels, NAMES)
    assert len(swapped & {one.row for one in found}) >= 0.8 * len(swapped)
    assert len(found) <= len(swapped) + 3


def test_a_suspect_says_what_the_model_holds_for_likelier() -> None:
    chances, labels, _ = world()
    first = suspects(chances, labels, NAMES)[0]
    assert first.label == labels[first.row]
    assert first.instead == NAMES[int(chances[first.row].argmax())] != first.label
    assert first.chance < 0.2


def test_the_likeliest_comes_first() -> None:
    chances, labels, _ = world()
    found = [one.chance for one in suspects(chances, labels, NAMES)]
    assert found == sorted(found)


def test_the_order_of_names_changes_nothing() -> None:
    chances, labels, _ = world()
    turned = suspects(chances[:, ::-1], labels, NAMES[::-1])
    assert [(one.row, one.instead) for one in turned] == [
        (one.row, one.instead) for one in suspects(chances, labels, NAMES)
    ]


def test_nothing_is_said_of_a_handful_or_of_one_label() -> None:
    chances, labels, _ = world(FEWEST - 1, 4)
    assert suspects(chances, labels, NAMES) == ()
    assert suspects(np.full((100, 4), 0.25), ["a"] * 100, NAMES) == ()


def test_scores_and_labels_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(SuspectsError):
        suspects(np.ones((3, 4)), ["a", "b"], NAMES)
    with pytest.raises(SuspectsError, match="zebra"):
        suspects(np.ones((1, 4)), ["zebra"], NAMES)
