import numpy as np

from classifiers.scores import LabelScores, LabelSpace

SPACE = LabelSpace.of([("a", "x"), ("b", "x"), ("c", "y")])


def test_the_chosen_label_lies_in_the_chosen_group() -> None:
    scores = LabelScores(SPACE, np.array([[0.3, 0.28, 0.42, 0.0]]), np.zeros(1))
    assert scores.by_group.argmax() == 0
    assert scores.best.tolist() == [0]
    assert scores.confidence.tolist() == [0.3]
