"""Train a tagger, examine it against the one in use on the same contacts, and use it if it is not worse."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from classifiers.artifact import save
from classifiers.cold_start import cold_start
from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder_export import default_encoder
from classifiers.model import Model
from classifiers.sights import Tuning
from classifiers.training import train as fit
from flows.examination import HELD_OUT, Comparison, compare, held_out_steps
from flows.labelled import Labelled, read_documents, read_labelled
from flows.prices import PriceTable, price_table
from flows.workspace import keep_job
from store.models import ModelShelf
from store.settings import Settings
from tagger.descriptions import descriptions
from tagger.labels import label_space
from taxonomy.model import Job

LONG_WORK = "tuning the encoder"
LEAST_TUNING_SECONDS = 200.0
MOST_TUNING_SECONDS = 840.0
"""Tuning in all, so that training ends within 6 minutes for a few hundred contacts and within 20 for 10,000."""


@dataclass(frozen=True)
class Training:
    """What a training came to."""

    job: str
    job_version: str
    model: str
    contacts: int
    unused: Mapping[str, int]
    examples: tuple[str, ...]
    held_out: Mapping[str, Any] | None
    deferral: Mapping[str, Any] | None
    comparison: Comparison | None
    promoted: bool
    why: str
    prices: PriceTable | None = None

    def as_json(self) -> dict[str, Any]:
        """The training as JSON."""
        return asdict(self)

    def text(self) -> str:
        """The training in a few lines for people."""
        if self.held_out is None or self.deferral is None:
            return self._text_without_figures()
        figures = self.held_out["cascade"]
        shares = self.deferral["decided"]
        return "\n".join(
            [
                f"model {self.model} of job {self.job} {self.job_version}, from {self.contacts:,} labelled contacts",
                f"  on contacts it had not seen: step right {_percent(figures['group'])}, "
                f"outcome {_percent(figures['label'])}",
                f"  left to others: {100 * shares['nobody']:.0f} %, so that of the rest at most "
                f"{100 * self.deferral['max_error']:g} % are wrong (sure to {100 * (1 - self.deferral['delta']):g} %)",
                *([self.prices.text()] if self.prices else []),
                self._verdict(),
            ]
        )

    def _text_without_figures(self) -> str:
        return "\n".join(
            [
                f"model {self.model} of job {self.job} {self.job_version}, from the job's own words",
                "  no labelled contact: nothing could be measured, and every contact is left to others",
                self._verdict(),
            ]
        )

    def _verdict(self) -> str:
        return f"  {'in use' if self.promoted else 'kept, not in use'}: {self.why}"


def train(
    job: Job,
    data: Path | None,
    *,
    settings: Settings,
    unlabelled: Path | None = None,
    tuned: bool = False,
    seed: int = 0,
    say: Callable[[str], None] = lambda _line: None,
) -> Training:
    """Train on labelled contacts, put the model on the shelf, and promote it unless it is worse.

    `tuned` gives the model an encoder of its own, fine-tuned on these contacts: minutes instead of seconds.
    Without `data` the model is made from the job's own words, and from `unlabelled` contacts if there are any.
    Raises NothingLabelledError or TrainingError if the data cannot train a model.
    """
    shelf = ModelShelf(settings.models, job.id)
    if data is None:
        return _started_cold(job, unlabelled, shelf, settings=settings, seed=seed, say=say)
    labelled = read_labelled(job, data)
    with _tuning(len(labelled.contacts), settings) if tuned else nullcontext() as tuning:
        model = _fitted(job, labelled, data, tuning=tuning, settings=settings, seed=seed, say=say)
        comparison = compare(model, labelled, shelf, settings=settings)
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
        prices=price_table(
            {one["max_error"]: one["kept"] for one in model.card["deferral"]["prices"]},
            job,
            labelled.documents,
            settings=settings,
        ),
    )


@contextmanager
def _tuning(contacts: int, settings: Settings) -> Iterator[Tuning]:
    """A folder for encoders that lasts until the model is saved, and the time that so many contacts are worth."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.home, prefix=".tuning-") as folder:
        yield Tuning(Path(folder), min(MOST_TUNING_SECONDS, LEAST_TUNING_SECONDS + contacts / 10))


def _started_cold(
    job: Job,
    unlabelled: Path | None,
    shelf: ModelShelf,
    *,
    settings: Settings,
    seed: int,
    say: Callable[[str], None],
) -> Training:
    """A model from the job's own words; it is put in use only where there is none that learned from people."""
    model = cold_start(
        label_space(job),
        descriptions(job),
        encoder=EmbeddingCache(settings.embeddings).around(default_encoder(settings.home)),
        unlabelled=read_documents(unlabelled) if unlabelled else (),
        seed=seed,
        report=_telling(say),
        about={"job": job.id, "job_version": job.stamp},
    )
    shelf.add(model.id, lambda folder: save(model, folder))
    current = shelf.current()
    promoted = current in (None, model.id) or "note" in _card(shelf.path(current))
    why = "no model that learned from labelled contacts is in use" if promoted else f"{current} learned from labels"
    if promoted and current != model.id:
        shelf.promote(model.id, by="headway train", why=why)
    return Training(job.id, job.stamp, model.id, 0, {}, (), None, None, None, promoted, why)


def _card(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / "card.json").read_text("utf-8"))
    return card


def _fitted(
    job: Job,
    labelled: Labelled,
    data: Path,
    *,
    tuning: Tuning | None,
    settings: Settings,
    seed: int,
    say: Callable[[str], None],
) -> Model:
    return fit(
        labelled.documents,
        labelled.names,
        labelled.space(job),
        encoder=EmbeddingCache(settings.embeddings).around(default_encoder(settings.home)),
        tuning=tuning,
        descriptions=descriptions(job),
        max_error=job.tagging.max_error,
        delta=job.tagging.delta,
        seed=seed,
        progress=_telling(say),
        about={"job": job.id, "job_version": job.stamp, "data": data.name, "data_sha256": _sha256(data)},
    )


def _telling(say: Callable[[str], None]) -> Callable[[str, float], None]:
    """Says what is being done whenever that changes, and every tenth of what takes long."""
    last = [("", 0)]

    def report(what: str, share: float) -> None:
        tenth = int(10 * share) if what == LONG_WORK else 0
        if (what, tenth) != last[0]:
            last[0] = (what, tenth)
            say(f"{what} {10 * tenth} %" if tenth else what)

    return report


def _write(model: Model, labelled: Labelled, folder: Path) -> None:
    save(model, folder)
    (folder / HELD_OUT).write_text(json.dumps(held_out_steps(model, labelled)), "utf-8")


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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _percent(figure: Mapping[str, float]) -> str:
    return f"{100 * figure['accuracy']:.1f} % [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"
