"""Train a tagger, examine it against the one in use on the same contacts, and use it if it is not worse."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from classifiers.artifact import save
from classifiers.cold_start import cold_start
from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder import CachedEncoder, Encoder
from classifiers.encoder_choice import chosen_encoder, languages_of
from classifiers.model import Model
from classifiers.sights import Tuning
from classifiers.training import train as fit
from flows.examination import HELD_OUT, Comparison, compare, held_out_steps
from flows.honest import save_held_out
from flows.labelled import Labelled, read_documents
from flows.learning_curve import curve_json, learning_curve
from flows.lessons import Lessons, gather
from flows.prices import price_table
from flows.promotion import put_in_use
from flows.suspects import queue_suspects
from flows.training_report import Reviews, Training
from flows.workspace import keep_job
from store.curves import CURVE
from store.models import ModelShelf
from store.settings import Settings
from tagger.descriptions import descriptions
from tagger.labels import label_space
from taxonomy.model import Job

FEWEST_LABELS = 2
LONG_WORK = "tuning the encoder"
LEAST_TUNING_SECONDS = 200.0
MOST_TUNING_SECONDS = 840.0
"""Tuning in all, so that training ends within 6 minutes for a few hundred contacts and within 20 for 10,000."""


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
    """Train on labelled contacts and analysts' decisions, put the model on the shelf, promote it unless it is worse.

    `tuned` gives the model an encoder of its own, fine-tuned on these contacts: minutes instead of seconds.
    Without labels of either kind the model is made from the job's own words, and from `unlabelled` contacts if there
    are any. Raises NothingLabelledError or TrainingError if the data cannot train a model.
    """
    shelf = ModelShelf(settings.models, job.id)
    lessons = gather(job, data, settings=settings)
    labelled = lessons.labelled
    if labelled is None or (data is None and len(set(labelled.names)) < FEWEST_LABELS):
        return _started_cold(job, unlabelled, shelf, settings=settings, seed=seed, say=say)
    school = _school(job, lessons, data, settings=settings, seed=seed, say=say)
    with _tuning(len(labelled.contacts), settings) if tuned else nullcontext() as tuning:
        model = _cross_fitted(school.fit(labelled, tuning=tuning), lessons)
        comparison = compare(
            model,
            labelled,
            shelf,
            job=job,
            settings=settings,
            held_back=lessons.held_back,
            encoder=school.encoder,
        )
        shelf.add(model.id, lambda folder: _write(model, lessons, school, folder))
    verdict = _verdict(model, comparison, shelf)
    if verdict.promoted and shelf.current() != model.id:
        put_in_use(job, model.id, settings=settings, by="headway train", why=verdict.why)
    keep_job(job, settings)
    return _told(job, model, lessons, labelled, verdict=verdict, settings=settings)


@dataclass(frozen=True)
class _Verdict:
    """Whether a model is used, why, and the comparison that says so, if there was one to compare with."""

    promoted: bool
    why: str
    comparison: Comparison | None


def _told(
    job: Job, model: Model, lessons: Lessons, labelled: Labelled, *, verdict: _Verdict, settings: Settings
) -> Training:
    """What is said of a model that learned from contacts; likely wrong decisions go back into the queue."""
    return Training(
        job=job.id,
        job_version=job.stamp,
        model=model.id,
        contacts=len(labelled.contacts),
        unused=labelled.unused,
        examples=(*labelled.examples, *lessons.examples),
        held_out=model.card["held_out"],
        second_steps=model.card.get("besides"),
        deferral=model.card["deferral"],
        comparison=verdict.comparison,
        promoted=verdict.promoted,
        why=verdict.why,
        prices=price_table(
            {one["max_error"]: one["kept"] for one in model.card["deferral"]["prices"]},
            job,
            labelled.documents,
            settings=settings,
        ),
        reviews=_reviews(job, model, lessons, settings),
    )


def _cross_fitted(model: Model, lessons: Lessons) -> Model:
    """The model, its card telling whether every decision that taught has an answer of heads that had not seen it."""
    if lessons.labelled is None or "reviews" not in model.card:
        return model
    count = len(lessons.labelled.contacts)
    every = set(range(count - len(lessons.taught), count)) <= set(model.held_out_rows)
    return replace(model, card={**model.card, "reviews": {**model.card["reviews"], "cross_fitted": every}})


def _reviews(job: Job, model: Model, lessons: Lessons, settings: Settings) -> Reviews | None:
    if not lessons.taught and not lessons.held_back:
        return None
    suspected = queue_suspects(job, model, lessons, settings=settings)
    return Reviews(len(lessons.taught), len(lessons.held_back), lessons.withheld, suspected)


@dataclass(frozen=True)
class _School:
    """What every training of one job has in common; vectors of texts are made once for all of them."""

    job: Job
    encoder: Encoder
    seed: int
    report: Callable[[str, float], None]
    about: Mapping[str, Any]

    def fit(self, labelled: Labelled, *, tuning: Tuning | None = None) -> Model:
        """A model of these contacts. Raises TrainingError."""
        return fit(
            labelled.documents,
            labelled.names,
            labelled.space(self.job),
            encoder=self.encoder,
            tuning=tuning,
            descriptions=descriptions(self.job),
            max_error=self.job.tagging.max_error,
            delta=self.job.tagging.delta,
            seed=self.seed,
            progress=self.report,
            about=self.about,
            weights=labelled.weights or None,
            besides=labelled.besides,
        )


def _school(
    job: Job, lessons: Lessons, data: Path | None, *, settings: Settings, seed: int, say: Callable[[str], None]
) -> _School:
    encoder = _encoder(settings)
    about = {**_about(job, lessons, data), "languages": languages_of(encoder, settings.encoder_languages)}
    return _School(job, encoder, seed, _telling(say), about)


def _about(job: Job, lessons: Lessons, data: Path | None) -> dict[str, Any]:
    """What the card says of where the labels came from."""
    about: dict[str, Any] = {"job": job.id, "job_version": job.stamp}
    if data is not None:
        about |= {"data": data.name, "data_sha256": _sha256(data)}
    if lessons.learned is not None:
        about["reviews"] = {
            "until": lessons.learned.until.isoformat(),
            "share_held_back": lessons.learned.share,
            "taught": len(lessons.taught),
            "held_back": len(lessons.held_back),
        }
    return about


def _encoder(settings: Settings) -> Encoder:
    encoder = chosen_encoder(settings.encoder, home=settings.home, languages=settings.encoder_languages)
    return CachedEncoder(EmbeddingCache(settings.embeddings).around(encoder))


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
    encoder = _encoder(settings)
    model = cold_start(
        label_space(job),
        descriptions(job),
        encoder=encoder,
        unlabelled=read_documents(unlabelled, job=job) if unlabelled else (),
        seed=seed,
        report=_telling(say),
        about={
            "job": job.id,
            "job_version": job.stamp,
            "languages": languages_of(encoder, settings.encoder_languages),
        },
    )
    shelf.add(model.id, lambda folder: save(model, folder))
    current = shelf.current()
    promoted = current in (None, model.id) or "note" in _card(shelf.path(current))
    why = "no model that learned from labelled contacts is in use" if promoted else f"{current} learned from labels"
    if promoted and current != model.id:
        put_in_use(job, model.id, settings=settings, by="headway train", why=why)
    return Training(job.id, job.stamp, model.id, 0, {}, (), None, None, None, promoted, why)


def _card(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / "card.json").read_text("utf-8"))
    return card


def _telling(say: Callable[[str], None]) -> Callable[[str, float], None]:
    """Says what is being done whenever that changes, and every tenth of what takes long."""
    last = [("", 0)]

    def report(what: str, share: float) -> None:
        tenth = int(10 * share) if what == LONG_WORK else 0
        if (what, tenth) != last[0]:
            last[0] = (what, tenth)
            say(f"{what} {10 * tenth} %" if tenth else what)

    return report


def _write(model: Model, lessons: Lessons, school: _School, folder: Path) -> None:
    labelled = lessons.labelled
    if labelled is None:
        return
    save(model, folder)
    (folder / HELD_OUT).write_text(json.dumps(held_out_steps(model, labelled)), "utf-8")
    save_held_out(model, labelled, folder)
    began = time.perf_counter()
    points = learning_curve(lessons, model, job=school.job, fit=school.fit)
    if points:
        kept = curve_json(points, seconds=time.perf_counter() - began)
        (folder / CURVE).write_text(json.dumps(kept), "utf-8")


def _verdict(model: Model, comparison: Comparison | None, shelf: ModelShelf) -> _Verdict:
    if shelf.current() == model.id:
        return _Verdict(True, "it is the model in use already", comparison)
    if comparison is None:
        return _Verdict(True, "no model that it could be compared with is in use", None)
    return _Verdict(not comparison.refused, comparison.text(), comparison)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
