"""Train a tagger, examine it against the one in use on the same contacts, and use it if it is not worse."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.artifact import load, save
from classifiers.encoder_export import default_encoder
from classifiers.model import Model
from classifiers.scores import LabelSpace
from classifiers.training import TrainingError
from classifiers.training import train as fit
from evals.comparison import paired_difference
from flows.labelled import Labelled, read_labelled
from flows.workspace import keep_job
from store.models import ModelShelf
from store.settings import Settings
from tagger.tag import Document
from taxonomy.errors import HeadwayError
from taxonomy.model import Job

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


@dataclass(frozen=True)
class Training:
    """What a training came to."""

    job: str
    job_version: str
    model: str
    contacts: int
    unused: Mapping[str, int]
    examples: tuple[str, ...]
    held_out: Mapping[str, Any]
    deferral: Mapping[str, Any]
    comparison: Comparison | None
    promoted: bool
    why: str

    def as_json(self) -> dict[str, Any]:
        """The training as JSON."""
        return asdict(self)

    def text(self) -> str:
        """The training in a few lines for people."""
        figures = self.held_out["cascade"]
        shares = self.deferral["decided"]
        return "\n".join(
            [
                f"model {self.model} of job {self.job} {self.job_version}, from {self.contacts:,} labelled contacts",
                f"  on contacts it had not seen: step right {_percent(figures['group'])}, "
                f"outcome {_percent(figures['label'])}",
                f"  left to others: {100 * shares['nobody']:.0f} %, so that of the rest at most "
                f"{100 * self.deferral['max_error']:g} % are wrong (sure to {100 * (1 - self.deferral['delta']):g} %)",
                f"  {'in use' if self.promoted else 'kept, not in use'}: {self.why}",
            ]
        )


def train(
    job: Job, data: Path, *, settings: Settings, seed: int = 0, say: Callable[[str], None] = lambda _line: None
) -> Training:
    """Train on labelled contacts, put the model on the shelf, and promote it unless it is worse.

    Raises NothingLabelledError or TrainingError if the data cannot train a model.
    """
    labelled = read_labelled(job, data)
    model = _fitted(job, labelled, data, settings=settings, seed=seed, say=say)
    shelf = ModelShelf(settings.models, job.id)
    comparison = _compare(model, labelled, shelf, settings)
    shelf.add(model.id, lambda folder: _write(model, labelled, folder))
    promoted, why = _verdict(model, comparison, shelf)
    if promoted and shelf.current() != model.id:
        shelf.promote(model.id, by="headway train", why=why)
    keep_job(job, settings)
    return Training(
        job=job.id,
        job_version=job.stamp,
        model=model.id,
        contacts=len(labelled.contacts),
        unused=labelled.unused,
        examples=labelled.examples,
        held_out=model.card["held_out"],
        deferral=model.card["deferral"],
        comparison=comparison,
        promoted=promoted,
        why=why,
    )


def _fitted(
    job: Job, labelled: Labelled, data: Path, *, settings: Settings, seed: int, say: Callable[[str], None]
) -> Model:
    last = [""]

    def report(what: str, _share: float) -> None:
        if what != last[0]:
            last[0] = what
            say(what)

    return fit(
        labelled.documents,
        labelled.names,
        labelled.space(job),
        encoder=default_encoder(settings.home),
        max_error=job.tagging.max_error,
        delta=job.tagging.delta,
        seed=seed,
        progress=report,
        about={"job": job.id, "job_version": job.stamp, "data": data.name, "data_sha256": _sha256(data)},
    )


def _write(model: Model, labelled: Labelled, folder: Path) -> None:
    save(model, folder)
    (folder / HELD_OUT).write_text(json.dumps(_held_out_steps(model, labelled)), "utf-8")


def _held_out_steps(model: Model, labelled: Labelled) -> dict[str, str]:
    """The step given to each training contact by heads that had not seen it, by a hash of its text."""
    scores = model.held_out
    if scores is None:
        raise TrainingError(f"model {model.id} was loaded, not trained: it has no held-out answers")
    steps = scores.by_group.argmax(axis=1)
    return {_name(doc): model.space.groups[step] for doc, step in zip(labelled.documents, steps, strict=True)}


def _compare(model: Model, labelled: Labelled, shelf: ModelShelf, settings: Settings) -> Comparison | None:
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
    new_right = _right(_held_out_steps(model, labelled), labelled.documents, truth)
    old_right = _right(_old_steps(old, folder, labelled.documents), labelled.documents, truth)
    difference, low, high = paired_difference(new_right, old_right)
    return Comparison(current, len(truth), difference, low, high)


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


def _right(steps: Mapping[str, str], documents: Sequence[Document], truth: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([steps[_name(document)] == wanted for document, wanted in zip(documents, truth, strict=True)])


def _verdict(model: Model, comparison: Comparison | None, shelf: ModelShelf) -> tuple[bool, str]:
    if shelf.current() == model.id:
        return True, "it is the model in use already"
    if comparison is None:
        return True, "no model that it could be compared with is in use"
    shown = (
        f"step accuracy {100 * comparison.difference:+.1f} points [{100 * comparison.low:+.1f}, "
        f"{100 * comparison.high:+.1f}] against {comparison.against} on {comparison.contacts:,} contacts"
    )
    return not comparison.worse, shown


def _name(document: Document) -> str:
    return hashlib.sha256("\x1f".join(document).encode()).hexdigest()[:20]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _percent(figure: Mapping[str, float]) -> str:
    return f"{100 * figure['accuracy']:.1f} % [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"
