from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers.artifact import ModelFileError, load, save
from classifiers.calibration import MarginScale
from classifiers.content import content_id
from classifiers.encoder import TUNED, Encoder, OnnxEncoder
from classifiers.held_out import fold_numbers
from classifiers.model import Model
from classifiers.promises import HeldOut
from classifiers.second_look import Looks, look_again
from classifiers.sights import Texts, Tuning, plain_sight
from classifiers.stages import Columns, SecondLook, scored
from classifiers.training import train
from classifiers.tuning import TuningPlan, plan_for, tune
from tests.classifiers.parcels import SPACE, sample


def silent(_what: str, _share: float) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> OnnxEncoder:
    documents, labels = sample(60)
    codes = np.unique(labels, return_inverse=True)[1]
    plan = TuningPlan(passes=6.0, batch=8)
    return tune(
        [" ".join(doc) for doc in documents], codes, plan=plan, folder=tmp_path_factory.mktemp("e"), report=silent
    )


def test_tuning_brings_texts_of_one_label_together(tuned: OnnxEncoder, encoder: Encoder) -> None:
    documents, labels = sample(40, seed=5)
    texts, truth = [" ".join(doc) for doc in documents], np.array(labels)
    alike = (truth[:, None] == truth[None, :]) & ~np.eye(len(truth), dtype=bool)

    def gap(reader: Encoder) -> float:
        near = (vectors := reader.encode(texts)) @ vectors.T
        return float(near[alike].mean() - near[truth[:, None] != truth[None, :]].mean())

    assert gap(tuned) > gap(encoder) + 0.05
    assert np.linalg.norm(tuned.encode(["hello", ""]), axis=1) == pytest.approx([1, 0], abs=1e-5)


def test_a_tuned_encoder_is_named_by_its_content_and_reads_documents_whole(tuned: OnnxEncoder) -> None:
    assert tuned.id.startswith(TUNED)
    assert tuned.whole


def test_few_texts_are_read_more_often() -> None:
    assert plan_for(100, seconds=1).passes == 20
    assert plan_for(10_000, seconds=1).passes == 3


@pytest.fixture(scope="module")
def looking_twice(model: Model, tuned: OnnxEncoder) -> Model:
    plain = model.embedding
    scorer = replace(plain.scorer, landmarks=tuned.encode([" ".join(document) for document in sample(160)[0]]))
    second = SecondLook(tuned, scorer, MarginScale((1.0, 2.0, 3.0)), settled=0.999)
    made = replace(model, embedding=replace(plain, second=second))
    return replace(made, id=content_id(made))


def test_a_model_keeps_its_own_encoder_inside_its_folder(
    tmp_path: Path, encoder: Encoder, looking_twice: Model
) -> None:
    documents, _ = sample(30, seed=3)
    save(looking_twice, tmp_path)
    again = load(tmp_path, encoder=encoder)
    asked = looking_twice.score(documents, mode="embedding").probabilities
    assert again.score(documents, mode="embedding").probabilities == pytest.approx(asked, abs=1e-6)
    graph = tmp_path / "encoder" / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelFileError, match="altered or damaged"):
        load(tmp_path, encoder=encoder)


def test_only_unsettled_texts_are_looked_at_again(model: Model, looking_twice: Model) -> None:
    documents, _ = sample(30, seed=3)
    first = model.score(documents, mode="embedding")
    second = looking_twice.score(documents, mode="embedding").probabilities
    settled = first.confidence >= 0.999
    assert np.array_equal(second[settled], first.probabilities[settled])
    assert not np.allclose(second[~settled], first.probabilities[~settled])
    assert second.sum(axis=1) == pytest.approx(np.ones(30))


def test_training_with_tuning_judges_it_on_texts_it_was_kept_from(tmp_path: Path, encoder: Encoder) -> None:
    documents, labels = sample(100)
    said: list[str] = []
    tuning = Tuning(tmp_path, seconds=1.0, passes=0.3)
    made = train(
        documents, labels, SPACE, encoder=encoder, tuning=tuning, progress=lambda what, _share: said.append(what)
    )
    assert "tuning the encoder" in said
    assert made.held_out is not None
    assert len(made.held_out_rows) == len(made.held_out.probabilities)


def test_few_texts_a_label_tune_nothing(tmp_path: Path, encoder: Encoder) -> None:
    said: list[str] = []
    tuning = Tuning(tmp_path, seconds=1.0)
    train(*sample(40), SPACE, encoder=encoder, tuning=tuning, progress=lambda what, _share: said.append(what))
    assert "tuning the encoder" not in said


def test_a_second_look_must_earn_its_place(encoder: Encoder, model: Model) -> None:
    documents, labels = sample(60)
    codes = np.unique(labels, return_inverse=True)[1]
    texts = Texts(documents, codes, codes, fold_numbers(codes, seed=0), np.arange(4), tuple(np.unique(labels)), {}, 0)
    noise = np.random.default_rng(0).normal(size=(60, 4))
    seen = plain_sight(texts, texts.shown(model.lexical.features), encoder, model.lexical, report=silent)
    plain = replace(seen, margins=seen.margins + noise)
    truth = np.array([SPACE.labels.index(label) for label in labels])
    columns = Columns(SPACE, tuple(SPACE.labels.index(label) for label in texts.seen))
    embedding = replace(model.embedding, columns=columns)
    words = np.zeros_like(plain.margins)
    scores = scored(
        columns, [words, plain.margins], scale=MarginScale((1.0, 2.0)), tail=embedding.tail, distances=plain.distances
    )
    held_out = HeldOut(scores, scores, truth)
    useless = replace(plain, margins=np.zeros((60, 4)))
    knowing = replace(plain, margins=3.0 * np.eye(4)[codes] + 0.1 * noise)
    assert look_again(Looks(words, plain, useless), codes, embedding, held_out) is None
    found = look_again(Looks(words, plain, knowing), codes, embedding, held_out)
    assert found is not None
    assert found.held_out.full_right.mean() >= held_out.full_right.mean()
