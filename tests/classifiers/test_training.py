from pathlib import Path

import numpy as np
import pytest

from classifiers.artifact import load, save
from classifiers.documents import pooled
from classifiers.encoder import Encoder
from classifiers.held_out import fold_numbers
from classifiers.model import Model, UnknownLabelError
from classifiers.scores import LabelSpace
from classifiers.training import TrainingError, train
from tests.classifiers.parcels import SPACE, sample


def test_fresh_wordings_of_known_labels_are_read(model: Model) -> None:
    documents, labels = sample(60, seed=9)
    answers = model.answer(documents)
    assert (np.array(model.space.labels)[answers.scores.best] == labels).mean() > 0.9
    assert answers.scores.probabilities.sum(axis=1) == pytest.approx(np.ones(60))
    assert answers.scores.by_group.sum(axis=1) == pytest.approx(np.ones(60))


@pytest.mark.parametrize("mode", ["lexical", "embedding", "cascade"])
def test_a_label_without_examples_is_never_given(model: Model, mode: str) -> None:
    scores = model.score([["please close it"]], mode=mode)  # type: ignore[arg-type]
    assert scores.probabilities[0, SPACE.labels.index("never-seen")] == 0.0


def test_what_nobody_labelled_is_strange_and_fits_nothing(model: Model) -> None:
    scores = model.score([["where is my parcel today"], ["how do volcanoes erupt under the deep ocean"], [""], []])
    none = scores.probabilities[:, SPACE.labels.index("_none")]
    assert scores.novelty[0] < 0.5 < scores.novelty[1]
    assert none[0] < 0.05 < 0.9 < none[1]
    assert none[2] > 0.9
    assert none[3] > 0.9


def test_the_turn_that_says_it_carries_the_decision(model: Model) -> None:
    document = ["hello", "my item came broken again", "thank you"]
    (carried,) = model.segment_scores([document], ["damage"])
    assert carried.argmax() == 1
    assert carried.sum() == pytest.approx(1.0)
    assert model.segment_scores([["one"], ["", ""]], ["damage", "damage"])[1].tolist() == [0.5, 0.5]


def test_a_label_nobody_knows_has_no_evidence(model: Model) -> None:
    with pytest.raises(UnknownLabelError, match="has no label 'other'"):
        model.segment_scores([["a", "b"]], ["other"])


def test_batches_change_no_answer(model: Model) -> None:
    documents, _ = sample(20, seed=3)
    whole, parts = model.answer(documents), model.answer(documents, batch=7)
    assert parts.scores.probabilities == pytest.approx(whole.scores.probabilities, abs=1e-5)
    assert parts.stage == whole.stage


def test_the_order_and_the_names_of_labels_change_no_figure(encoder: Encoder) -> None:
    documents, labels = sample(60)
    plain = train(documents, labels, SPACE, encoder=encoder)
    turned = LabelSpace.of([(f"z-{label}", group) for label, group in _pairs(SPACE)[::-1]])
    renamed = train(documents, [f"z-{label}" for label in labels], turned, encoder=encoder)
    columns = [turned.labels.index(f"z-{label}" if label != "_none" else label) for label in SPACE.labels]
    asked, _ = sample(20, seed=5)
    assert renamed.score(asked).probabilities[:, columns] == pytest.approx(plain.score(asked).probabilities, abs=1e-9)
    for stage, levels in plain.card["held_out"].items():
        for level, figures in levels.items():
            assert renamed.card["held_out"][stage][level] == pytest.approx(figures, abs=1e-6)


def test_labels_with_one_or_two_examples_train(encoder: Encoder) -> None:
    documents = [["where is it"], ["my money back"], ["it is broken"], ["code refused"], ["i want my money"]]
    model = train(documents, ["arrival", "refund", "damage", "discount", "refund"], SPACE, encoder=encoder)
    assert model.answer(documents).deferred.all()


def test_real_examples_of_what_fits_nothing_are_learnt(encoder: Encoder) -> None:
    documents, labels = sample(80)
    outside = [[f"what is the {thing} of {place}"] for thing in ("weather", "capital", "time") for place in "abcdefgh"]
    model = train(documents + outside, labels + ["_none"] * len(outside), SPACE, encoder=encoder)
    scores = model.score([["what is the weather of x"], ["where is my parcel today"]])
    assert scores.best.tolist() == [SPACE.labels.index("_none"), SPACE.labels.index("arrival")]
    assert model.card["trained_on"]["labels"]["_none"] == 24


def test_the_same_seed_gives_the_same_model(encoder: Encoder) -> None:
    documents, labels = sample(40)
    first, second = (train(documents, labels, SPACE, encoder=encoder, seed=4) for _ in range(2))
    assert first.id == second.id
    assert len(first.id) == 12


def test_conversations_are_read_as_one_text_single_messages_as_they_are(encoder: Encoder, tmp_path: Path) -> None:
    documents, labels = sample(60)
    chats = train(documents, labels, SPACE, encoder=encoder)
    messages = train([[" ".join(document)] for document in documents], labels, SPACE, encoder=encoder)
    assert chats.embedding.at_once and not messages.embedding.at_once
    asked = [["where is", "my parcel"]]
    whole, turns = encoder.encode(["where is my parcel"]), pooled(encoder, asked)
    assert np.allclose(chats.embedding.vectors(asked), whole, atol=1e-6)
    assert np.allclose(messages.embedding.vectors(asked), turns) and not np.allclose(whole, turns, atol=1e-3)
    save(chats, tmp_path / "chats")
    assert load(tmp_path / "chats", encoder=encoder).embedding.at_once


def test_progress_is_told(encoder: Encoder) -> None:
    heard: list[tuple[str, float]] = []
    train(*sample(30), SPACE, encoder=encoder, progress=lambda what, share: heard.append((what, share)))
    assert heard[-1] == ("done", 1.0)
    assert {what for what, _ in heard} >= {"reading texts", "held-out words", "held-out vectors"}


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["refund", "refund"], "at least two labels, found only 'refund'"),
        (["refund", "other"], "does not know: other"),
        (["refund"], "2 documents came with 1 labels"),
    ],
)
def test_what_cannot_train_is_refused(labels: list[str], message: str, encoder: Encoder) -> None:
    with pytest.raises(TrainingError, match=message):
        train([["a"], ["b"]], labels, SPACE, encoder=encoder)


def test_folds_spread_every_label() -> None:
    codes = np.repeat([0, 1, 2], [11, 5, 1])
    folds = fold_numbers(codes, seed=0)
    assert np.bincount(folds[codes == 0]).max() <= 3
    assert sorted(folds[codes == 1]) == [0, 1, 2, 3, 4]


def _pairs(space: LabelSpace) -> list[tuple[str, str]]:
    return [(label, space.groups[group]) for label, group in zip(space.labels, space.group_of, strict=True)][:-1]


def test_of_contradicting_labels_the_weightier_wins(encoder: Encoder) -> None:
    documents, labels = sample(60)
    said, twice = ["my item came broken again"], ["damage", "refund"]
    for weights, wins in (([5.0, 0.2], "damage"), ([0.2, 5.0], "refund")):
        counted = [1.0] * len(labels) + weights
        model = train([*documents, said, said], [*labels, *twice], SPACE, encoder=encoder, weights=counted)
        chances = dict(zip(SPACE.labels, model.score([said]).probabilities[0], strict=True))
        assert max(twice, key=chances.__getitem__) == wins


def test_a_label_without_weight_is_refused(encoder: Encoder) -> None:
    documents, labels = sample(10)
    with pytest.raises(TrainingError, match="weight above 0"):
        train(documents, labels, SPACE, encoder=encoder, weights=[0.0] * 10)


def test_held_out_answers_say_which_were_left_to_others(encoder: Encoder) -> None:
    documents, labels = sample(60)
    model = train(documents, labels, SPACE, encoder=encoder)
    assert len(model.held_out_deferred) == len(model.held_out_rows) == 60
    assert np.mean(model.held_out_deferred) == pytest.approx(model.card["deferral"]["decided"]["nobody"])
