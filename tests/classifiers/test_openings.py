import json
from pathlib import Path

import numpy as np
import pytest

from classifiers.artifact import FORMAT, ModelFileError, load, save
from classifiers.documents import pooled, side_by_side
from classifiers.encoder import Encoder
from classifiers.held_out import fold_numbers
from classifiers.held_out_words import lexical_features
from classifiers.margins import KernelScorer
from classifiers.model import Model
from classifiers.openings import are_conversations, held_out_openings, openings_of, words_in
from classifiers.telling import Telling, learnt_telling
from classifiers.training import train
from classifiers.unlearning import forget_in_model
from tests.classifiers.parcels import SPACE, WORDINGS, sample

CHATS, LABELS = sample(120)
CODES = np.array([sorted(WORDINGS).index(label) for label in LABELS])
FEATURES = lexical_features([" ".join(chat) for chat in CHATS])


OPENINGS = learnt_telling(CHATS, CODES, FEATURES)


def rambling(count: int, *, seed: int = 0) -> tuple[list[list[str]], list[str]]:
    """Chats that go on about something else: only their openings are about their labels."""
    chats, labels = sample(count, seed=seed)
    others, _ = sample(count, seed=seed + 1)
    return [[*chat, *other] for chat, other in zip(chats, others, strict=True)], labels


def test_the_opening_is_the_first_turn_that_tells_what_it_is_about() -> None:
    chat = ["hello", "today please help", "the promo code is refused", "as promised", "my coupon does not work"]
    assert openings_of([chat], OPENINGS) == [("the promo code is refused",)]


def test_a_single_turn_is_its_own_opening() -> None:
    assert openings_of([["hello"], []], OPENINGS) == [["hello"], []]


def test_among_unknown_words_the_first_turn_is_the_opening() -> None:
    assert openings_of([["quincunx", "zeppelin"]], OPENINGS) == [("quincunx",)]


def test_messages_of_one_turn_have_no_openings() -> None:
    single = [[" ".join(chat)] for chat in CHATS]
    assert not are_conversations(single)
    assert words_in(single, FEATURES, None).shape == (len(single), FEATURES.size)


def test_an_opening_for_training_does_not_depend_on_the_labels_of_its_fold() -> None:
    folds = fold_numbers(CODES, seed=0)
    other = np.where(folds == 1, (CODES + 1) % 4, CODES)
    inside = np.flatnonzero(folds == 1).tolist()
    ours, theirs = (held_out_openings(CHATS, codes, folds, FEATURES) for codes in (CODES, other))
    assert [ours[row] for row in inside] == [theirs[row] for row in inside]


def test_two_equal_views_are_as_one() -> None:
    rng = np.random.default_rng(0)
    points, landmarks = (rng.normal(size=(count, 6)).astype(np.float32) for count in (5, 9))
    weights = rng.normal(size=(9, 3)).astype(np.float32)
    one = KernelScorer(landmarks, weights, 1.5).margins(points)
    doubled = KernelScorer(side_by_side(landmarks, landmarks), weights, 1.5)
    assert np.allclose(one, doubled.margins(side_by_side(points, points)), atol=1e-5)


@pytest.fixture(scope="module")
def chats(encoder: Encoder) -> Model:
    return train(*rambling(160), SPACE, encoder=encoder)


@pytest.fixture(scope="module")
def messages(encoder: Encoder) -> Model:
    return train([[chat[1]] for chat in CHATS], LABELS, SPACE, encoder=encoder)


def test_a_model_of_messages_looks_for_no_openings(messages: Model, encoder: Encoder, tmp_path: Path) -> None:
    save(messages, tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text())["format"] == FORMAT
    again = load(tmp_path, encoder=encoder)
    assert again.lexical.openings is None
    read = encoder.layers if again.embedding.layered else 1
    assert again.embedding.scorer.landmarks.shape[1] == read * encoder.dimension


def test_a_model_of_messages_still_reads_chats(messages: Model) -> None:
    asked, truth = sample(30, seed=9)
    answers = messages.score(asked, mode="embedding")
    assert np.mean([messages.space.labels[best] for best in answers.best] == np.array(truth)) > 0.9


def test_a_model_of_chats_reads_their_openings_after_the_disk(chats: Model, encoder: Encoder, tmp_path: Path) -> None:
    save(chats, tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text())["format"] == FORMAT
    again = load(tmp_path, encoder=encoder)
    assert chats.lexical.openings is not None
    assert again.lexical.openings is not None
    asked = [["hello", "today"], *rambling(20, seed=5)[0]]
    assert openings_of(asked, again.lexical.openings) == openings_of(asked, chats.lexical.openings)
    for mode in ("lexical", "embedding"):
        ours, theirs = (one.score(asked, mode=mode).probabilities for one in (chats, again))
        assert np.array_equal(ours, theirs)


def test_what_tells_must_fit_the_words_of_a_saved_model(chats: Model, encoder: Encoder, tmp_path: Path) -> None:
    openings = chats.lexical.openings
    assert openings is not None
    with pytest.raises(ValueError, match="say how much they tell"):
        Telling.over(openings.table, openings.told[1:])
    save(chats, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "format": FORMAT + 1}))
    with pytest.raises(ModelFileError, match="format that this version cannot read"):
        load(tmp_path, encoder=encoder)


def test_where_openings_do_not_help_a_model_has_none(model: Model) -> None:
    assert model.lexical.openings is None


def test_the_head_of_a_model_of_chats_sees_the_opening(chats: Model, encoder: Encoder) -> None:
    first, second = "the promo code is refused", "it is scratched"
    ahead, behind = (chats.score([list(pair)], mode="embedding") for pair in ((first, second), (second, first)))
    column = SPACE.labels.index("discount")
    assert ahead.probabilities[0, column] > behind.probabilities[0, column]
    assert np.allclose(pooled(encoder, [[first, second]]), pooled(encoder, [[second, first]]), atol=1e-6)


def test_a_chat_is_taken_out_of_a_model_that_reads_openings(chats: Model, encoder: Encoder, tmp_path: Path) -> None:
    (chat, *_), _ = rambling(160)
    save(chats, tmp_path / "model")
    forgotten = forget_in_model(tmp_path / "model", chats, [chat])
    assert forgotten is not None
    assert forgotten.vectors >= 2
    kept = load(tmp_path / "model", encoder=encoder)
    assert len(kept.embedding.scorer.landmarks) < len(chats.embedding.scorer.landmarks)
    assert kept.id == chats.id
