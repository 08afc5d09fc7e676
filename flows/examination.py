"""A new tagger against the one in use, on contacts that neither learned from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifiers.artifact import load
from classifiers.model import Model
from classifiers.scores import LabelSpace
from classifiers.training import TrainingError
from evals.comparison import paired_difference
from flows.labelled import Labelled
from store.models import ModelShelf
from store.settings import Settings
from tagger.tag import Document
from taxonomy.errors import HeadwayError

WORSE = 0.01
"""A new model may fall behind the one in use by at most this share of contacts."""

HELD_OUT = "held_out.json"


@dataclass(frozen=True)
class Comparison:
    """Both models on the same contacts, neither having learned from the contact it answers.

    `difference` is the new model's step accuracy less the old one's, with its paired 95 % interval.
    """

    against: str
    contacts: int
    difference: float
    low: float
    high: float

    @property
    def worse(self) -> bool:
        """Whether the new model falls behind: beyond the margin, or beyond doubt."""
        return self.difference < -WORSE or self.high < 0


def held_out_steps(model: Model, labelled: Labelled) -> dict[str, str]:
    """The step given to each training contact by heads that had not seen it, by a hash of its text.

    A contact that no head was kept from gets "", which is no step: it can compare nothing.
    """
    scores = model.held_out
    if scores is None:
        raise TrainingError(f"model {model.id} was loaded, not trained: it has no held-out answers")
    names = [_name(document) for document in labelled.documents]
    steps = scores.by_group.argmax(axis=1)
    held = {names[row]: model.space.groups[step] for row, step in zip(model.held_out_rows, steps, strict=True)}
    return {name: held.get(name, "") for name in names}


def compare(model: Model, labelled: Labelled, shelf: ModelShelf, *, settings: Settings) -> Comparison | None:
    """The new model against the one in use; None where there is none or it answers to another job version."""
    current = shelf.current()
    if current is None or current == model.id:
        return None
    folder = shelf.path(current)
    try:
        old = load(folder, home=settings.home)
    except HeadwayError:
        return None  # a model that cannot be read cannot be better
    if old.card["job_version"] != model.card["job_version"]:
        return None
    truth = [model.space.groups[group] for group in _groups(model.space, labelled.names)]
    new, earlier = held_out_steps(model, labelled), _old_steps(old, folder, labelled.documents)
    names = [_name(document) for document in labelled.documents]
    fair = [row for row, name in enumerate(names) if new[name] and earlier[name]]
    if not fair:
        return None
    new_right = np.array([new[names[row]] == truth[row] for row in fair])
    old_right = np.array([earlier[names[row]] == truth[row] for row in fair])
    difference, low, high = paired_difference(new_right, old_right)
    return Comparison(current, len(fair), difference, low, high)


def _groups(space: LabelSpace, names: Sequence[str]) -> list[int]:
    return [space.group_of[space.labels.index(name)] for name in names]


def _old_steps(old: Model, folder: Path, documents: Sequence[Document]) -> dict[str, str]:
    """What the model in use says of each contact; of those it learned from, what it said before it did."""
    known: dict[str, str] = json.loads((folder / HELD_OUT).read_text("utf-8")) if (folder / HELD_OUT).exists() else {}
    fresh = [document for document in documents if _name(document) not in known]
    if fresh:
        steps = old.answer(fresh).scores.by_group.argmax(axis=1)
        known |= {_name(doc): old.space.groups[step] for doc, step in zip(fresh, steps, strict=True)}
    return known


def _name(document: Document) -> str:
    return hashlib.sha256("\x1f".join(document).encode()).hexdigest()[:20]
