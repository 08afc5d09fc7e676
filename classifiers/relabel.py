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

    Old labels with one heir are merged: their probabilities add up. New labels without an old one are never given. What
    else documents are about is told on only if the groups are the same ones, be it under other names: a group's head
    knows nothing of a part of it.
    Raises KeyError where an old label has no heir, ValueError where an heir is not in `space`.
    """
    old = model.lexical.columns
    columns = Columns(space, tuple(_columns(old.space, space, heirs)[place] for place in old.seen))
    lexical, embedding = replace(model.lexical, columns=columns), replace(model.embedding, columns=columns)
    if lexical.besides is not None and (order := same_groups(old.space, space, heirs)) is None:
        lexical, embedding = replace(lexical, besides=None), replace(embedding, besides=None)
    elif lexical.besides is not None and order is not None:
        moved = [*range(len(old.seen)), *(len(old.seen) + group for group in order)]
        lexical = replace(lexical, scorer=lexical.scorer.columns(moved))
        if embedding.besides is not None and embedding.words is not None:
            kernel = replace(embedding.scorer, weights=embedding.scorer.weights[:, moved])
            embedding = replace(embedding, scorer=kernel, words=embedding.words.columns(moved))
    return replace(model, space=space, lexical=lexical, embedding=embedding)


def relabelled_chances(chances: Floats, old: LabelSpace, new: LabelSpace, *, heirs: Mapping[str, str]) -> Floats:
    """Probabilities over `old`, shape (n, old labels), as probabilities over `new`, shape (n, new labels)."""
    moved = np.zeros((len(old.labels), len(new.labels)), dtype=chances.dtype)
    moved[np.arange(len(old.labels)), _columns(old, new, heirs)] = 1
    return np.asarray(chances @ moved)


def same_groups(old: LabelSpace, new: LabelSpace, heirs: Mapping[str, str]) -> list[int] | None:
    """For each new group the old one that it is, or None where some group was split, merged, added or given up."""
    columns = _columns(old, new, heirs)
    pairs = {(old.group_of[place], new.group_of[column]) for place, column in enumerate(columns)}
    found = {group: origin for origin, group in pairs}
    one_to_one = len(pairs) == len(found) == len(old.groups) == len(new.groups)
    return [found[group] for group in range(len(new.groups))] if one_to_one else None


def _columns(old: LabelSpace, new: LabelSpace, heirs: Mapping[str, str]) -> list[int]:
    return [new.labels.index(heirs[label]) for label in old.labels]
