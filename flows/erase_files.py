"""What is kept of a contact outside the database: vectors, an LLM's answers, exported files, what models hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifiers.artifact import ModelFileError, load
from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder import EncoderError
from classifiers.focus import focused
from classifiers.model import Model
from classifiers.unlearning import forget_in_model, mend_swap
from flows.examination import HELD_OUT, text_name
from flows.honest import HELD_OUT_SCORES
from store.depot import Depot
from store.exports import strip_exports
from store.llm import open_answers
from store.models import ModelShelf
from store.settings import Settings
from tagger.model import Contact
from tagger.tag import Document, document_of

Models = Sequence[tuple[Path, Model]]


@dataclass(frozen=True)
class FilesCleaned:
    """How much was removed, by kind, and what a person has to know: models to train again, files out of reach."""

    counts: Mapping[str, int]
    notes: tuple[str, ...]


def clean_files(settings: Settings, contacts: Sequence[Contact], *, ids: Sequence[str]) -> FilesCleaned:
    """Remove everything that files under Headway's control keep of these contacts. Doing it twice does no harm.

    `ids` name the erased, contacts without words among them.
    """
    models = list(shelved_models(settings))
    caches = clean_caches(settings, contacts, models)
    texts = [turn.text for contact in contacts for turn in contact.turns]
    exports = strip_exports(settings, ids=[*(contact.id for contact in contacts), *ids], texts=texts)
    learned, notes = _unlearned(models, [variants_of(contact, models) for contact in contacts])
    out_of_reach = [f"{path}: could not be read, remove the contact there yourself" for path in exports.unreadable]
    moved = [f"{path}: was exported, is no longer there" for path in exports.gone]
    counts = {**caches, "exported records": exports.records, **learned}
    return FilesCleaned(counts, (*notes, *out_of_reach, *moved))


def clean_caches(settings: Settings, contacts: Sequence[Contact], models: Models) -> dict[str, int]:
    """Forget vectors and answers of an LLM that were made from the words of these contacts.

    Partitions of a back-fill hold words of many: all of them go, and a driver at work reads their contacts itself.
    """
    documents = [document for contact in contacts for document in variants_of(contact, models)]
    answers = open_answers(settings)
    return {
        "embeddings": EmbeddingCache(settings.embeddings).forget_all(documents),
        "llm answers": sum(answers.forget(document) for document in documents),
        "partitions": Depot.of(settings).clear(),
    }


def shelved_models(settings: Settings) -> Iterator[tuple[Path, Model]]:
    """Every model that can be read; a damaged one, or one whose encoder is not at hand, is left to its warning."""
    for job in jobs_with_models(settings):
        shelf = ModelShelf(settings.models, job)
        for name in shelf.known():
            mend_swap(shelf.path(name))
            with suppress(ModelFileError, EncoderError):
                yield shelf.path(name), load(shelf.path(name), home=settings.home)


def jobs_with_models(settings: Settings) -> list[str]:
    """The jobs that have a shelf of models."""
    if not settings.models.is_dir():
        return []
    return sorted(path.name for path in settings.models.iterdir() if path.is_dir())


def variants_of(contact: Contact, models: Models) -> list[Document]:
    """The document as it was said, as models reduce it where it is very long, and with what anybody else said."""
    document = document_of(contact)
    found = {document: None, tuple(turn.text for turn in contact.turns): None}
    for _, model in models:
        found |= {tuple(one): None for one in focused([document], model.lexical, model.reach).documents}
    return list(found)


def _unlearned(models: Models, contacts: Sequence[Sequence[Document]]) -> tuple[dict[str, int], list[str]]:
    """Take the contacts' n-grams and vectors out of the models that learned from them."""
    counts, notes = {"model n-grams": 0, "model vectors": 0, "models touched": 0}, []
    documents = [document for variants in contacts for document in variants]
    for folder, model in models:
        _forget_held_out(folder, {text_name(document) for document in documents})
        forgotten = forget_in_model(folder, model, documents)
        if forgotten is None:
            continue
        counts["model n-grams"] += forgotten.grams
        counts["model vectors"] += forgotten.vectors
        counts["models touched"] += 1
        notes.append(
            f"model {folder.parent.name}/{folder.name} had learned from the erased: their own n-grams and vectors are "
            f"out of it, its fitted weights are not; `headway train --job {folder.parent.name}` makes one that never "
            "saw them"
        )
    return counts, notes


def _forget_held_out(folder: Path, names: set[str]) -> None:
    """Take texts, which stand there as hashes, out of what heads that had not seen them said."""
    path = folder / HELD_OUT
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if names & known.keys():
        path.write_text(json.dumps({name: step for name, step in known.items() if name not in names}), "utf-8")
    scores = folder / HELD_OUT_SCORES
    if not scores.exists():
        return
    with np.load(scores, allow_pickle=False) as kept:
        stays = np.array([str(name) not in names for name in kept["names"]], dtype=bool)
        if not stays.all():
            parts = {part: kept[part][stays] for part in kept.files}
            np.savez_compressed(scores, **parts)
