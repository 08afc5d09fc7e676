from pathlib import Path

import numpy as np
import pytest

from classifiers import held_out, sights
from classifiers.artifact import load, save
from classifiers.encoder import Encoder
from classifiers.model import Model
from classifiers.training import train
from classifiers.unlearning import forget_in_model, learned_from
from tests.classifiers.layered import Layered, label_of
from tests.classifiers.parcels import SPACE

SAID = [f"matter {number}" for number in range(240)]
ASKED = [f"question {number}" for number in range(120)]


def trained(encoder: Encoder) -> Model:
    return train([[text] for text in SAID], [label_of(text) for text in SAID], SPACE, encoder=encoder)


def share_right(model: Model) -> float:
    scores = model.answer([[text] for text in ASKED], mode="embedding").scores
    return float(
        np.mean(
            [model.space.labels[best] == label_of(text) for text, best in zip(ASKED, scores.best.tolist(), strict=True)]
        )
    )


@pytest.fixture(scope="module")
def by_the_middle() -> Model:
    return trained(Layered(telling=1))


def test_a_middle_layer_is_read_where_it_alone_tells_labels(by_the_middle: Model) -> None:
    assert by_the_middle.embedding.layered
    assert share_right(by_the_middle) > 0.9


def test_progress_never_goes_back() -> None:
    told: list[tuple[str, float]] = []
    documents, labels = [[text] for text in SAID], [label_of(text) for text in SAID]
    train(documents, labels, SPACE, encoder=Layered(telling=1), progress=lambda what, share: told.append((what, share)))
    shares = [share for what, share in told if what == "held-out vectors"]
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_last_layer_is_read_alone_where_the_middle_one_tells_nothing() -> None:
    model = trained(Layered(telling=0))
    assert not model.embedding.layered
    assert model.embedding.scorer.landmarks.shape[1] == model.embedding.encoder.dimension
    assert share_right(model) > 0.9


def test_more_texts_than_a_joint_head_takes_are_read_in_layers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights, "MOST_TEXTS", 100)
    monkeypatch.setattr(sights, "LANDMARKS", 60)
    monkeypatch.setattr(held_out, "LANDMARKS", 60)
    model = trained(Layered(telling=1))
    assert model.embedding.words is None
    assert model.embedding.layered
    assert share_right(model) > 0.8


def test_a_model_that_reads_layers_is_saved_loaded_and_forgets(by_the_middle: Model, tmp_path: Path) -> None:
    folder, documents = tmp_path / "model", [[text] for text in ASKED]
    save(by_the_middle, folder)
    again = load(folder, encoder=by_the_middle.embedding.encoder)
    assert again.id == by_the_middle.id
    assert np.array_equal(
        again.answer(documents).scores.probabilities, by_the_middle.answer(documents).scores.probabilities
    )
    assert learned_from(again, [SAID[0]])
    forgotten = forget_in_model(folder, again, [[SAID[0]]])
    assert forgotten is not None
    kept = load(folder, encoder=by_the_middle.embedding.encoder)
    assert not learned_from(kept, [SAID[0]])
    assert len(kept.embedding.scorer.landmarks) == len(again.embedding.scorer.landmarks) - 1
