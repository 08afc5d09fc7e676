from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from classifiers import held_out, sights
from classifiers.artifact import load, save
from classifiers.documents import pooled
from classifiers.encoder import Encoder, unit_rows
from classifiers.model import Model
from classifiers.training import train
from classifiers.unlearning import ERASED, MARK, forget_in_model, learned_from, mend_swap
from tests.classifiers.parcels import SPACE, sample

PLANTED = ["hello", "where is my parcel with the turquoise zeppelin for quincunx"]


@pytest.fixture(scope="module")
def parcel_documents() -> list[list[str]]:
    return [PLANTED, *sample(160)[0]]


@pytest.fixture(scope="module")
def parcel_model(encoder: Encoder, parcel_documents: list[list[str]]) -> Model:
    labels = ["arrival", *sample(160)[1]]
    return train(parcel_documents, labels, SPACE, encoder=encoder, max_error=0.1, delta=0.05)


def test_a_text_that_taught_is_taken_out_of_words_and_vectors(
    parcel_model: Model, parcel_documents, tmp_path: Path
) -> None:
    folder, document = tmp_path / "model", parcel_documents[0]
    save(parcel_model, folder)
    assert learned_from(parcel_model, document)
    found = forget_in_model(folder, parcel_model, [document])
    assert found is not None
    assert found.documents == 1
    assert found.vectors >= 1
    kept = load(folder, encoder=parcel_model.embedding.encoder)
    point = pooled(parcel_model.embedding.encoder, [document])
    assert float((kept.embedding.reference @ point.T).max()) < 0.9999
    assert kept.id == parcel_model.id
    assert kept.card[ERASED] == 1
    assert not learned_from(kept, document)


def test_a_text_that_only_what_words_mean_holds_is_taken_out(
    encoder: Encoder, parcel_documents: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with more texts than are landmarks: another draw of them is what words are compared to."""
    monkeypatch.setattr(sights, "MOST_TEXTS", 100)
    monkeypatch.setattr(sights, "LANDMARKS", 60)
    monkeypatch.setattr(held_out, "LANDMARKS", 60)
    model = train(parcel_documents, ["arrival", *sample(160)[1]], SPACE, encoder=encoder)
    sense = model.lexical.sense
    assert sense is not None
    assert len(model.embedding.reference) < len(sense.reference)
    for document in parcel_documents[1:40]:
        folder = tmp_path / "model"
        save(model, folder)
        assert learned_from(model, document)
        assert forget_in_model(folder, model, [document]) is not None
        kept = load(folder, encoder=encoder).lexical.sense
        assert kept is not None
        near = unit_rows(kept.reference) @ unit_rows(sense.points([" ".join(document)])).T
        assert float(near.max()) < 0.9999
        shutil.rmtree(folder)


def test_the_rest_of_the_answers_stay_almost_as_they_were(
    parcel_model: Model, parcel_documents, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    save(parcel_model, folder)
    forget_in_model(folder, parcel_model, [parcel_documents[0]])
    kept = load(folder, encoder=parcel_model.embedding.encoder)
    others = parcel_documents[40:80]
    before, after = (one.score(others).probabilities for one in (parcel_model, kept))
    assert np.abs(before - after).mean() < 0.02


def test_words_that_nobody_else_said_are_not_in_the_saved_vocabulary(
    parcel_model: Model, parcel_documents, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    save(parcel_model, folder)
    found = forget_in_model(folder, parcel_model, [parcel_documents[0]])
    names = json.loads((folder / "vocabulary.json").read_text())
    assert found is not None
    assert "zeppelin" not in json.dumps(names)
    assert sum(name.startswith(MARK) for part in names.values() for name in part) == found.grams


def test_a_model_that_never_saw_a_text_stays_as_it_is(parcel_model: Model, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    save(parcel_model, folder)
    before = (folder / "manifest.json").read_bytes()
    assert forget_in_model(folder, parcel_model, [("zebras juggle quietly over purple mountains",)]) is None
    assert (folder / "manifest.json").read_bytes() == before


def test_an_exchange_that_was_killed_half_way_is_undone(parcel_model: Model, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    save(parcel_model, folder)
    folder.replace(tmp_path / ".old-model")
    mend_swap(folder)
    assert load(folder, encoder=parcel_model.embedding.encoder).id == parcel_model.id
