"""What documents are about besides their label, from documents that are about several things."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from classifiers.artifact import load, save
from classifiers.besides import DOUBT, FEWEST, BesidesScale, Several, fit_besides, passages_of, told_apart
from classifiers.encoder import Encoder
from classifiers.model import Model, WordsAlone
from classifiers.relabel import relabelled
from classifiers.scores import LabelScores, LabelSpace
from classifiers.training import train
from classifiers.unlearning import forget_in_model, learned_from
from tests.classifiers.parcels import SPACE, sample

Lesson = tuple[list[list[str]], list[str], list[list[str]]]
TRACK, PAY, NONE = (SPACE.groups.index(name) for name in ("track", "pay", "_none"))
GROUP = dict(zip(SPACE.labels, SPACE.group_of, strict=True))


def several(count: int, *, seed: int) -> Lesson:
    """Documents with their labels; one in four is about the other group, too."""
    documents, labels = sample(count, seed=seed)
    others, other_labels = sample(count, seed=seed + 1000)
    rng = random.Random(seed)
    besides: list[list[str]] = []
    for document, label, (_, more), second in zip(documents, labels, others, other_labels, strict=True):
        two = rng.random() < 0.25 and GROUP[label] != GROUP[second]
        besides.append([SPACE.groups[GROUP[second]]] if two else [])
        if two:
            document[1] += f". Also {more}"
    return documents, labels, besides


def about(besides: list[list[str]]) -> np.ndarray:
    return np.array([[group in others for group in SPACE.groups] for others in besides])


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return several(400, seed=1)


@pytest.fixture(scope="module")
def model(encoder: Encoder, lesson: Lesson) -> Model:
    documents, labels, besides = lesson
    return train(documents, labels, SPACE, encoder=encoder, besides=besides)


def test_a_second_group_is_told_where_there_is_one(model: Model) -> None:
    documents, labels, besides = several(200, seed=7)
    scores = model.score(documents)
    first, one_hot = scores.by_group.argmax(axis=1), np.eye(len(SPACE.groups), dtype=bool)
    said = scores.given_besides
    assert not said[np.arange(len(first)), first].any()
    assert not said[:, NONE].any()
    truth = about(besides) | one_hot[[GROUP[label] for label in labels]]
    given = said | one_hot[first]
    assert truth.sum() > len(labels) + 20
    assert (given & truth).sum() > 0.93 * truth.sum()
    assert (given & truth).sum() > 0.95 * given.sum()
    assert said.sum() > 15


def test_the_card_counts_what_was_given_of_texts_that_had_not_been_seen(model: Model, lesson: Lesson) -> None:
    counts = model.card["besides"]
    assert counts["documents"] == len(lesson[0])
    assert counts["about_several"] == sum(map(bool, lesson[2]))
    assert 0.8 * counts["given"] < counts["right"] <= counts["given"]
    assert counts["right"] <= counts["true"]


def test_words_alone_tell_it_and_keep_nothing_that_is_open(model: Model) -> None:
    documents, _, besides = several(200, seed=9)
    answers = WordsAlone(model).answer(documents)
    assert answers.scores.besides is not None
    truth = about(besides)
    assert (answers.scores.given_besides & truth).sum() > 0.7 * truth.sum()
    assert answers.scores.settled[~answers.deferred].all()
    kept = [stage == "lexical" for stage in model.answer(documents).stage]
    assert answers.scores.settled[kept].all()


def test_what_is_read_beside_a_document_does_not_change_it(model: Model) -> None:
    documents = several(60, seed=11)[0]
    together = model.score(documents).besides
    alone = [model.score([document]).besides for document in documents]
    assert together is not None
    np.testing.assert_allclose(together, np.concatenate([one for one in alone if one is not None]), atol=1e-9)


def test_a_saved_model_tells_the_same(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "model")
    kept = load(tmp_path / "model", encoder=model.embedding.encoder)
    documents = several(80, seed=13)[0]
    before, after = model.score(documents), kept.score(documents)
    assert kept.id == model.id
    assert before.besides is not None
    assert after.besides is not None
    assert np.array_equal(before.besides, after.besides)


def test_an_erased_text_leaves_and_the_others_still_tell(model: Model, lesson: Lesson, tmp_path: Path) -> None:
    folder, gone = tmp_path / "model", lesson[0][5]
    save(model, folder)
    assert forget_in_model(folder, model, [gone]) is not None
    kept = load(folder, encoder=model.embedding.encoder)
    assert not learned_from(kept, gone) or any(gone == other for other in lesson[0][:5] + lesson[0][6:])
    before, after = (one.score(lesson[0][50:150]).besides for one in (model, kept))
    assert before is not None
    assert after is not None
    assert np.abs(before - after).mean() < 0.02


def test_new_names_for_the_same_groups_keep_it_and_other_groups_do_not(model: Model) -> None:
    documents = several(60, seed=19)[0]
    before = model.score(documents)
    names = [("eta", "follow"), ("gone", "end"), ("broken", "follow"), ("money", "get"), ("voucher", "get")]
    heirs = {"arrival": "eta", "damage": "broken", "refund": "money", "discount": "voucher", "never-seen": "gone"}
    heirs["_none"] = "_none"
    after = relabelled(model, LabelSpace.of(names), heirs).score(documents)
    assert before.besides is not None
    assert after.besides is not None
    for old, new in (("track", "follow"), ("pay", "get"), ("close", "end"), ("_none", "_none")):
        told = before.besides[:, before.space.groups.index(old)], after.besides[:, after.space.groups.index(new)]
        assert np.allclose(*told, atol=1e-6)
    split = [(label, "elsewhere" if label == "broken" else group) for label, group in names]
    assert relabelled(model, LabelSpace.of(split), heirs).score(documents).besides is None


def test_too_few_such_documents_teach_nothing(encoder: Encoder, lesson: Lesson) -> None:
    documents, labels, besides = lesson
    places = [row for row, others in enumerate(besides) if others][: FEWEST - 1]
    few = [others if row in places else [] for row, others in enumerate(besides)]
    model = train(documents, labels, SPACE, encoder=encoder, besides=few)
    assert model.score(documents[:5]).besides is None
    assert "besides" not in model.card
    assert model.score(documents[:5]).settled.all()


def test_where_only_those_about_several_say_so_nothing_is_learned(encoder: Encoder, lesson: Lesson) -> None:
    documents, labels, besides = lesson
    model = train(documents, labels, SPACE, encoder=encoder, besides=[others or None for others in besides])
    assert "besides" not in model.card
    assert model.score(documents[:5]).besides is None


def test_what_clear_documents_never_leave_open_is_not_given_at_random(model: Model) -> None:
    """The group `close` has no document, and none of the lesson leaves anything open."""
    found = model.score([["return my broken item"], ["where is my parcel. return my money. and my broken item"]])
    assert found.besides is not None
    assert (found.besides[:, SPACE.groups.index("close")] < 0.5).all()
    assert not found.given_besides[:, SPACE.groups.index("close")].any()


def test_documents_of_which_nobody_said_do_not_teach_that_there_is_nothing(encoder: Encoder, lesson: Lesson) -> None:
    documents, labels, besides = lesson
    rng = random.Random(3)
    untold = [None if others and rng.random() < 0.5 else others for others in besides]
    denied = [[] if others is None else others for others in untold]
    fresh, _, truth = several(200, seed=17)
    found = {}
    for name, said in (("untold", untold), ("denied", denied)):
        scores = train(documents, labels, SPACE, encoder=encoder, besides=said).score(fresh)
        found[name] = sum(
            scores.given_besides[row, SPACE.groups.index(others[0])] for row, others in enumerate(truth) if others
        )
    assert found["untold"] > found["denied"]


def test_a_group_that_the_space_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        Several.of(SPACE, ["arrival"], [["nowhere"]])


def chances_of(count: int) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, (count, len(SPACE.labels)), elements=st.floats(0.01, 1.0))


@given(st.lists(st.integers(2, 4), min_size=1, max_size=4).flatmap(lambda n: st.tuples(st.just(n), chances_of(sum(n)))))
def test_passages_that_speak_for_two_groups_are_found_as_by_trying_all_pairs(
    drawn: tuple[list[int], np.ndarray],
) -> None:
    sizes, raw = drawn
    scores = LabelScores(SPACE, raw / raw.sum(axis=1, keepdims=True), np.zeros(len(raw)))
    found = told_apart([["one two three four"] * size for size in sizes], scores)
    groups, start = scores.by_group, 0
    for number, size in enumerate(sizes):
        rows = range(start, start + size)
        start += size
        for group in range(len(SPACE.groups)):
            pairs = [
                groups[one, group] * groups[other, another]
                for one in rows
                for other in rows
                for another in range(len(SPACE.groups))
                if one != other and another not in (group, NONE) and group != NONE
            ]
            best = np.clip(max(pairs, default=0.0), DOUBT, 1 - DOUBT)
            assert found[number, group] == pytest.approx(np.log(best / (1 - best)))


def test_a_document_of_one_passage_says_nothing_apart() -> None:
    pieces = passages_of([["one sentence only"], ["one here. and two there"], ["", "x"]])
    assert [len(own) for own in pieces] == [0, 2, 0]
    empty = LabelScores(SPACE, np.zeros((0, len(SPACE.labels))), np.zeros(0))
    assert told_apart([[], []], empty).tolist() == np.zeros((2, len(SPACE.groups))).tolist()


def test_a_scale_of_too_few_is_the_usual_one() -> None:
    space = LabelSpace.of([("a", "a"), ("b", "b")])
    first = LabelScores(space, np.tile([0.9, 0.1, 0.0], (40, 1)), np.zeros(40))
    about = np.array([[True, row < 4, False] for row in range(40)])
    heads, usual = [np.zeros((40, 3))] * 2, BesidesScale((2.0,), -1.0)
    everybody, nobody = np.ones(40, dtype=bool), np.zeros(40, dtype=bool)
    several = Several(about, np.arange(40))
    assert fit_besides(several, heads, first, everybody, usual=usual) == BesidesScale((2.0, 0.0), -1.0)
    assert fit_besides(several, heads, first, nobody, usual=usual) == BesidesScale((2.0, 0.0), -1.0)
    assert (fit_besides(several, heads, first, nobody).chances(heads) < 0.01).all()
    more = Several(np.array([[True, row < 9, False] for row in range(40)]), np.arange(40))
    assert fit_besides(more, heads, first, everybody, usual=usual) != BesidesScale((2.0, 0.0), -1.0)


def test_a_scale_of_nothing_but_no_says_no() -> None:
    space = LabelSpace.of([("a", "a"), ("b", "b")])
    about = np.array([[True, False, False]] * 8)
    first = LabelScores(space, np.tile([0.9, 0.1, 0.0], (8, 1)), np.zeros(8))
    scale = fit_besides(Several(about, np.arange(8)), [np.zeros((8, 3))], first, np.ones(8, dtype=bool))
    assert (scale.chances([np.zeros((2, 3))]) < 0.1).all()
    assert replace(first, besides=scale.chances([np.zeros((8, 3))])).settled.all()
