from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.artifact import load, save
from classifiers.encoder import Encoder
from classifiers.gist import MOST_WORDS, gists_of, held_out_gists, is_long
from classifiers.held_out import fold_numbers
from classifiers.held_out_words import lexical_features
from classifiers.model import Model
from classifiers.telling import learnt_telling
from classifiers.training import train
from classifiers.unlearning import forget_in_model, learned_from
from tests.classifiers.parcels import SPACE, WORDINGS, sample

CHATS, LABELS = sample(120)
CODES = np.array([sorted(WORDINGS).index(label) for label in LABELS])
FEATURES = lexical_features([" ".join(chat) for chat in CHATS])
TELLING = learnt_telling(CHATS, CODES, FEATURES)
SMALL_TALK = "we had lovely weather on our walk along that river with a dog and our children. " * 3
WORDS = st.sampled_from(["parcel", "promo", "code", "hello", "weather", "zeppelin", "scratched.", "lost!"])


def long_chats(count: int, *, seed: int = 0) -> tuple[list[list[str]], list[str]]:
    """Chats that say what they are about between small talk."""
    chats, labels = sample(count, seed=seed)
    return [[f"{SMALL_TALK}{chat[1]}. {SMALL_TALK}", *chat[:1]] for chat in chats], labels


@pytest.fixture(scope="module")
def long(encoder: Encoder) -> Model:
    return train(*long_chats(160), SPACE, encoder=encoder)


def test_the_gist_of_a_long_document_is_what_tells_in_its_order() -> None:
    chat = [f"{SMALL_TALK}the promo code is refused. {SMALL_TALK}", SMALL_TALK, "it is scratched"]
    (gist,) = gists_of([chat], TELLING)
    assert "the promo code is refused." in gist[0]
    assert gist[-1] == "it is scratched"
    assert not is_long(gist)


@given(st.lists(st.lists(WORDS, max_size=60).map(" ".join), max_size=6))
def test_a_gist_is_a_part_of_its_document_and_short(chat: list[str]) -> None:
    (gist,) = gists_of([chat], TELLING)
    if not is_long(chat):
        assert gist is chat
        return
    left = iter(" ".join(chat).split())
    assert all(word in left for word in " ".join(gist).split())  # in their order
    assert 0 < len(" ".join(gist).split()) <= MOST_WORDS


def test_a_gist_for_training_does_not_depend_on_the_labels_of_its_fold() -> None:
    chats, _ = long_chats(120)
    folds = fold_numbers(CODES, seed=0)
    other = np.where(folds == 1, (CODES + 1) % 4, CODES)
    inside = np.flatnonzero(folds == 1).tolist()
    ours, theirs = (held_out_gists(chats, codes, folds, FEATURES) for codes in (CODES, other))
    assert [ours[row] for row in inside] == [theirs[row] for row in inside]


def test_a_model_of_long_documents_reads_their_gists_after_the_disk(
    long: Model, encoder: Encoder, tmp_path: Path
) -> None:
    save(long, tmp_path)
    again = load(tmp_path, encoder=encoder)
    assert long.embedding.gists is not None and again.embedding.gists is not None
    asked, truth = long_chats(40, seed=3)
    assert gists_of(asked, again.embedding.gists) == gists_of(asked, long.embedding.gists)
    ours, theirs = (one.score(asked, mode="embedding") for one in (long, again))
    assert np.array_equal(ours.probabilities, theirs.probabilities)
    assert np.mean([SPACE.labels[best] for best in ours.best] == np.array(truth)) > 0.9


def test_a_model_of_short_messages_reads_all_of_them(model: Model) -> None:
    assert model.embedding.gists is None


def test_a_long_document_is_taken_out_of_a_model_that_read_its_gist(
    long: Model, encoder: Encoder, tmp_path: Path
) -> None:
    (chat, *_), _ = long_chats(160)
    assert learned_from(long, chat)
    save(long, tmp_path / "model")
    forgotten = forget_in_model(tmp_path / "model", long, [chat])
    assert forgotten is not None and forgotten.vectors >= 2
    kept = load(tmp_path / "model", encoder=encoder)
    assert len(kept.embedding.scorer.landmarks) < len(long.embedding.scorer.landmarks)
    assert kept.embedding.gists is not None and kept.id == long.id
