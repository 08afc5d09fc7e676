from pathlib import Path

import numpy as np
import pytest

from classifiers.artifact import load, save
from classifiers.cold_start import ColdStartError, cold_start
from classifiers.encoder import Encoder
from classifiers.scores import LabelSpace
from tests.classifiers.parcels import SPACE, sample

MEANT = {
    "arrival": ["my parcel arrives on time", "where is my delivery?"],
    "damage": ["the thing I ordered is broken", "my order was damaged on the way"],
    "refund": ["get my money back", "my refund has not come"],
    "discount": ["a voucher code is refused", "my discount is missing"],
}


def right(model, documents, labels) -> float:  # type: ignore[no-untyped-def]
    return float((np.array(SPACE.labels)[model.score(documents).best] == labels).mean())


def test_what_labels_mean_is_enough_to_read_most_texts_and_to_answer_none(encoder: Encoder) -> None:
    documents, labels = sample(60)
    model = cold_start(SPACE, MEANT, encoder=encoder)
    assert right(model, documents, labels) > 0.6
    assert model.answer(documents).deferred.all()
    assert "No labelled contact" in model.card["note"]


def test_unlabelled_texts_help(encoder: Encoder) -> None:
    documents, labels = sample(60)
    unseen, _ = sample(100, seed=8)
    plain = cold_start(SPACE, MEANT, encoder=encoder)
    fed = cold_start(SPACE, MEANT, encoder=encoder, unlabelled=unseen)
    assert right(fed, documents, labels) >= right(plain, documents, labels)
    assert fed.card["trained_on"]["unlabelled"] == 100


def test_a_model_from_words_alone_is_saved_and_loaded(encoder: Encoder, tmp_path: Path) -> None:
    documents, _ = sample(10)
    model = cold_start(SPACE, MEANT, encoder=encoder)
    save(model, tmp_path)
    again = load(tmp_path, encoder=encoder)
    assert np.array_equal(again.score(documents).probabilities, model.score(documents).probabilities)
    assert "No labelled contact" in (tmp_path / "card.md").read_text()


def test_how_a_text_is_cut_into_turns_changes_nothing(encoder: Encoder, tmp_path: Path) -> None:
    save(cold_start(SPACE, MEANT, encoder=encoder), tmp_path)
    model = load(tmp_path, encoder=encoder)
    cut = model.score([["hello", "my order was damaged", "on the way"]]).probabilities
    assert np.array_equal(cut, model.score([["hello my order was damaged on the way"]]).probabilities)


def test_a_step_with_many_outcomes_does_not_win_by_their_number(encoder: Encoder) -> None:
    weathers = {
        f"weather {place}": f"know the weather in {place}" for place in ("Rome", "Oslo", "Lima", "Cairo", "Bonn")
    }
    space = LabelSpace.of([("damage", "parcel"), *((label, "weather") for label in weathers)])
    meant = {"damage": MEANT["damage"], **{label: [said] for label, said in weathers.items()}}
    model = cold_start(space, meant, encoder=encoder)
    assert space.labels[int(model.score([["the cup has a crack"]]).best[0])] == "damage"


def test_a_job_that_says_too_little_starts_nothing(encoder: Encoder) -> None:
    with pytest.raises(ColdStartError, match="at least two described"):
        cold_start(SPACE, {"arrival": ["where is it"]}, encoder=encoder)
