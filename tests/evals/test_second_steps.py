from dataclasses import replace

import pytest

from evals.second_steps import Share, second_steps
from tagger.model import Labels, Secondary, Tag
from tests.evals.test_accuracy import tag


def about(step: str, *others: str) -> Tag:
    return replace(tag(f"{step}1"), secondary=tuple(Secondary(other, None, 0.9) for other in others))


def test_a_worked_example() -> None:
    truth = [Labels("a", "a1", ("b",)), Labels("a", "a1", ("b",)), Labels("a", "a1", ()), Labels("a", "a1")]
    tags = [about("a", "b"), about("b"), about("a", "b"), about("a", "b")]
    found = second_steps(truth, tags)
    assert found is not None
    assert found.contacts == 3  # of the last one nobody said what else it is about
    assert found.precision == Share.of(1, 2)
    assert found.recall == Share.of(1, 2)  # the second contact is about `a` besides the `b` that was given first
    assert found.precision.value == pytest.approx(0.5)
    assert "right 50.0 % [" in found.text()


def test_without_known_second_steps_there_is_nothing_to_say() -> None:
    assert second_steps([Labels("a")], [about("a")]) is None
    nothing = second_steps([Labels("a", None, ())], [about("a")])
    assert nothing is not None
    assert (nothing.precision.value, nothing.recall.value) == (None, None)
    assert "none given" in nothing.text()
