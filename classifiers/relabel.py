"""A trained model under new names for its labels: what it learned stays, what it calls it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from classifiers.calibration import Floats
from classifiers.model import Model
from classifiers.scores import LabelSpace
from classifiers.stages import Columns


def relabelled(model: Model, space: LabelSpace, heirs: Mapping[str, str]) -> Model:
    """The model over `space`, where `heirs` names the new label of every old one; its id and card are still the old.

    Old labels with one heir are merged: their probabilities add up. New labels without an old one are never given.
    Raises KeyError where an old label has no heir, ValueError where an heir is not in `space`.
    """
    old = model.lexical.columns
    columns = Columns(space, tuple(_columns(old.space, space, heirs)[place] for place in old.seen))
    return replace(
        model,
        space=space,
        lexical=replace(model.lexical, columns=columns),
        embedding=replace(model.embedding, columns=columns),
    )


def relabelled_chances(chances: Floats, old: LabelSpace, new: LabelSpace, *, heirs: Mapping[str, str]) -> Floats:
    """Probabilities over `old`, shape (n, old labels), as probabilities over `new`, shape (n, new labels)."""
    moved = np.zeros((len(old.labels), len(new.labels)), dtype=chances.dtype)
    moved[np.arange(len(old.labels)), _columns(old, new, heirs)] = 1
    return np.asarray(chances @ moved)


def _columns(old: LabelSpace, new: LabelSpace, heirs: Mapping[str, str]) -> list[int]:
    return [new.labels.index(heirs[label]) for label in old.labels]
