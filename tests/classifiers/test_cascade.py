from dataclasses import dataclass

import numpy as np

from classifiers.cascade import StageAnswers, run_cascade
from classifiers.scores import LabelScores, LabelSpace

SPACE = LabelSpace.of([("a", "x"), ("b", "y")])


@dataclass(frozen=True)
class Reader:
    """A stage that is sure of documents holding its word, and answers with its own label."""

    name: str
    word: str
    label: int

    def judge(self, documents, *, earlier=None) -> StageAnswers:  # type: ignore[no-untyped-def]
        seen = 0.0 if earlier is None else earlier.margins.mean()
        sure = np.array([self.word in document[0] for document in documents], dtype=bool)
        chances = np.tile(np.eye(3)[self.label], (len(documents), 1))
        scores = LabelScores(SPACE, chances, np.full(len(documents), 0.1 * self.label))
        return StageAnswers(scores, np.full((len(documents), 1), seen + 1), sure)


def test_each_stage_answers_what_the_earlier_were_not_sure_of() -> None:
    documents = [["late"], ["early"], ["never"], ["late"]]
    answers = run_cascade(documents, first=Reader("words", "late", 0), later=[Reader("vectors", "early", 1)])
    assert answers.stage == ("words", "vectors", "vectors", "words")
    assert answers.deferred.tolist() == [False, False, True, False]
    assert answers.scores.best.tolist() == [0, 1, 1, 0]
    assert answers.decided_shares == {"words": 0.5, "vectors": 0.25, "nobody": 0.25}


def test_later_stages_see_the_margins_of_the_one_before() -> None:
    first, second = Reader("one", "-", 0), Reader("two", "-", 1)
    said = second.judge([["x"]], earlier=first.judge([["x"]]))
    assert said.margins.tolist() == [[2.0]]


def test_a_stage_with_nothing_left_is_not_asked() -> None:
    answers = run_cascade([["late"]], first=Reader("words", "late", 0), later=[Reader("vectors", "boom", 1)])
    assert answers.stage == ("words",)


def test_no_documents_give_no_answers() -> None:
    answers = run_cascade([], first=Reader("words", "late", 0), later=[Reader("vectors", "x", 1)])
    assert (len(answers.stage), answers.scores.probabilities.shape) == (0, (0, 3))
