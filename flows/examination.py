"""A new tagger against the one in use, on contacts that neither learned from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.artifact import load
from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder import Encoder
from classifiers.model import Model
from classifiers.scores import NONE_LABEL, LabelSpace
from classifiers.training import TrainingError
from evals.comparison import paired_difference
from flows.labelled import Labelled
from store.models import ModelShelf
from store.settings import Settings
from store.training import Decided
from tagger.tag import Document, document_of
from taxonomy.errors import HeadwayError
from taxonomy.model import Job

WORSE = 0.01
"""A new model may fall behind the one in use by at most this share of contacts."""

FEWEST_REVIEWS = 50
"""Reviews held back under which models are compared on the labelled contacts instead."""

FEWEST_ON_STEP = 5
SURE = 1.2816
"""Standard errors of a one-sided 90 % limit: a critical step is lost only where chance alone is unlikely to do it."""

HELD_OUT = "held_out.json"


@dataclass(frozen=True)
class StepComparison:
    """Both models on the contacts truly on one critical step, with the paired 95 % interval of the difference.

    `lost`: the new model falls behind by more than the margin, and the 90 % limit of the difference is below 0. With
    too few contacts nothing is said: difference and ends are None.
    """

    step: str
    contacts: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    lost: bool = False


@dataclass(frozen=True)
class Comparison:
    """Both models on the same contacts, neither having learned from the contact it answers.

    `difference` is the new model's step accuracy less the old one's, with its paired 95 % interval. `basis` says which
    contacts they were; `margin` is what a critical step may lose.
    """

    against: str
    contacts: int
    difference: float
    low: float
    high: float
    basis: str = "labelled contacts"
    margin: float = 0.05
    steps: tuple[StepComparison, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether the new model falls behind: beyond the margin, or beyond doubt."""
        return self.difference < -WORSE or self.high < 0

    @property
    def lost(self) -> tuple[StepComparison, ...]:
        """The critical steps that the new model loses."""
        return tuple(one for one in self.steps if one.lost)

    @property
    def refused(self) -> bool:
        """Whether the model in use stays."""
        return self.worse or bool(self.lost)

    def text(self) -> str:
        """The comparison in a sentence."""
        said = (
            f"step accuracy {_points(self.difference)} points [{_points(self.low)}, {_points(self.high)}] "
            f"against {self.against} on {self.contacts:,} {self.basis}"
        )
        lost = "; ".join(
            f"critical step {one.step} loses {-100 * (one.difference or 0):.1f} points on {one.contacts} contacts"
            for one in self.lost
        )
        return f"{said}; {lost}, more than {100 * self.margin:g} are allowed" if lost else said


@dataclass(frozen=True)
class _Exam:
    """Contacts with their true step; `weights` 1 / pi where chance chose them, `fresh` where no head ever saw them."""

    documents: list[Document]
    truth: list[str]
    basis: str
    weights: NDArray[np.float64] | None = None
    fresh: bool = False


def held_out_steps(model: Model, labelled: Labelled) -> dict[str, str]:
    """The step given to each training contact by heads that had not seen it, by a hash of its text.

    A contact that no head was kept from gets "", which is no step: it can compare nothing.
    """
    scores = model.held_out
    if scores is None:
        raise TrainingError(f"model {model.id} was loaded, not trained: it has no held-out answers")
    names = [text_name(document) for document in labelled.documents]
    steps = scores.by_group.argmax(axis=1)
    held = {names[row]: model.space.groups[step] for row, step in zip(model.held_out_rows, steps, strict=True)}
    return {name: held.get(name, "") for name in names}


def compare(
    model: Model,
    labelled: Labelled,
    shelf: ModelShelf,
    *,
    job: Job,
    settings: Settings,
    held_back: Sequence[Decided] = (),
    encoder: Encoder | None = None,
) -> Comparison | None:
    """The new model against the one in use; None where there is none or it answers to another job version.

    On reviews held back from training where there are enough, drawn ones weighted; else on the labelled contacts.
    The model in use reads by `encoder` where that is its own: no second one is loaded.
    """
    current = shelf.current()
    if current is None or current == model.id:
        return None
    folder = shelf.path(current)
    try:
        old = load(folder, home=settings.home, cache=EmbeddingCache(settings.embeddings), at_hand=encoder)
    except HeadwayError:
        return None  # a model that cannot be read cannot be better
    if old.card["job_version"] != model.card["job_version"]:
        return None
    exam = _exam(model, labelled, held_back)
    new = model_steps(model, exam.documents) if exam.fresh else held_out_steps(model, labelled)
    return _compared(current, exam, new, _old_steps(old, folder, exam.documents), job)


def drawn_reviews(held_back: Sequence[Decided]) -> list[Decided]:
    """Those of the reviews that chance chose: weighted, they speak for all contacts."""
    return [one for one in held_back if one.weight is not None]


def step_of(decided: Decided) -> str:
    """The true step of a decided contact as the classifier names it."""
    return decided.labels.step or NONE_LABEL


def model_steps(model: Model, documents: Sequence[Document]) -> dict[str, str]:
    """The step that a model gives each document, by a hash of its text."""
    if not documents:
        return {}
    steps = model.answer(documents).scores.by_group.argmax(axis=1)
    return {text_name(one): model.space.groups[step] for one, step in zip(documents, steps, strict=True)}


def text_name(document: Document) -> str:
    """A hash that names a text."""
    return hashlib.sha256("\x1f".join(document).encode()).hexdigest()[:20]


def _exam(model: Model, labelled: Labelled, held_back: Sequence[Decided]) -> _Exam:
    drawn = drawn_reviews(held_back)
    chosen = drawn if len(drawn) >= FEWEST_REVIEWS else list(held_back)
    if len(chosen) < FEWEST_REVIEWS:
        truth = [model.space.groups[group] for group in _groups(model.space, labelled.names)]
        return _Exam(labelled.documents, truth, "labelled contacts")
    weights = np.array([one.weight for one in chosen], dtype=float) if chosen is drawn else None
    basis = "drawn reviews held back" if chosen is drawn else "reviews held back (not drawn: they speak for themselves)"
    documents = [document_of(one.contact) for one in chosen]
    return _Exam(documents, [step_of(one) for one in chosen], basis, weights, fresh=True)


def _compared(
    current: str, exam: _Exam, new: Mapping[str, str], earlier: Mapping[str, str], job: Job
) -> Comparison | None:
    names = [text_name(document) for document in exam.documents]
    fair = [row for row, name in enumerate(names) if new[name] and earlier[name]]
    if not fair:
        return None
    truth = np.array(exam.truth)[fair]
    new_right = np.array([new[names[row]] for row in fair]) == truth
    old_right = np.array([earlier[names[row]] for row in fair]) == truth
    weights = None if exam.weights is None else exam.weights[fair]
    difference, low, high = paired_difference(new_right, old_right, weights=weights)
    margin = job.tagging.step_margin
    steps = tuple(
        on_step(step.id, truth == step.id, new_right, old_right, weights=weights, margin=margin)
        for step in job.critical_steps
    )
    return Comparison(current, len(fair), difference, low, high, exam.basis, margin, steps)


def on_step(
    step: str,
    rows: NDArray[np.bool_],
    new: NDArray[np.bool_],
    old: NDArray[np.bool_],
    *,
    weights: NDArray[np.float64] | None,
    margin: float,
) -> StepComparison:
    """Both models on the contacts truly on one step (`rows`), from who was right on each contact."""
    count = int(rows.sum())
    if count < FEWEST_ON_STEP:
        return StepComparison(step, count)
    own = None if weights is None else weights[rows]
    difference, low, high = paired_difference(new[rows], old[rows], weights=own)
    _, _, limit = paired_difference(new[rows], old[rows], weights=own, z=SURE)
    return StepComparison(step, count, difference, low, high, difference < -margin and limit < 0)


def _groups(space: LabelSpace, names: Sequence[str]) -> list[int]:
    return [space.group_of[space.labels.index(name)] for name in names]


def _old_steps(old: Model, folder: Path, documents: Sequence[Document]) -> dict[str, str]:
    """What the model in use says of each contact; of those it learned from, what it said before it did."""
    known: dict[str, str] = json.loads((folder / HELD_OUT).read_text("utf-8")) if (folder / HELD_OUT).exists() else {}
    return known | model_steps(old, [document for document in documents if text_name(document) not in known])


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"
