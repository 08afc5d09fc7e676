"""A first model from an LLM's labels of unlabelled contacts: silver, never gold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.artifact import save
from classifiers.cold_start import cold_start
from classifiers.content import named
from classifiers.deferral import NOTHING
from classifiers.documents import Document
from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder import CachedEncoder, Encoder
from classifiers.encoder_export import default_encoder
from classifiers.llm import LlmStage
from classifiers.llm_prompt import PROMPT_VERSION, text_hash
from classifiers.model import Model
from classifiers.stages import Acceptance
from classifiers.training import TrainingError
from classifiers.training import train as fit
from flows.labelled import read_documents
from flows.llm_calibrate import HASH_DIGITS, HELD_OUT, NoLlmError
from flows.workspace import keep_job
from store.llm import open_stage
from store.models import ModelShelf
from store.settings import Settings
from tagger.descriptions import descriptions
from tagger.labels import label_space
from taxonomy.model import Job

LEAST_AGREEMENT = 0.99
"""Share of the samples that must give a label before it teaches: all of them."""

NOTE = "Taught by an LLM (silver labels): nothing was measured against people, so everything is handed over."
Say = Callable[[str], None]


@dataclass(frozen=True)
class Silver:
    """Documents that an LLM labelled and agreed with itself about; `refused` counts the others by reason."""

    documents: tuple[Document, ...]
    names: tuple[str, ...]
    refused: Mapping[str, int]


@dataclass(frozen=True)
class Taught:
    """What a training by an LLM came to. `usd` is None where the price is not known."""

    job: str
    job_version: str
    model: str
    llm: str
    asked: int
    silver: int
    refused: Mapping[str, int]
    usd: float | None
    promoted: bool
    why: str

    def as_json(self) -> dict[str, Any]:
        """The training as JSON."""
        return asdict(self)

    def text(self) -> str:
        """The training in a few lines for people."""
        cost = "price unknown" if self.usd is None else f"{self.usd:.2f} $"
        return (
            f"model {self.model} of job {self.job} {self.job_version}, from {self.silver:,} silver labels of "
            f"{self.llm} on {self.asked:,} contacts ({cost})\n"
            "  no label by people: nothing could be measured, and every contact is left to others\n"
            f"  {'in use' if self.promoted else 'kept, not in use'}: {self.why}"
        )


def teach(
    job: Job, unlabelled: Path, *, most: int, settings: Settings, seed: int = 0, say: Say = lambda _line: None
) -> Taught:
    """Let the LLM of the settings label at most so many contacts, and train on what it agrees with itself about.

    Redacted text only, through the same cache, budget and breaker as everything that is sent. The model defers every
    answer, and is put in use only where none is that learned from people. Raises NoLlmError without an LLM,
    TrainingError if it labelled too little.
    """
    if not settings.llm_configured:
        raise NoLlmError("no LLM is configured: set HEADWAY_LLM_MODEL and HEADWAY_LLM_BASE_URL or OPENAI_API_KEY")
    encoder = CachedEncoder(EmbeddingCache(settings.embeddings).around(default_encoder(settings.home)))
    everything = read_documents(unlabelled, job=job)
    cold = cold_start(label_space(job), descriptions(job), encoder=encoder, unlabelled=everything, seed=seed)
    chosen = np.sort(np.random.default_rng(seed).permutation(len(everything))[:most]).tolist()
    shelf = ModelShelf(settings.models, job.id)
    stage = open_stage(cold, job, settings=settings, folder=shelf.folder)
    say(f"asking {stage.reader.name} about {len(chosen):,} contacts")
    silver = silver_labels(stage, cold, [everything[row] for row in chosen])
    say(f"learning from {len(silver.names):,} silver labels")
    model = _learned(job, silver, stage, encoder=encoder, seed=seed)
    shelf.add(model.id, lambda folder: _write(model, silver, folder))
    promoted, why = _in_use(model, shelf)
    keep_job(job, settings)
    usd = stage.reader.tally.as_counts()["usd"]
    return Taught(
        job=job.id,
        job_version=job.stamp,
        model=model.id,
        llm=stage.reader.name,
        asked=len(chosen),
        silver=len(silver.names),
        refused=silver.refused,
        usd=usd,
        promoted=promoted,
        why=why,
    )


def silver_labels(stage: LlmStage, cold: Model, documents: list[Document]) -> Silver:
    """The LLM's labels where all its samples agree; candidates are what the cold model holds likely."""
    readings = stage.readings(documents, cold.score(documents), everything=True)
    agreed = [
        (document, str(reading.label))
        for document, reading in zip(documents, readings, strict=True)
        if reading.label is not None and reading.agreement >= LEAST_AGREEMENT
    ]
    refused = Counter(
        reading.refused or "disagreed"
        for reading in readings
        if reading.label is None or reading.agreement < LEAST_AGREEMENT
    )
    return Silver(tuple(document for document, _ in agreed), tuple(label for _, label in agreed), dict(refused))


def _learned(job: Job, silver: Silver, stage: LlmStage, *, encoder: Encoder, seed: int) -> Model:
    """A model of silver labels that keeps nothing: what agrees with an LLM is not thereby right."""
    if len(set(silver.names)) < 2:
        raise TrainingError(
            f"{stage.reader.name} gave {len(silver.names)} usable labels of {len(set(silver.names))} kinds, two kinds "
            f"are needed (not used: {dict(silver.refused)}). Give more contacts, or train without --llm-teacher."
        )
    about = {"job": job.id, "job_version": job.stamp}
    made = fit(
        silver.documents,
        silver.names,
        label_space(job),
        encoder=encoder,
        descriptions=descriptions(job),
        seed=seed,
        about=about,
    )
    nothing = Acceptance(NOTHING)
    model = replace(
        made,
        lexical=replace(made.lexical, accept=nothing),
        embedding=replace(made.embedding, accept=nothing),
        held_out=None,
    )
    return named(replace(model, card=_card(made.card, about, silver, stage)))


def _card(made: Mapping[str, Any], about: Mapping[str, Any], silver: Silver, stage: LlmStage) -> dict[str, Any]:
    """No figure of the training stands on it: they would measure agreement with the LLM, not whether it is right."""
    return {
        **about,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "note": NOTE,
        "llm": stage.reader.name,
        "prompt": PROMPT_VERSION,
        "silver_labels": len(silver.names),
        "trained_on": {"documents": 0, "silver": len(silver.names), "labels": {}},
        "silver": dict(sorted(Counter(silver.names).items())),
        "encoder": made["encoder"],
        "settings": made["settings"],
    }


def _write(model: Model, silver: Silver, folder: Path) -> None:
    """With hashes of what it learned from, so that no measurement takes these contacts for unseen ones."""
    save(model, folder)
    seen = {text_hash(document)[:HASH_DIGITS]: "" for document in silver.documents}
    (folder / HELD_OUT).write_text(json.dumps(seen), "utf-8")


def _in_use(model: Model, shelf: ModelShelf) -> tuple[bool, str]:
    current = shelf.current()
    if current not in {None, model.id} and "note" not in shelf.card(current):
        return False, f"{current} learned from labels of people"
    why = "no model that learned from labels of people is in use"
    if current != model.id:
        shelf.promote(model.id, by="headway train", why=why)
    return True, why
