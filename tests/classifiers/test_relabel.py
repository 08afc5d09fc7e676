from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from classifiers.artifact import load, save
from classifiers.content import named
from classifiers.encoder import Encoder
from classifiers.model import Model
from classifiers.relabel import relabelled, relabelled_chances
from classifiers.scores import NONE_LABEL, LabelSpace
from tests.classifiers.parcels import SPACE, sample

NEW = LabelSpace.of([("eta", "track"), ("money", "pay"), ("damage", "deliver"), ("brand-new", "pay")])
HEIRS = {
    "arrival": "eta",
    "damage": "damage",
    "refund": "money",
    "discount": "money",
    "never-seen": "eta",
    NONE_LABEL: NONE_LABEL,
}


def test_a_relabelled_model_says_the_same_under_new_names_and_merged_labels_add_up(model: Model) -> None:
    documents, _ = sample(40, seed=3)
    before, after = model.score(documents), relabelled(model, NEW, HEIRS).score(documents)
    old, new = SPACE.labels.index, NEW.labels.index
    # the power of groups is that of other groups now, so that probabilities may change a little
    assert np.allclose(after.probabilities[:, new("eta")], before.probabilities[:, old("arrival")], atol=2e-3)
    both = before.probabilities[:, old("refund")] + before.probabilities[:, old("discount")]
    settled_alike = np.isclose(after.probabilities[:, new("money")], both, atol=2e-3)
    assert settled_alike.mean() > 0.9  # more is settled by words once two labels count as one
    assert not after.probabilities[:, new("brand-new")].any()
    assert np.allclose(after.probabilities.sum(axis=1), 1.0)
    assert after.space.groups[after.space.group_of[new("damage")]] == "deliver"


def test_it_is_saved_and_read_back_under_an_id_of_its_own(model: Model, encoder: Encoder, tmp_path: Path) -> None:
    carried = named(replace(relabelled(model, NEW, HEIRS), card={**model.card, "job_version": "2+def"}))
    save(carried, tmp_path / "m")
    again = load(tmp_path / "m", encoder=encoder)
    documents, _ = sample(10, seed=4)
    assert again.id == carried.id != model.id
    assert np.allclose(again.score(documents).probabilities, carried.score(documents).probabilities, atol=1e-6)


def test_the_same_numbers_under_another_job_version_are_another_model(model: Model) -> None:
    same = replace(model, card={**model.card, "job_version": "2+def"})
    assert named(model).id == model.id != named(same).id


def test_chances_move_to_the_new_columns() -> None:
    chances = np.random.default_rng(0).dirichlet(np.ones(len(SPACE.labels)), size=7)
    moved = relabelled_chances(chances, SPACE, NEW, heirs=HEIRS)
    assert np.allclose(moved.sum(axis=1), 1.0)
    parents = [SPACE.labels.index(name) for name in ("arrival", "never-seen")]
    assert np.allclose(moved[:, NEW.labels.index("eta")], chances[:, parents].sum(axis=1))
